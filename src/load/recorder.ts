import {
  errorKinds,
  noErrors,
  type ErrorCounts,
  type ErrorKind,
  type ErrorSample,
  type LatencyMicros,
  type RequestResult,
  type StreamResult,
} from '../model/run.ts'
import { Histogram } from './histogram.ts'

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
  readonly firstByteMicros: LatencyMicros
  readonly perRequest?: readonly RequestResult[]
  readonly stream?: StreamResult
}

/** A good answer; times in microseconds, `request` its index in the scenario. */
export interface GoodAnswer {
  readonly request: number
  readonly status: number
  readonly latencyMicros: number
  readonly firstByteMicros: number
  readonly bytes: number
}

/**
 * Counts what came back, for the running interval and for the step it belongs to: intervals are merged into the step,
 * never averaged. `names` are those of the scenario's requests.
 */
export class Recorder {
  readonly #interval: Counters
  readonly #step: Counters
  readonly #firstByte: Histogram
  readonly #statuses = new Map<number, number>()
  readonly #samples = new Map<ErrorKind, ErrorSample>()
  readonly #perRequest: readonly NamedCounters[]
  readonly #stream: StreamCounters

  constructor(highestMicros: number, names: readonly string[]) {
    this.#interval = new Counters(highestMicros)
    this.#step = new Counters(highestMicros)
    this.#firstByte = new Histogram(highestMicros)
    this.#stream = new StreamCounters(highestMicros)
    this.#perRequest =
      names.length < 2 ? [] : names.map((name) => ({ name, counters: new Counters(highestMicros) }))
  }

  answer({ request, status, latencyMicros, firstByteMicros, bytes }: GoodAnswer): void {
    this.#interval.answer(latencyMicros, bytes)
    this.#firstByte.record(firstByteMicros)
    this.#perRequest[request]?.counters.answer(latencyMicros, bytes)
    this.#count(status)
  }

  /** A failure; `status` null where no complete answer came. Its time stays out of the latencies: fast errors would flatter them. */
  failure(request: number, sample: ErrorSample, bytes: number): void {
    const { kind, status } = sample
    this.#interval.failure(kind, bytes)
    this.#perRequest[request]?.counters.failure(kind, bytes)
    if (status !== null) this.#count(status)
    if (!this.#samples.has(kind)) this.#samples.set(kind, sample)
  }

  firstChunk(micros: number): void {
    this.#stream.firstChunk.record(micros)
  }

  gap(micros: number): void {
    this.#stream.gap.record(micros)
  }

  tokens(count: number): void {
    this.#stream.tokens = (this.#stream.tokens ?? 0) + count
  }

  /** Requests that were still in flight when the step was stopped. */
  cancel(count: number): void {
    this.#interval.errors.cancelled += count
  }

  /** Whether a failure of this kind already has its sample in this step, so that its text need not be collected. */
  hasSample(kind: ErrorKind): boolean {
    return this.#samples.has(kind)
  }

  /** Good answers and failures of this step so far. */
  get requests(): number {
    return this.#step.requests + this.#interval.requests
  }

  /** What was recorded since the last call, added to the step. */
  takeInterval(): Recorded {
    const recorded = this.#interval.recorded()
    this.#step.add(this.#interval)
    this.#interval.reset()
    return recorded
  }

  /** Latencies of the step so far, corrected for coordinated omission with this interval between a stream's arrivals. */
  correctedMicros(intervalMicros: number): LatencyMicros {
    return this.#step.histogram.corrected(intervalMicros)
  }

  /** Everything since the step began, all intervals merged; begins a new step. */
  takeStep(): RecordedStep {
    this.takeInterval()
    const recorded: RecordedStep = {
      ...this.#step.recorded(),
      samples: [...this.#samples.values()],
      statuses: Object.fromEntries(this.#statuses),
      firstByteMicros: this.#firstByte.latencies(),
      ...(this.#perRequest.length === 0 ? {} : { perRequest: this.#perRequest.map(requestResult) }),
      ...(this.#stream.firstChunk.count === 0 ? {} : { stream: this.#stream.result() }),
    }
    this.#step.reset()
    this.#firstByte.reset()
    this.#stream.reset()
    this.#statuses.clear()
    this.#samples.clear()
    for (const { counters } of this.#perRequest) counters.reset()
    return recorded
  }

  #count(status: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
  }
}

interface NamedCounters {
  readonly name: string
  readonly counters: Counters
}

function requestResult({ name, counters }: NamedCounters): RequestResult {
  const { requests, errors, latencyMicros } = counters.recorded()
  return { name, requests, errors, latencyMicros }
}

class Counters {
  requests = 0
  bytes = 0
  readonly errors: Record<ErrorKind, number> = noErrors()
  readonly histogram: Histogram

  constructor(highestMicros: number) {
    this.histogram = new Histogram(highestMicros)
  }

  answer(latencyMicros: number, bytes: number): void {
    this.requests += 1
    this.bytes += bytes
    this.histogram.record(latencyMicros)
  }

  failure(kind: ErrorKind, bytes: number): void {
    this.requests += 1
    this.bytes += bytes
    this.errors[kind] += 1
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
      latencyMicros: this.histogram.latencies(),
      histogram: this.histogram.encoded(),
    }
  }

  reset(): void {
    this.requests = 0
    this.bytes = 0
    Object.assign(this.errors, noErrors())
    this.histogram.reset()
  }
}

class StreamCounters {
  readonly firstChunk: Histogram
  readonly gap: Histogram
  tokens: number | null = null

  constructor(highestMicros: number) {
    this.firstChunk = new Histogram(highestMicros)
    this.gap = new Histogram(highestMicros)
  }

  result(): StreamResult {
    return {
      answers: this.firstChunk.count,
      firstChunkMicros: this.firstChunk.latencies(),
      gapMicros: this.gap.latencies(),
      tokens: this.tokens,
    }
  }

  reset(): void {
    this.firstChunk.reset()
    this.gap.reset()
    this.tokens = null
  }
}
