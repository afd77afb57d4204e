import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PanelSnapshot, ToView } from '../../src/model/panel.ts'
import { charts } from '../../webview/charts/index.ts'
import { latency } from '../../webview/charts/latency.ts'
import { queries } from '../../webview/charts/queries.ts'
import { throughput } from '../../webview/charts/throughput.ts'
import { describeChart, describePoint } from '../../webview/charts/words.ts'
import { initialSnapshot, reduce } from '../../webview/state.ts'
import { allRecordings } from './recordings.ts'
import { replay } from './replay.ts'
import { afterFixRecording, breaksRecording } from './synthetic-recording.ts'
import { linearSweep, scan, volumeRecording } from './volume-recording.ts'

function present<T>(value: T | null | undefined): T {
  assert.ok(value !== null && value !== undefined)
  return value
}

/** The state in the middle of the recording: after so many messages of a kind. */
function midway(kind: 'tick' | 'step', count: number): PanelSnapshot {
  const messages = breaksRecording()
  const positions = messages.flatMap((message, index) => (message.kind === kind ? [index] : []))
  return replay(messages.slice(0, present(positions[count - 1]) + 1))
}

describe('every chart of the registry', () => {
  it('has an id of its own, and there is one hero', () => {
    assert.equal(new Set(charts.map((chart) => chart.id)).size, charts.length)
    for (const state of [replay(breaksRecording()), linearSweep()]) {
      const heroes = charts.filter((chart) => chart.place === 'hero' && chart.build(state) !== null)
      assert.equal(heroes.length, 1)
    }
  })

  for (const chart of charts) {
    it(`${chart.id}: shows nothing before anything is measured`, () => {
      assert.equal(chart.build(initialSnapshot), null)
    })

    it(`${chart.id}: is well formed after every message of every recording`, () => {
      for (const messages of [...allRecordings().map((each) => each.messages), volumeRecording(scan)]) {
        let state = initialSnapshot
        for (const message of messages) {
          state = reduce(state, message)
          const model = chart.build(state)
          if (model === null) continue
          assert.equal(model.id, chart.id)
          assert.deepEqual(
            model.loads,
            [...new Set(model.loads)].toSorted((one, other) => one - other),
            'x ascends',
          )
          assert.ok(
            model.loads.every((load) => load >= model.range[0] && load <= model.range[1]),
            'x in range',
          )
          assert.equal(new Set(model.series.map((series) => series.id)).size, model.series.length)
          for (const series of model.series) {
            assert.equal(series.values.length, model.loads.length)
            assert.equal(series.breached.length, model.loads.length)
            assert.ok(series.colour !== 'red' || series.id === 'failed', 'red is for what went wrong')
          }
          assert.ok(model.loads.every((_, index) => describePoint(model, index) !== ''))
        }
      }
    })
  }
})

describe('the latency chart', () => {
  const finished = present(latency.build(replay(breaksRecording())))

  it('puts the users on the x axis, sorted, bisected steps among the others and the warm-up left out', () => {
    assert.deepEqual(finished.loads, [10, 25, 50, 100, 120, 150, 200])
    const p95 = present(finished.series.find((series) => series.id === 'p95'))
    assert.equal(p95.values[4], 2_175_000)
  })

  it('shows percentiles and never a mean; what is not measured stays a gap', () => {
    assert.deepEqual(
      finished.series.map((series) => series.id),
      ['p50', 'p95', 'p99'],
    )
    const p99 = present(finished.series.find((series) => series.id === 'p99'))
    assert.equal(p99.values[5], null, '150 users ran too short for a p99')
    assert.match(describePoint(finished, 5), /p99 not measured/)
  })

  it('has the budget as a line, the breaking point as a mark, and rings what breaks it', () => {
    assert.deepEqual(finished.limits, [{ value: 2_000_000, label: 'budget p95<2s' }])
    assert.deepEqual(finished.markers, [{ load: 120, label: 'breaks at 120', kind: 'breaks' }])
    const p95 = present(finished.series.find((series) => series.id === 'p95'))
    assert.deepEqual(p95.breached, [false, false, false, false, true, true, true])
    assert.ok(
      finished.series
        .filter((series) => series.id !== 'p95')
        .every((series) => !series.breached.includes(true)),
    )
    assert.match(describePoint(finished, 4), /120 users: .*p95 2\.2 s, over budget/)
  })

  it('follows the step that is being measured with its latest tick, and then its result', () => {
    const live = present(latency.build(midway('tick', 9)))
    assert.equal(live.loads.length, 2)
    assert.equal(live.liveIndex, 1, '25 users are on')
    assert.ok(live.range[1] >= 200, 'the plan leaves room for what comes')
    const p50 = present(live.series[0])
    const later = present(latency.build(midway('tick', 10)))
    assert.notEqual(later.series[0]?.values[1], p50.values[1], 'the next tick moves the point')
    const done = present(latency.build(midway('step', 3)))
    assert.equal(done.liveIndex, null)
    assert.equal(done.series[0]?.values[1], midway('step', 3).steps[2]?.latencyMicros.p50)
  })

  it('shows no live point in the warm-up', () => {
    assert.equal(latency.build(midway('tick', 2)), null)
  })

  it('keeps the last tick that knew a percentile, and calls one that none knew yet "too few answers yet"', () => {
    const state = midway('tick', 10)
    const last = present(state.ticks.at(-1))
    const blind = { ...last, latencyMicros: { ...last.latencyMicros, p50: null, p95: null } }
    const model = present(latency.build({ ...state, ticks: [...state.ticks, blind] }))
    assert.equal(model.series[0]?.values[1], last.latencyMicros.p50)
    assert.match(describePoint(model, 1), /p99 too few answers yet/)
  })

  it('lays the run before beside it, dashed, without points where it has none', () => {
    const model = present(latency.build(replay(afterFixRecording())))
    const past = present(model.series.find((series) => series.id === 'p95-before'))
    assert.equal(past.dashed, true)
    assert.deepEqual(model.loads, [10, 25, 50, 100, 120, 150, 200])
    const p95 = present(model.series.find((series) => series.id === 'p95'))
    assert.deepEqual([p95.values[4], p95.values[5]], [undefined, undefined])
    assert.deepEqual(model.markers, [{ load: 120, label: 'broke at 120 before', kind: 'before' }])
    assert.match(describeChart(model), /p95 before.*budget p95<2s.*broke at 120 before/)
  })
})

describe('a step that does not count', () => {
  const messages = breaksRecording()
  const plan = present(replay(messages).plan)
  const back = { ...present(plan.steps[1]), phase: 'recovery' as const }
  const begins: ToView = { kind: 'step-started', index: 8, step: back, secondsLeft: 5 }
  const [tick] = replay(messages)
    .ticks.filter(({ users }) => users === back.users)
    .toReversed()
  const over = messages.filter(({ kind }) => kind !== 'verdict')

  it('never stands in for the point of its load while it is measured', () => {
    const before = replay(over)
    const during = replay([...over, begins, { kind: 'tick', tick: { ...present(tick), step: 8 } }])
    assert.equal(during.ticks.length, before.ticks.length + 1)
    const chart = present(latency.build(during))
    assert.equal(chart.liveIndex, null)
    assert.deepEqual(chart.series, present(latency.build(before)).series)
  })

  it('does not hide a step that narrows the breaking point where the plan had it', () => {
    const cooling = { ...plan, steps: [...plan.steps, { ...back, phase: 'cool-down' as const }] }
    const bisecting = over.findIndex(
      (message) => message.kind === 'step-started' && message.step.phase === 'bisect',
    )
    const state = replay(over.slice(0, bisecting + 2))
    assert.equal(cooling.steps[present(state.ticks.at(-1)).step]?.phase, 'cool-down')
    const chart = present(latency.build({ ...state, plan: cooling }))
    assert.equal(chart.loads[present(chart.liveIndex)], 150)
  })
})

function rated<Step extends { readonly users: number }>(step: Step): Step & { readonly rate: number } {
  return { ...step, rate: step.users }
}

function held<Step extends { readonly users: number }>(step: Step): Step {
  return { ...step, users: 25 }
}

/** The recording as one of an open model: as many requests a second as there were users. */
function openState(messages: readonly ToView[]): PanelSnapshot {
  const state = replay(messages)
  const plan = present(state.plan)
  return {
    ...state,
    plan: { ...plan, model: 'open', steps: plan.steps.map(rated) },
    ticks: state.ticks.map(rated),
    steps: state.steps.map((step) => ({ ...rated(step), users: 500, offeredRate: step.users })),
  }
}

describe('the charts of an open model', () => {
  it('speak of requests a second', () => {
    const chart = present(latency.build(openState(breaksRecording())))
    assert.equal(chart.loadUnit, 'requests/s')
    assert.deepEqual(chart.loads, [10, 25, 50, 100, 120, 150, 200])
    assert.match(describePoint(chart, 1), /^25 requests\/s: /)
    assert.match(describeChart(chart), /at 7 loads.*breaks at 120 requests\/s/)
  })

  it('know what is offered while it is measured', () => {
    const messages = breaksRecording()
    const at = messages.findLastIndex(({ kind }) => kind === 'tick')
    const chart = present(throughput.build(openState(messages.slice(0, at + 1))))
    const offered = present(chart.series.find((series) => series.id === 'offered'))
    assert.equal(offered.values[present(chart.liveIndex)], 120)
  })

  it('leave out a run before that counted users', () => {
    const before = replay(afterFixRecording()).before
    const chart = present(latency.build({ ...openState(breaksRecording()), before }))
    assert.ok(chart.series.every((series) => !series.dashed))
    assert.deepEqual(
      chart.markers.map(({ kind }) => kind),
      ['breaks'],
    )
  })
})

describe('the charts of one load held in several parts', () => {
  const state = replay(breaksRecording())
  const plan = present(state.plan)
  const soak: PanelSnapshot = {
    ...state,
    plan: { ...plan, profile: 'soak', steps: plan.steps.map(held) },
    steps: state.steps.filter(({ phase }) => phase !== 'bisect').map(held),
  }

  it('show each part, in its order', () => {
    const chart = present(latency.build(soak))
    assert.equal(chart.title, 'Latency over time, at 25 users')
    assert.deepEqual(chart.loads, [1, 2, 3, 4, 5])
    assert.deepEqual(
      chart.series[0]?.values,
      soak.steps.filter(({ phase }) => phase === 'ramp').map((step) => step.latencyMicros.p50),
    )
    assert.match(describePoint(chart, 2), /^part 3: /)
    assert.match(describeChart(chart), /at 5 parts/)
    assert.deepEqual(chart.markers, [], 'a load is no place on this axis')
  })

  it('leave room for the parts to come, and put the one that is measured after the others', () => {
    const tick = { ...present(state.ticks.at(-1)), step: 3, users: 25 }
    const chart = present(
      latency.build({ ...soak, status: 'running', steps: soak.steps.slice(0, 3), ticks: [tick] }),
    )
    assert.deepEqual([chart.loads, chart.range, chart.liveIndex], [[1, 2, 3], [1, 5], 2])
  })
})

describe('the throughput chart', () => {
  it('has no offered rate in a closed model, and failures only where there are any', () => {
    const broken = present(throughput.build(replay(breaksRecording())))
    assert.deepEqual(
      broken.series.map((series) => series.id),
      ['achieved', 'failed'],
    )
    const mended = present(throughput.build(replay(afterFixRecording())))
    assert.deepEqual(
      mended.series.map((series) => series.id),
      ['achieved', 'achieved-before'],
    )
  })

  it('shows the offered rate of an open model', () => {
    const state = replay(breaksRecording())
    const open = { ...state, steps: state.steps.map((step) => ({ ...step, offeredRate: 100 })) }
    assert.ok(throughput.build(open)?.series.some((series) => series.id === 'offered' && series.dashed))
  })
})

describe('the charts of the server', () => {
  it('are left out where nothing was measured, never drawn as zero', () => {
    const state = replay(breaksRecording())
    const unknown = { cpu: null, rssBytes: null, eventLoopDelayMicros: null, queriesPerRequest: null }
    const blind = { ...state, steps: state.steps.map((step) => ({ ...step, server: unknown })) }
    assert.equal(queries.build(blind), null)
    assert.equal(queries.build(state)?.series[0]?.values[0], 501)
  })
})
