import type { LatencyMetric } from './budget.ts'
import type { LoadPlan, Step } from './load-plan.ts'
import type { Verdict } from './verdict.ts'
import type { Volume } from './volume.ts'

export const errorKinds = [
  'refused',
  'reset',
  'timeout',
  'status-4xx',
  'status-5xx',
  'wrong-body',
  'wrong-rows',
  'redirect',
  'cancelled',
] as const
export type ErrorKind = (typeof errorKinds)[number]
/** A count of zero for every kind, to start counting from. */
export function noErrors(): Record<ErrorKind, number> {
  return {
    refused: 0,
    reset: 0,
    timeout: 0,
    'status-4xx': 0,
    'status-5xx': 0,
    'wrong-body': 0,
    'wrong-rows': 0,
    redirect: 0,
    cancelled: 0,
  }
}

export type ErrorCounts = Readonly<Record<ErrorKind, number>>

/** Microseconds; null where there are too few samples for that percentile to mean anything. Good answers only. */
export type LatencyMicros = Readonly<Record<LatencyMetric, number | null>>

/** Counters of the process tree that owns the target's port; null is "not measured". */
export interface ServerCounters {
  /** 1 is one core fully used. */
  readonly cpu: number | null
  readonly rssBytes: number | null
  readonly eventLoopDelayMicros: number | null
  readonly queriesPerRequest: number | null
}

/** Where nothing of the server could be measured. */
export const noServerCounters: ServerCounters = {
  cpu: null,
  rssBytes: null,
  eventLoopDelayMicros: null,
  queriesPerRequest: null,
}

/** What happened in one interval of about 250 ms, or more in steps of hours; deltas, never totals. */
export interface Tick {
  /** Since the start of the run. */
  readonly atMillis: number
  readonly intervalMillis: number
  /** Index of the step in the run. */
  readonly step: number
  readonly users: number
  /** Arrivals a second that are asked for; an open model's only. */
  readonly rate?: number
  readonly requests: number
  readonly errors: ErrorCounts
  readonly bytes: number
  readonly latencyMicros: LatencyMicros
  /** This interval's latencies: HdrHistogram V2, compressed, base64. */
  readonly histogram: string
  readonly inFlight: number
  /** Event-loop utilization 0..1 of the generator. */
  readonly generatorUtilization: number
  readonly server: ServerCounters
}

/** The first failed answer of each kind. */
export interface ErrorSample {
  readonly kind: ErrorKind
  readonly status: number | null
  readonly message: string
}

/** What one of several requests got, in a mix or a chain. */
export interface RequestResult {
  /** `GET /users/:id`. */
  readonly name: string
  readonly requests: number
  readonly errors: ErrorCounts
  readonly latencyMicros: LatencyMicros
}

/** Answers that came in pieces, such as server-sent events. */
export interface StreamResult {
  readonly answers: number
  readonly firstChunkMicros: LatencyMicros
  /** Between one chunk and the next. */
  readonly gapMicros: LatencyMicros
  /** Completion tokens, where the stream itself reports them; never estimated. */
  readonly tokens: number | null
}

/** An open model's account of its own arrivals. */
export interface Arrivals {
  /** Arrivals that the schedule asked for. */
  readonly offered: number
  /** Never sent: every connection was busy until the step ended or the arrival's time ran out. */
  readonly unsent: number
  /** How much later than intended an arrival was noticed: the generator's own delay, not the server's. */
  readonly lagMicros: LatencyMicros
}

/** One step, measured: one point of the curve. */
export interface StepResult extends Pick<Step, 'phase' | 'users' | 'rate' | 'rows'> {
  readonly durationSeconds: number
  /** Requests a second that the plan asked for; null in a closed model, which asks for as much as users can wait for. */
  readonly offeredRate: number | null
  readonly achievedRate: number
  /** All answers and failures. */
  readonly requests: number
  readonly errors: ErrorCounts
  readonly samples: readonly ErrorSample[]
  readonly statuses: Readonly<Record<string, number>>
  readonly bytes: number
  readonly latencyMicros: LatencyMicros
  readonly histogram: string
  readonly server: ServerCounters
  readonly generatorUtilization: number
  /** Requests handed to a connection: answered, failed and cancelled ones together. */
  readonly sent?: number
  readonly firstByteMicros?: LatencyMicros
  /** Latencies that a steady stream of arrivals would have seen, estimated from a closed model's. */
  readonly correctedMicros?: LatencyMicros
  /** One for each request of a mix or a chain; left out where there is only one. */
  readonly perRequest?: readonly RequestResult[]
  readonly stream?: StreamResult
  readonly arrivals?: Arrivals
  /** CPU of the load generator's process: 1 is one core fully used. */
  readonly generatorCpu?: number
  /** Share of the time that the generator was ready to run and waited for a core. */
  readonly generatorWaited?: number
  /** The port changed its owner while the step ran: the server restarted. */
  readonly serverRestarted?: true
  /** False where Stop or an abort cut the step short. */
  readonly complete: boolean
}

/** How a server answered one request; `status` is null where no complete answer came, `kind` where it was a good one. */
export interface Answer {
  readonly status: number | null
  readonly kind: ErrorKind | null
  /** Whether it is the answer of another page of the target, which the first one led to. */
  readonly redirected: boolean
  /** Rows in the answer, as the preflight counts them. */
  readonly rows: number | null
  /** Places and types in a JSON answer, such as `$.items[].id number`, in order; never its values. */
  readonly shape?: readonly string[]
}

/** One request before the load: what the endpoint answers when nobody else asks. */
export interface Preflight {
  readonly status: number
  readonly latencyMicros: number
  readonly bytes: number
  readonly contentType: string | null
  /** Rows in the answer: the length of a JSON array, or of the only array in a JSON object; null when there is none. */
  readonly rows: number | null
}

/** What a reader must know to repeat or to doubt the run. */
export interface Conditions {
  readonly startedAt: string
  readonly node: string
  readonly platform: string
  readonly cores: number
  readonly loadModel: string
  /** Rows a table in the target's database, where Headroom knows it. */
  readonly rows: Readonly<Record<string, number>>
  /** What is known of the rows that answers must hold; a line for each request that this was tried for. */
  readonly verified?: readonly string[]
}

/** A whole load test, as kept in `.headroom/runs` and printed by `--json`. Headers and body are left out. */
export interface Run {
  readonly schema: 'headroom.run/1'
  readonly id: string
  readonly route: string
  readonly file: string | null
  readonly line: number | null
  readonly plan: LoadPlan
  readonly conditions: Conditions
  readonly preflight: Preflight | null
  readonly ticks: readonly Tick[]
  readonly steps: readonly StepResult[]
  readonly verdict: Verdict
  /** How latency grows with the rows of a table; a volume sweep's only. */
  readonly volume?: Volume
}

/** Failed requests of all kinds but the user's own cancel. */
export function failedRequests(errors: ErrorCounts): number {
  return errorKinds.reduce((sum, kind) => (kind === 'cancelled' ? sum : sum + errors[kind]), 0)
}
