import { build, encodeIntoCompressedBase64, initWebAssemblySync } from 'hdr-histogram-js'
import {
  errorKinds,
  noErrors,
  type ErrorCounts,
  type ErrorKind,
  type ErrorSample,
  type LatencyMicros,
} from '../model/run.ts'

type Histogram = ReturnType<typeof build>

/** What was recorded over a time. `requests` are good answers and failures, without what was cancelled. */
export interface Recorded {
  readonly requests: number
  readonly errors: ErrorCounts
  readonly bytes: number
  readonly latencyMicros: LatencyMicros
  /** HdrHistogram V2, compressed, base64; good answers only, in microseconds. */
  readonly histogram: string
}

export interface RecordedStep extends Recorded {
  readonly samples: readonly ErrorSample[]
  readonly statuses: Readonly<Record<string, number>>
}

/** Counts what came back, for the running interval and for the step it belongs to. */
export interface Recorder {
  /** A good answer. */
  readonly answer: (status: number, latencyMicros: number, bytes: number) => void
  /** A failure; `status` null where no complete answer came. Its time stays out of the latencies: fast errors would flatter them. */
  readonly failure: (kind: ErrorKind, status: number | null, message: string, bytes: number) => void
  /** Requests that were still in flight when the step was stopped. */
  readonly cancel: (count: number) => void
  /** Whether a failure of this kind already has its sample in this step, so that its text need not be collected. */
  readonly hasSample: (kind: ErrorKind) => boolean
  /** Good answers and failures of this step so far. */
  readonly requests: () => number
  /** What was recorded since the last call, added to the step. */
  readonly takeInterval: () => Recorded
  /** Everything since the step began, all intervals merged; begins a new step. */
  readonly takeStep: () => RecordedStep
}

/** Answers it takes before a percentile says something: ten times what lies above it, and twenty at least. */
const fewestSamples = { p50: 1, p90: 20, p95: 20, p99: 1_000, p999: 10_000, max: 1 } as const

/**
 * A recorder for latencies up to `highestMicros` (longer ones are recorded as that), with three significant digits.
 * Uses the WebAssembly histogram, whose recording costs about 20 ns.
 */
export function createRecorder(highestMicros: number): Recorder {
  const interval = new Counters(highestMicros)
  const step = new Counters(highestMicros)
  const statuses = new Map<number, number>()
  const samples = new Map<ErrorKind, ErrorSample>()
  const count = (status: number): void => void statuses.set(status, (statuses.get(status) ?? 0) + 1)
  return {
    answer(status, latencyMicros, bytes) {
      interval.requests += 1
      interval.bytes += bytes
      interval.histogram.recordValue(Math.min(Math.max(1, Math.round(latencyMicros)), highestMicros))
      count(status)
    },
    failure(kind, status, message, bytes) {
      interval.requests += 1
      interval.bytes += bytes
      interval.errors[kind] += 1
      if (status !== null) count(status)
      if (!samples.has(kind)) samples.set(kind, { kind, status, message })
    },
    cancel(cancelled) {
      interval.errors.cancelled += cancelled
    },
    hasSample: (kind) => samples.has(kind),
    requests: () => step.requests + interval.requests,
    takeInterval() {
      const recorded = interval.recorded()
      step.add(interval)
      interval.reset()
      return recorded
    },
    takeStep() {
      step.add(interval)
      interval.reset()
      const recorded: RecordedStep = {
        ...step.recorded(),
        samples: [...samples.values()],
        statuses: Object.fromEntries(statuses),
      }
      step.reset()
      statuses.clear()
      samples.clear()
      return recorded
    },
  }
}

class Counters {
  requests = 0
  bytes = 0
  readonly errors: Record<ErrorKind, number> = noErrors()
  readonly histogram: Histogram

  constructor(highestMicros: number) {
    initWebAssemblySync()
    this.histogram = build({
      useWebAssembly: true,
      bitBucketSize: 32,
      autoResize: false,
      lowestDiscernibleValue: 1,
      highestTrackableValue: Math.max(2, highestMicros),
      numberOfSignificantValueDigits: 3,
    })
  }

  add(other: Counters): void {
    this.requests += other.requests
    this.bytes += other.bytes
    for (const kind of errorKinds) this.errors[kind] += other.errors[kind]
    this.histogram.add(other.histogram)
  }

  recorded(): Recorded {
    return {
      requests: this.requests,
      bytes: this.bytes,
      errors: { ...this.errors },
      latencyMicros: latencies(this.histogram),
      histogram: encodeIntoCompressedBase64(this.histogram),
    }
  }

  reset(): void {
    this.requests = 0
    this.bytes = 0
    Object.assign(this.errors, noErrors())
    this.histogram.reset()
  }
}

function latencies(histogram: Histogram): LatencyMicros {
  const samples = histogram.totalCount
  const at = (metric: keyof typeof fewestSamples, percentile: number): number | null =>
    samples < fewestSamples[metric] ? null : histogram.getValueAtPercentile(percentile)
  return {
    p50: at('p50', 50),
    p90: at('p90', 90),
    p95: at('p95', 95),
    p99: at('p99', 99),
    p999: at('p999', 99.9),
    max: at('max', 100),
  }
}
