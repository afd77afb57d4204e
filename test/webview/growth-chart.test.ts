import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { growth } from '../../webview/charts/growth.ts'
import { latency } from '../../webview/charts/latency.ts'
import { throughput } from '../../webview/charts/throughput.ts'
import { describeChart, describePoint } from '../../webview/charts/words.ts'
import { replay } from './replay.ts'
import { levels, linearSweep, scan, volumeRecording } from './volume-recording.ts'

function present<T>(value: T | null | undefined): T {
  assert.ok(value !== null && value !== undefined)
  return value
}

describe('the growth chart of a volume sweep', () => {
  const finished = present(growth.build(linearSweep()))

  it('has the rows on the x axis, both axes logarithmic, and takes the place of the latency chart', () => {
    assert.deepEqual(finished.loads, levels)
    assert.equal(finished.loadUnit, 'rows')
    assert.equal(finished.loadName, 'rows of activities, both axes logarithmic')
    assert.equal(finished.isLogarithmic, true)
    assert.equal(latency.build(linearSweep()), null)
    assert.match(describePoint(finished, 3), /^100,000 rows: p50 192 ms, p95 269 ms$/)
    assert.match(describeChart(finished), /fitted: p50 linear, fitted: p95 linear\. Arrow keys move along/)
  })

  it('carries the fitted lines on to the rows that the fit says something about', () => {
    assert.deepEqual(finished.range, [100, 1_000_000])
    const [fit] = present(finished.curves)
    assert.equal(fit?.id, 'p50')
    const [first, last] = [present(fit?.points[0]), present(fit?.points.at(-1))]
    assert.ok(Math.abs(first[0] - 100) < 1e-6 && Math.abs(first[1] - scan(100)) < 20)
    assert.ok(Math.abs(last[0] - 1_000_000) < 1e-3 && Math.abs(last[1] / scan(1_000_000) - 1) < 0.01)
    assert.ok(finished.series.every((series) => series.pointsOnly === true))
    assert.deepEqual(present(throughput.build(linearSweep())).range, finished.range, 'rows stand below rows')
  })

  it('joins the points where no class fits', () => {
    const model = present(growth.build(replay(volumeRecording((rows) => 500 + 40 * Math.sqrt(rows)))))
    assert.deepEqual(model.curves, [])
    assert.ok(model.series.every((series) => series.pointsOnly === undefined))
  })

  it('leaves room for the levels to come, also while rows are added', () => {
    const messages = volumeRecording(scan)
    const seeding = messages.findIndex((message) => message.kind === 'seeding')
    const state = replay(messages.slice(0, seeding + 1))
    assert.equal(state.status, 'preparing')
    assert.equal(state.activity, 'Adding rows to activities: 400 of 1,000 rows')
    const model = present(growth.build(state))
    assert.deepEqual(model.loads, [100])
    assert.deepEqual(model.range, [100, 100_000])
    const live = present(growth.build(replay(messages.slice(0, seeding + 3))))
    assert.deepEqual([live.loads, live.liveIndex], [[100, 1000], 1])
  })

  it('marks the rows at which the budget broke', () => {
    const model = present(growth.build(replay(volumeRecording((rows) => 2000 + 19 * rows))))
    assert.equal(model.markers[0]?.load, 100_000)
    assert.equal(model.markers[0]?.label, 'breaks at 100,000')
    assert.deepEqual(model.series[1]?.breached, [false, false, false, true])
  })
})
