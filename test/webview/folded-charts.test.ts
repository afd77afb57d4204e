import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import { failedRequests, type Tick } from '../../src/model/run.ts'
import { thinTicks, withoutSlivers } from '../../src/report/content/ticks.ts'
import { latenciesOf, recordedTogether } from '../../src/verdict/histogram.ts'
import { zoomed } from '../../webview/axis-view.ts'
import { latencyOverTime } from '../../webview/charts/latency-over-time.ts'
import { highestOdds, percentiles } from '../../webview/charts/percentiles.ts'
import { rateOverTime } from '../../webview/charts/rate-over-time.ts'
import { describePoint, percentileName } from '../../webview/charts/words.ts'
import { initialSnapshot, reduce } from '../../webview/state.ts'
import { recording } from './recordings.ts'
import { replay } from './replay.ts'
import { breaksRecording } from './synthetic-recording.ts'

const sample = replay(recording('sample-breaks'))
const mended = replay(recording('sample-after-fix'))

function sum(ticks: readonly Tick[], value: (tick: Tick) => number): number {
  return ticks.reduce((total, tick) => total + value(tick), 0)
}

function linesOver(state: PanelSnapshot): string[] {
  return (latencyOverTime.build(state) ?? assert.fail()).series.map(({ id }) => id)
}

function requestsOfFirst(all: readonly Tick[]): number {
  return sum(
    all.filter(({ step }) => step === 0),
    ({ requests }) => requests,
  )
}

function many(count: number): Tick[] {
  const [tick] = sample.ticks
  assert.ok(tick)
  return Array.from({ length: count }, (_, index) => ({
    ...tick,
    step: index < count / 2 ? 0 : 1,
    atMillis: (index + 1) * 250,
    intervalMillis: 250,
    requests: 1 + (index % 7),
    errors: { ...tick.errors, timeout: index % 3 },
  }))
}

describe('the percentile plot', () => {
  it('shows what the steps’ own percentiles say', () => {
    for (const state of [sample, mended]) {
      const chart = percentiles.build(state) ?? assert.fail()
      const last = chart.series.findLast(({ id }) => id !== 'before') ?? assert.fail()
      const step = state.steps.findLast(
        (each) => each.phase !== 'cool-down' && last.label === `${each.users} users`,
      )
      assert.ok(step)
      // The recorder may take the next answer where a percentile falls between two: a bucket's width apart.
      for (const [odds, known] of [
        [2, step.latencyMicros.p50],
        [20, step.latencyMicros.p95],
      ] as const) {
        const drawn = last.values[chart.loads.indexOf(odds)] ?? assert.fail()
        assert.ok(Math.abs(drawn / (known ?? assert.fail()) - 1) < 0.01, `${drawn} is drawn for ${known}`)
      }
    }
  })

  it('has no point beyond what the number of answers supports', () => {
    assert.deepEqual([1, 19, 20, 200, 1000, 25_000].map(highestOdds), [2, 2, 20, 20, 100, 2500])
    const chart = percentiles.build(mended) ?? assert.fail()
    for (const series of chart.series) {
      const steps = [...mended.steps, ...(mended.before?.steps ?? [])]
      const label = series.label.replace(' before', '')
      const totals = steps
        .filter(({ users }) => label === `${users} users`)
        .map((step) => recordedTogether([step])?.total ?? 0)
      const lastOdds = chart.loads[series.values.findLastIndex((value) => typeof value === 'number')] ?? 0
      assert.ok(lastOdds <= highestOdds(Math.max(...totals)), `${series.label} goes to ${lastOdds}`)
    }
  })

  it('is on an axis of 1/(1−p), and ascends', () => {
    const chart = percentiles.build(mended) ?? assert.fail()
    assert.deepEqual([1, 2, 10, 20, 100, 1000, 10_000].map(percentileName), [
      'p0',
      'p50',
      'p90',
      'p95',
      'p99',
      'p99.9',
      'p99.99',
    ])
    for (const { values } of chart.series) {
      const known = values.filter((value) => typeof value === 'number')
      assert.deepEqual(
        known,
        known.toSorted((one, other) => one - other),
      )
    }
    assert.match(describePoint(chart, chart.loads.indexOf(100)), /^p99: /)
  })

  it('lays the run before beside it, dashed, at a load that both held', () => {
    const chart = percentiles.build(mended) ?? assert.fail()
    const past = chart.series.find(({ dashed }) => dashed) ?? assert.fail()
    assert.equal(past.label, '5 users before')
  })

  it('is left out where no histogram is known', () => {
    assert.equal(percentiles.build(replay(breaksRecording())), null)
  })

  it('decodes as the verdict does', () => {
    const step = mended.steps.find(({ users }) => users === 50) ?? assert.fail()
    const counts = recordedTogether([step]) ?? assert.fail()
    const chart = percentiles.build(mended) ?? assert.fail()
    const series = chart.series.find(({ label }) => label === '50 users') ?? assert.fail()
    assert.equal(series.values[chart.loads.indexOf(100)], latenciesOf(counts).p99)
  })
})

describe('the charts over time', () => {
  it('mark each step where it begins, with its load', () => {
    const chart = latencyOverTime.build(sample) ?? assert.fail()
    const labels = chart.markers.map(({ label }) => label)
    assert.deepEqual(
      labels,
      sample.steps.map(({ users }) => `${users} users`),
    )
    assert.ok(chart.markers.every(({ kind }) => kind === 'step'))
    assert.ok((chart.markers[0]?.load ?? 1) < 0.1, 'the first step begins the run')
  })

  it('show the slowest answers where intervals are too short for a p95', () => {
    assert.deepEqual(linesOver(sample), ['p50', 'max'])
    assert.deepEqual(linesOver(mended), ['p50', 'p95'])
  })

  it('count failures apart from good answers', () => {
    const expired = replay(recording('expired-session'))
    const chart = rateOverTime.build(expired) ?? assert.fail()
    assert.deepEqual(
      chart.series.map(({ id }) => id),
      ['good', 'failed'],
    )
    assert.ok(chart.series[0]?.values.every((value) => value === 0))
    const healthy = rateOverTime.build(sample) ?? assert.fail()
    assert.deepEqual(
      healthy.series.map(({ id }) => id),
      ['good'],
    )
  })

  it('draw no more points than a chart has places for, however long the run', () => {
    const chart = latencyOverTime.build({ ...sample, ticks: many(14_400) }) ?? assert.fail()
    assert.ok(chart.loads.length > 200 && chart.loads.length <= 302, String(chart.loads.length))
    assert.equal(chart.range[1], 3600)
  })
})

describe('thinned ticks', () => {
  it('keep every request and failure, and the steps apart', () => {
    const ticks = many(5000)
    const thin = thinTicks(ticks, 300)
    assert.ok(thin.length <= 302, String(thin.length))
    for (const value of [
      ({ requests }: Tick) => requests,
      ({ errors }: Tick) => failedRequests(errors),
      ({ intervalMillis }: Tick) => intervalMillis,
    ])
      assert.equal(sum(thin, value), sum(ticks, value))
    assert.equal(requestsOfFirst(thin), requestsOfFirst(ticks))
  })

  it('keep the worse percentiles of neighbours', () => {
    const ticks = many(4).map((tick, index) => ({
      ...tick,
      step: 0,
      latencyMicros: { ...tick.latencyMicros, p95: index === 1 ? 900 : 100 },
    }))
    assert.deepEqual(
      thinTicks(ticks, 3).map(({ latencyMicros }) => latencyMicros.p95),
      thinTicks(ticks, 3).map((_, index) => (index === 0 ? 900 : 100)),
    )
  })

  it('are the same list where it is short, and lose slivers at the end of a step', () => {
    const ticks = many(10)
    assert.equal(thinTicks(ticks, 10), ticks)
    const [first, second, third] = ticks
    assert.ok(first && second && third)
    const joined = withoutSlivers([
      first,
      { ...second, intervalMillis: 20 },
      { ...third, step: 9, intervalMillis: 20 },
    ])
    assert.deepEqual(
      joined.map(({ intervalMillis }) => intervalMillis),
      [270, 20],
    )
  })

  it('bound what the reducer keeps over hours, and no request is lost', () => {
    const ticks = many(20_000)
    let state = initialSnapshot
    for (const tick of ticks)
      state = reduce(state, { kind: 'tick', tick: { ...tick, histogram: 'HISTFAAAA' } })
    assert.ok(state.ticks.length <= 2400, String(state.ticks.length))
    assert.equal(
      sum(state.ticks, ({ requests }) => requests),
      sum(ticks, ({ requests }) => requests),
    )
    assert.ok(state.ticks.every(({ histogram }) => histogram === ''))
    const opened = reduce(initialSnapshot, { kind: 'snapshot', protocol: 1, snapshot: { ...sample, ticks } })
    assert.ok(opened.ticks.length <= 2400)
  })
})

describe('a zoom', () => {
  it('halves by factors around a place, and stays inside the axis', () => {
    const [min, max] = zoomed([10, 1000], [10, 1000], 100, 0.5, true) ?? assert.fail()
    assert.ok(Math.abs(min - 31.62) < 0.01 && Math.abs(max - 316.2) < 0.1)
    const [low, high] = zoomed([0, 100], [0, 100], 0, 0.5, false) ?? assert.fail()
    assert.deepEqual([low, high], [0, 50])
  })

  it('is none where all is shown', () => {
    assert.equal(zoomed([0, 100], [25, 75], 50, 2, false), null)
  })
})
