import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fifoLatencies } from '../../scripts/bench/engine/fifo.ts'
import { withFigures, type Finished } from '../../scripts/bench/report.ts'
import { percentile, slope, spread } from '../../scripts/bench/statistics.ts'

describe('the truth about a server that stalls', () => {
  it('is the service time where nobody waits', () => {
    const latencies = fifoLatencies({ ratePerSecond: 10, seconds: 1, serviceMillis: 2, pauses: [] })
    assert.deepEqual(
      latencies,
      Array.from({ length: 10 }, () => 2),
    )
  })

  it('charges everyone who came during a stall, and those behind them, for their wait', () => {
    const pauses = [{ fromMillis: 150, toMillis: 350 }]
    const latencies = fifoLatencies({ ratePerSecond: 10, seconds: 0.6, serviceMillis: 60, pauses })
    // Arrivals at 0, 100, 200, 300, 400, 500: served from 0, 100, 350, 410, 470 and 530.
    assert.deepEqual(latencies, [60, 60, 90, 130, 170, 210])
  })

  it('has the percentiles of the stalling server that theory gives', () => {
    const pauses = Array.from({ length: 6 }, (_, stall) => {
      const fromMillis = 2500 + stall * 5000
      return { fromMillis, toMillis: fromMillis + 500 }
    })
    const latencies = fifoLatencies({ ratePerSecond: 2000, seconds: 30, serviceMillis: 0.1, pauses })
    assert.equal(latencies.length, 60_000)
    // An arrival x ms after a stall's begin waits 500 − 0.8 x ms, and one in ten came less than 500 ms after one.
    assert.ok(Math.abs(percentile(latencies, 90) - 100) < 1)
    assert.ok(Math.abs(percentile(latencies, 99) - 460) < 1)
    assert.ok(Math.abs(percentile(latencies, 100) - 500) < 1)
  })
})

describe('the statistics of the bench', () => {
  it('take percentiles by the nearest rank', () => {
    assert.equal(percentile([1, 2, 3, 4], 50), 2)
    assert.equal(percentile([1, 2, 3, 4], 51), 3)
    assert.equal(percentile([1, 2, 3, 4], 100), 4)
  })

  it('show the middle round with the least and the most', () => {
    assert.equal(spread([3, 1, 2]), '2.00 (1.00–3.00)')
    assert.equal(spread([]), '–')
  })

  it('find the slope of a line in spite of noise around it', () => {
    assert.equal(
      slope([
        [0, 1],
        [1, 3],
        [2, 5],
      ]),
      2,
    )
    assert.equal(slope([[4, 4]]), 0)
  })
})

function finished(id: string, measured: string): Finished {
  const goal = { name: 'memory', measured, goal: '≤ 10 %', met: true, note: '' }
  return { section: { id, title: `About ${id}` }, report: { columns: ['a'], rows: [['1']], goals: [goal] } }
}

describe('the figures in docs/load-engine.md', () => {
  const sections = [{ id: 'stall' }, { id: 'soak' }]
  const place = { script: 'bench:engine', document: 'load-engine.md', sections }
  const empty = 'before\n<!-- bench:engine -->\n<!-- /bench:engine -->\nafter\n'

  it('replace those of the same section and leave the others and the text around', () => {
    const once = withFigures(empty, place, [finished('soak', 'one')], 'Here.')
    const twice = withFigures(once, place, [finished('stall', 'two')], 'Here.')
    const thrice = withFigures(twice, place, [finished('soak', 'three')], 'Here.')
    assert.match(thrice, /^before\n[^]*About stall[^]*two[^]*About soak[^]*three[^]*Here\.[^]*\nafter\n$/)
    assert.doesNotMatch(thrice, /one/)
  })

  it('are dropped where the machine is another', () => {
    const here = withFigures(empty, place, [finished('soak', 'one')], 'Here.')
    const there = withFigures(here, place, [finished('stall', 'two')], 'There.')
    assert.doesNotMatch(there, /About soak|Here/)
  })
})
