import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import type { LatencyMicros } from '../model/run.ts'
import { latenciesOf } from './histogram.ts'

/** Percentiles over many intervals: histograms are merged, since percentiles can't be. */
export interface MergedLatencies {
  /** Takes one interval's encoded histogram and gives the percentiles of all so far. */
  readonly add: (encoded: string) => LatencyMicros
}

/** Nothing yet. Decoding an interval takes about a tenth of a millisecond. */
export function mergeLatencies(): MergedLatencies {
  let merged: ReturnType<typeof decodeFromCompressedBase64> | null = null
  return {
    add(encoded) {
      const interval = decodeFromCompressedBase64(encoded)
      if (merged === null) merged = interval
      else merged.add(interval)
      return latenciesOf(merged)
    },
  }
}
