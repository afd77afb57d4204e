import { Buffer } from 'node:buffer'
import { inflateSync } from 'node:zlib'
import { fewestSamples } from '../model/measure.ts'
import type { LatencyMicros } from '../model/run.ts'

/*
 * Reads HdrHistogram's V2 encoding, compressed, in base64, as the recorder writes it. The layout is that of
 * HdrHistogram's `AbstractHistogram.java` (Gil Tene, public domain): a header of 40 bytes, then counts as ZigZag LEB128
 * numbers of up to nine bytes, where a negative number stands for so many empty buckets.
 */

const compressedCookie = 0x1c_84_93_04
const payloadCookie = 0x1c_84_93_03
/** The word size, in bits 4 to 7 of a cookie, has no meaning in V2. */
const wordSizeBits = 0xf0
const headerBytes = 40

/** Values between `lowest` and `highest`, which the histogram doesn't tell apart. */
export interface Bucket {
  readonly lowest: number
  readonly highest: number
  readonly count: number
}

/** Counted values: buckets that hold something, ascending. */
export interface Counts {
  readonly total: number
  readonly buckets: readonly Bucket[]
}

/** What an encoded histogram holds; null where the text is none, such as one that was left out of a report. */
export function decodeHistogram(encoded: string): Counts | null {
  try {
    const outer = Buffer.from(encoded, 'base64')
    if ((outer.readInt32BE(0) & ~wordSizeBits) !== compressedCookie) return null
    const payload = inflateSync(outer.subarray(8, 8 + outer.readInt32BE(4)))
    if ((payload.readInt32BE(0) & ~wordSizeBits) !== payloadCookie) return null
    return readCounts(payload)
  } catch {
    return null
  }
}

function readCounts(payload: Buffer): Counts {
  const bounds = boundsOf(payload.readInt32BE(12), Number(payload.readBigInt64BE(16)))
  const end = headerBytes + payload.readInt32BE(4)
  const buckets: Bucket[] = []
  let total = 0
  let index = 0
  for (let offset = headerBytes; offset < end;) {
    const [count, next] = readZigZag(payload, offset)
    offset = next
    if (count <= 0) {
      index += count === 0 ? 1 : -count
      continue
    }
    buckets.push({ ...bounds(index), count })
    total += count
    index += 1
  }
  return { total, buckets }
}

/** The values that a count at an index stands for, given the histogram's precision. */
function boundsOf(
  significantDigits: number,
  lowestDiscernible: number,
): (index: number) => Omit<Bucket, 'count'> {
  const half = 2 ** (Math.ceil(Math.log2(2 * 10 ** significantDigits)) - 1)
  const unit = 2 ** Math.floor(Math.log2(Math.max(1, lowestDiscernible)))
  return (index) => {
    const bucket = Math.max(0, Math.floor(index / half) - 1)
    const subBucket = index < half ? index : (index % half) + half
    const width = unit * 2 ** bucket
    return { lowest: subBucket * width, highest: subBucket * width + width - 1 }
  }
}

/** A number in ZigZag LEB128, and where the next begins. The ninth byte has eight bits of its own. */
function readZigZag(bytes: Buffer, start: number): [number, number] {
  let value = 0
  let offset = start
  for (let shift = 0; shift <= 56; shift += 7) {
    const byte = bytes.readUInt8(offset)
    offset += 1
    value += (shift === 56 ? byte : byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  return [value % 2 === 0 ? value / 2 : -(value + 1) / 2, offset]
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

/** The value below or at which so many percent of the values lie, as HdrHistogram rounds it; null without values. */
export function percentileOf({ total, buckets }: Counts, percentile: number): number | null {
  const wanted = Math.max(1, Math.floor((percentile / 100) * total + 0.5))
  let seen = 0
  for (const bucket of buckets) {
    seen += bucket.count
    if (seen >= wanted) return bucket.highest
  }
  return null
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
