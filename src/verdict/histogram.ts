import { Buffer } from 'node:buffer'
import { inflateSync } from 'node:zlib'
import { type Bucket, type Counts, deflatedPayload, percentileOf, readCounts } from '../model/histogram.ts'
import { fewestSamples } from '../model/measure.ts'
import type { LatencyMicros } from '../model/run.ts'

/** What a histogram holds that is compressed and in base64, as the recorder writes it; null where the text is none, such as one that was left out of a report. */
export function decodeHistogram(encoded: string): Counts | null {
  try {
    const deflated = deflatedPayload(Buffer.from(encoded, 'base64'))
    return deflated === null ? null : readCounts(inflateSync(deflated))
  } catch {
    return null
  }
}

/** Several histograms as one, as if all values had been recorded together. */
export function mergeCounts(parts: readonly Counts[]): Counts {
  const merged = new Map<number, Bucket>()
  for (const bucket of parts.flatMap((part) => part.buckets)) {
    const count = (merged.get(bucket.lowest)?.count ?? 0) + bucket.count
    merged.set(bucket.lowest, { ...bucket, count })
  }
  return {
    total: parts.reduce((sum, part) => sum + part.total, 0),
    buckets: [...merged.values()].toSorted((one, other) => one.lowest - other.lowest),
  }
}

/** The usual percentiles; null for those that so few values say nothing about. */
export function latenciesOf(counts: Counts): LatencyMicros {
  const at = (metric: keyof LatencyMicros, percentile: number): number | null =>
    counts.total < fewestSamples[metric] ? null : percentileOf(counts, percentile)
  return {
    p50: at('p50', 50),
    p90: at('p90', 90),
    p95: at('p95', 95),
    p99: at('p99', 99),
    p999: at('p999', 99.9),
    max: at('max', 100),
  }
}

/** What several intervals or steps recorded together; null where one's histogram is missing. */
export function recordedTogether(parts: readonly { readonly histogram: string }[]): Counts | null {
  const decoded = parts.map(({ histogram }) => decodeHistogram(histogram))
  const known = decoded.filter((counts) => counts !== null)
  return known.length === decoded.length ? mergeCounts(known) : null
}

/** How many values are surely `limit` or more. */
export function countFrom({ buckets }: Counts, limit: number): number {
  return buckets.reduce((sum, { lowest, count }) => (lowest >= limit ? sum + count : sum), 0)
}
