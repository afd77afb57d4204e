import { findProfile } from '../../src/load/profiles/index.ts'
import type { LoadPlan, Step } from '../../src/model/load-plan.ts'
import type { PanelSnapshot, ToView } from '../../src/model/panel.ts'
import { noErrors, noServerCounters, type StepResult, type Tick } from '../../src/model/run.ts'
import type { Volume } from '../../src/model/volume.ts'
import { parseBudget } from '../../src/verdict/budget.ts'
import { growthRemark } from '../../src/verdict/growth-remark.ts'
import { growthOf } from '../../src/verdict/growth.ts'
import { judge } from '../../src/verdict/verdict.ts'
import { replay } from './replay.ts'

/** Recordings of volume sweeps over an endpoint whose median takes as long as a formula says, not measured. */

const route = 'GET /users/:userId/activities'
const budget = parseBudget('p95<2s,errors<1%')
const table = 'activities'
export const levels = [100, 1000, 10_000, 100_000]

function latencies(p50: number): StepResult['latencyMicros'] {
  return { p50, p90: p50 * 1.2, p95: p50 * 1.4, p99: null, p999: null, max: p50 * 2 }
}

function resultOf(step: Step, p50: number): StepResult {
  const requests = Math.max(20, Math.round(4e6 / p50))
  return {
    phase: step.phase,
    users: step.users,
    ...(step.rows === undefined ? {} : { rows: step.rows }),
    durationSeconds: 4,
    offeredRate: null,
    achievedRate: 1e6 / p50,
    requests,
    errors: noErrors(),
    samples: [],
    statuses: { 200: requests },
    bytes: requests * 4100,
    latencyMicros: latencies(p50),
    histogram: '',
    server: { ...noServerCounters, cpu: 0.7, rssBytes: 90e6, queriesPerRequest: 3 },
    generatorUtilization: 0.1,
    complete: true,
  }
}

function tickOf(step: Step, index: number, p50: number): Tick {
  const { users } = step
  return {
    atMillis: index * 4000,
    intervalMillis: 250,
    step: index,
    users,
    requests: 20,
    errors: noErrors(),
    bytes: 80_000,
    latencyMicros: latencies(p50),
    histogram: '',
    inFlight: users,
    generatorUtilization: 0.1,
    server: noServerCounters,
  }
}

function volumeOf(steps: readonly StepResult[]): Volume {
  const counted = steps.filter(({ phase }) => phase === 'ramp')
  const points = counted.map((step) => ({
    rows: step.rows ?? 0,
    p50Micros: step.latencyMicros.p50,
    p95Micros: step.latencyMicros.p95,
    count: step.requests,
  }))
  return {
    table,
    levels,
    measured: counted.map((step) => ({ rows: step.rows ?? 0, step: steps.indexOf(step) })),
    ended: null,
    growth: growthOf(points, [{ metric: 'p95', limit: 2_000_000, text: 'p95<2s' }]),
    rowsLeft: 99_900,
  }
}

/** Everything the panel hears of a sweep. */
export function volumeRecording(micros: (rows: number) => number): ToView[] {
  const steps = findProfile('volume').steps({ rows: levels })
  const request = {
    method: 'GET',
    path: '/users/:userId/activities',
    parameters: {},
    headers: {},
    body: null,
  } as const
  const plan: LoadPlan = {
    baseUrl: 'http://127.0.0.1:3000',
    request,
    profile: 'volume',
    model: 'closed',
    steps,
    budget,
    timeoutMillis: 10_000,
    seed: 1,
    volume: { table, levels },
  }
  const conditions = {
    startedAt: '2026-01-05T09:00:00.000Z',
    node: 'v24.0.0',
    platform: 'linux x64',
    cores: 8,
    loadModel: 'closed: users wait',
    rows: { users: 100, activities: 100 },
  }
  const preflight = { status: 200, latencyMicros: 4000, bytes: 400, contentType: null, rows: 1 }
  const results: StepResult[] = []
  const messages = steps.flatMap((step, index): ToView[] => {
    const p50 = micros(step.rows ?? 100)
    const grows: ToView[] =
      index < 2
        ? []
        : [
            {
              kind: 'seeding',
              progress: {
                phase: 'insert',
                table,
                rowsDone: 400,
                rowsTotal: step.rows ?? 0,
                rowsPerSecond: 90_000,
                secondsLeft: 1,
              },
            },
          ]
    results.push(resultOf(step, p50))
    return [
      ...grows,
      { kind: 'step-started', index, step, secondsLeft: 20 - index * 4 },
      { kind: 'tick', tick: tickOf(step, index, p50) },
      { kind: 'step', step: resultOf(step, p50) },
      { kind: 'volume', volume: volumeOf(results) },
    ]
  })
  const volume = volumeOf(results)
  const verdict = judge({
    steps: results,
    budget,
    stopped: false,
    preflight,
    findings: [],
    routeKey: route,
    remark: growthRemark(volume),
  })
  return [
    { kind: 'plan', plan, conditions },
    { kind: 'preflight', preflight },
    ...messages,
    { kind: 'verdict', verdict, comparison: null },
  ]
}

/** The state after a whole sweep over a table scan. */
export function linearSweep(): PanelSnapshot {
  return { ...replay(volumeRecording(scan)), route }
}

/** A scan: 2 ms for each request, and 1.9 µs for each row. */
export function scan(rows: number): number {
  return 2000 + 1.9 * rows
}
