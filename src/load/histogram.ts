import { build, encodeIntoCompressedBase64, initWebAssemblySync } from 'hdr-histogram-js'
import { fewestSamples } from '../model/measure.ts'
import type { LatencyMicros } from '../model/run.ts'

type Hdr = ReturnType<typeof build>

/**
 * Durations in microseconds with three significant digits, up to a highest one (longer ones are recorded as that). The
 * WebAssembly histogram costs about 20 ns a value; the packed one twenty times as much.
 */
export class Histogram {
  readonly #hdr: Hdr
  readonly #highestMicros: number

  constructor(highestMicros: number) {
    initWebAssemblySync()
    this.#highestMicros = Math.max(2, Math.ceil(highestMicros))
    this.#hdr = build({
      useWebAssembly: true,
      bitBucketSize: 32,
      autoResize: false,
      lowestDiscernibleValue: 1,
      highestTrackableValue: this.#highestMicros,
      numberOfSignificantValueDigits: 3,
    })
  }

  record(micros: number): void {
    this.#hdr.recordValue(Math.min(Math.max(1, Math.round(micros)), this.#highestMicros))
  }

  get count(): number {
    return this.#hdr.totalCount
  }

  add(other: Histogram): void {
    this.#hdr.add(other.#hdr)
  }

  reset(): void {
    this.#hdr.reset()
  }

  /** HdrHistogram V2, compressed, base64. */
  encoded(): string {
    return encodeIntoCompressedBase64(this.#hdr)
  }

  /** The percentiles for which there are enough samples. */
  latencies(): LatencyMicros {
    return latenciesOf(this.#hdr)
  }

  /**
   * What requests sent every `intervalMicros` would have waited, after Gil Tene's correction of coordinated omission: for
   * each value longer than the interval, the requests that were not sent meanwhile are added, each an interval shorter.
   */
  corrected(intervalMicros: number): LatencyMicros {
    const corrected = this.#hdr.copyCorrectedForCoordinatedOmission(Math.max(1, Math.round(intervalMicros)))
    const latencies = latenciesOf(corrected)
    corrected.destroy()
    return latencies
  }
}

function latenciesOf(hdr: Hdr): LatencyMicros {
  const samples = hdr.totalCount
  const at = (metric: keyof typeof fewestSamples, percentile: number): number | null =>
    samples < fewestSamples[metric] ? null : hdr.getValueAtPercentile(percentile)
  return {
    p50: at('p50', 50),
    p90: at('p90', 90),
    p95: at('p95', 95),
    p99: at('p99', 99),
    p999: at('p999', 99.9),
    max: at('max', 100),
  }
}
