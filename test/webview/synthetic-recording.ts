import { writeFileSync } from 'node:fs'
import type { Threshold } from '../../src/model/budget.ts'
import type { Comparison, Delta } from '../../src/model/comparison.ts'
import type { LoadPlan, Step } from '../../src/model/load-plan.ts'
import type { PanelSnapshot, ToView } from '../../src/model/panel.ts'
import type {
  Conditions,
  ErrorCounts,
  LatencyMicros,
  ServerCounters,
  StepResult,
  Tick,
} from '../../src/model/run.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import { initialSnapshot } from '../../webview/state.ts'
import { ndjson, replay, runOf } from './replay.ts'

/**
 * Recordings of the panel's protocol made up from a queueing formula, not measured: a closed load on a server that
 * answers `capacity` requests a second takes users ÷ capacity seconds. The same every time. Nothing in the panel reads
 * the histograms, so they are empty. `node test/webview/synthetic-recording.ts` writes them to test/recordings.
 */

const route = 'GET /users/:userId/activities'
const budget: Threshold[] = [
  { metric: 'p95', comparison: '<', limit: 2_000_000, text: 'p95<2s' },
  { metric: 'errors', comparison: '<', limit: 0.01, text: 'errors<1%' },
]
const conditions: Conditions = {
  startedAt: '2026-01-05T09:00:00.000Z',
  node: 'v24.0.0',
  platform: 'linux x64',
  cores: 8,
  loadModel: 'closed: users wait',
  rows: { User: 1000, Activity: 100_000 },
}

interface Server {
  readonly capacity: number
  readonly baseMicros: number
  readonly queriesPerRequest: number
}

function planned(phase: Step['phase'], users: number, durationSeconds: number): Step {
  return { phase, users, durationSeconds, maxDurationSeconds: 30, minRequests: 200 }
}

function planOf(steps: readonly Step[]): LoadPlan {
  return {
    baseUrl: 'http://127.0.0.1:3000',
    request: {
      method: 'GET',
      path: '/users/:userId/activities',
      parameters: { userId: { values: ['1', '2', '3'], source: 'User.id in the database' } },
      headers: {},
      body: null,
    },
    profile: 'progressive',
    model: 'closed',
    steps,
    budget,
    timeoutMillis: 10_000,
    seed: 1,
  }
}

function latencyOf(server: Server, users: number, samples: number): LatencyMicros {
  const p50 = Math.round(Math.max(server.baseMicros, (users / server.capacity) * 1e6))
  const times = (factor: number, least: number): number | null =>
    samples >= least ? Math.round(p50 * factor) : null
  return {
    p50: times(1, 20),
    p90: times(1.3, 100),
    p95: times(1.45, 200),
    p99: times(1.8, 1000),
    p999: times(2.4, 10_000),
    max: times(2.6, 1),
  }
}

function rateOf(server: Server, users: number): number {
  return Math.min(server.capacity, users / (server.baseMicros / 1e6))
}

function errorsOf(users: number, server: Server, requests: number): ErrorCounts {
  const late = users > 1.8 * server.capacity
  const timeout = late ? Math.round(requests * 0.03) : 0
  const failed = late ? Math.round(requests * 0.005) : 0
  return {
    refused: 0,
    reset: 0,
    timeout,
    'status-4xx': 0,
    'status-5xx': failed,
    'wrong-body': 0,
    'wrong-rows': 0,
    redirect: 0,
    cancelled: 0,
  }
}

function countersOf(server: Server, users: number): ServerCounters {
  const busy = rateOf(server, users) / server.capacity
  return {
    cpu: Number((0.15 + 0.85 * busy).toFixed(2)),
    rssBytes: Math.round(92e6 + users * 310_000),
    eventLoopDelayMicros: null,
    queriesPerRequest: server.queriesPerRequest,
  }
}

function stepResult(step: Step, server: Server): StepResult {
  const requests = Math.round(rateOf(server, step.users) * step.durationSeconds)
  const errors = errorsOf(step.users, server, requests)
  const good = requests - errors.timeout - errors['status-5xx']
  const samples: StepResult['samples'] = [
    { kind: 'timeout', status: null, message: 'No answer within 10 s' },
    { kind: 'status-5xx', status: 503, message: '{"error":"<b>database is locked</b>"}' },
  ]
  return {
    phase: step.phase,
    users: step.users,
    durationSeconds: step.durationSeconds,
    offeredRate: null,
    achievedRate: requests / step.durationSeconds,
    requests,
    errors,
    samples: errors.timeout > 0 ? samples : [],
    statuses: { '200': good },
    bytes: good * 4100,
    latencyMicros: latencyOf(server, step.users, good),
    histogram: '',
    server: countersOf(server, step.users),
    generatorUtilization: 0.2,
    complete: true,
  }
}

/** The ticks of one step, four of them: enough to see the live point move, few enough to keep the file small. */
function ticksOf(step: Step, index: number, startMillis: number, server: Server): Tick[] {
  return [1, 2, 3, 4].map((quarter) => {
    const users = step.users
    const requests = Math.round(rateOf(server, users) / 4)
    const drift = 0.85 + 0.05 * quarter
    const latency = latencyOf(server, users * drift, requests * 8)
    return {
      atMillis: startMillis + quarter * 250,
      intervalMillis: 250,
      step: index,
      users,
      requests,
      errors: errorsOf(users, server, requests),
      bytes: requests * 4100,
      latencyMicros: { ...latency, p99: null, p999: null },
      histogram: '',
      inFlight: users,
      generatorUtilization: 0.2,
      server: countersOf(server, users),
    }
  })
}

function runEvents(steps: readonly Step[], server: Server): ToView[] {
  let atMillis = 0
  return steps.flatMap((step, index): ToView[] => {
    const rest = steps.slice(index).reduce((sum, later) => sum + later.durationSeconds, 0)
    const ticks = ticksOf(step, index, atMillis, server)
    atMillis += step.durationSeconds * 1000
    return [
      { kind: 'step-started', index, step, secondsLeft: rest },
      ...ticks.map((tick): ToView => ({ kind: 'tick', tick })),
      { kind: 'step', step: stepResult(step, server) },
    ]
  })
}

const brokenServer: Server = { capacity: 80, baseMicros: 60_000, queriesPerRequest: 501 }
const mendedServer: Server = { capacity: 2400, baseMicros: 6_000, queriesPerRequest: 2 }

const breaks: Verdict = {
  kind: 'breaks',
  sentence:
    'Breaks at 120 users: p95 2.2 s, budget p95<2s. Likely cause: N+1 at src/routes/activities.ts:34.',
  breakingPoint: { lastGoodUsers: 100, users: 120, threshold: 'p95<2s', measured: 2_175_000 },
  reasons: ['501 queries per request.', 'Throughput stays at 80 requests/s from 10 users on.'],
  causes: [
    {
      file: 'src/routes/activities.ts',
      line: 34,
      rule: 'n-plus-one',
      message: 'Each activity of the list asks the database once more for its comments.',
      confidence: 'high',
      evidence: ['501 queries per request', 'the server used 100% of one core'],
      fixes: [{ id: 'eager-load', title: 'Load the comments with the activities', safety: 'safe' }],
    },
    {
      file: 'src/routes/activities.ts',
      line: 30,
      rule: 'unbounded-result-set',
      message: 'The list has no limit: it grows with the table.',
      confidence: 'low',
      evidence: [],
      fixes: [{ id: 'paginate', title: 'Answer in pages', safety: 'review' }],
    },
  ],
}

function begin(snapshot: Partial<PanelSnapshot>): ToView {
  return {
    kind: 'snapshot',
    protocol: 1,
    snapshot: { ...initialSnapshot, route, activity: 'Reading the routes', ...snapshot },
  }
}

/** A first run that breaks at 120 users. */
export function breaksRecording(): ToView[] {
  const ramp = [10, 25, 50, 100, 200].map((users) => planned('ramp', users, 15))
  const plan = planOf([planned('warm-up', 10, 5), ...ramp])
  return [
    begin({}),
    { kind: 'activity', activity: 'Starting npm run dev' },
    { kind: 'plan', plan, conditions },
    {
      kind: 'preflight',
      preflight: {
        status: 200,
        latencyMicros: 61_000,
        bytes: 4100,
        contentType: 'application/json',
        rows: 50,
      },
    },
    ...runEvents([...plan.steps, planned('bisect', 150, 10), planned('bisect', 120, 15)], brokenServer),
    { kind: 'verdict', verdict: breaks, comparison: null },
  ]
}

function delta(name: string, unit: Delta['unit'], before: number, after: number): Delta {
  return { name, unit, before, after, change: after / before }
}

/** The run after the fix, beside the one before it: holds. */
export function afterFixRecording(): ToView[] {
  const plan = planOf([
    planned('warm-up', 10, 5),
    ...[10, 25, 50, 100, 200].map((users) => planned('ramp', users, 15)),
  ])
  const comparison: Comparison = {
    schema: 'headroom.comparison/1',
    route,
    before: 'before',
    after: 'after',
    comparable: true,
    differences: [],
    deltas: [
      delta('p95 at 100 users', 'micros', 1_812_500, 60_417),
      delta('queries per request', 'rows', 501, 2),
      delta('rate at 100 users', 'per-second', 80, 2400),
    ],
  }
  const holds: Verdict = {
    kind: 'holds',
    sentence: 'Holds to 200 users: p95 121 ms, budget p95<2s.',
    breakingPoint: null,
    reasons: [],
    causes: [],
  }
  return [
    begin({ before: runOf(replay(breaksRecording()), 'before') }),
    { kind: 'plan', plan, conditions },
    ...runEvents(plan.steps, mendedServer),
    { kind: 'verdict', verdict: holds, comparison },
  ]
}

/** No server answers: nothing was measured. */
export function failureRecording(): ToView[] {
  return [
    begin({}),
    { kind: 'activity', activity: 'Looking for the server on localhost:3000' },
    {
      kind: 'failure',
      failure: {
        code: 'HR_NO_SERVER',
        message: 'Nothing is listening on localhost:3000. Start it with npm run dev?',
        exitCode: 2,
        actions: [
          { id: 'start-server', title: 'Start', argument: 'npm run dev' },
          { id: 'change-port', title: 'Change port' },
        ],
      },
    },
  ]
}

/** The recording up to and with its first message of a kind. */
export function untilFirst(kind: ToView['kind']): ToView[] {
  const messages = breaksRecording()
  return messages.slice(0, messages.findIndex((message) => message.kind === kind) + 1)
}

/** The recordings by the name of their file. */
export const syntheticRecordings: Readonly<Record<string, () => ToView[]>> = {
  'synthetic-breaks': breaksRecording,
  'synthetic-after-fix': afterFixRecording,
  'synthetic-failure': failureRecording,
}

if (import.meta.main) {
  for (const [name, record] of Object.entries(syntheticRecordings)) {
    writeFileSync(new URL(`../recordings/${name}.ndjson`, import.meta.url), ndjson(record()))
  }
}
