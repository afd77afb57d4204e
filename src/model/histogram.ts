/*
 * Reads HdrHistogram's V2 encoding once it is inflated. The layout is that of HdrHistogram's `AbstractHistogram.java` (Gil
 * Tene, public domain): a header of 40 bytes, then counts as ZigZag LEB128 numbers of up to nine bytes, where a negative
 * number stands for so many empty buckets.
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

/** The zlib stream inside a compressed histogram; null where the bytes are none. Throws `RangeError` where they end too early. */
export function deflatedPayload(bytes: Uint8Array): Uint8Array | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if ((view.getInt32(0) & ~wordSizeBits) !== compressedCookie) return null
  return bytes.subarray(8, 8 + view.getInt32(4))
}

/** What an inflated payload counts; null where it is none. Throws `RangeError` where it ends too early. */
export function readCounts(payload: Uint8Array): Counts | null {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  if ((view.getInt32(0) & ~wordSizeBits) !== payloadCookie) return null
  const bounds = boundsOf(view.getInt32(12), Number(view.getBigInt64(16)))
  const end = headerBytes + view.getInt32(4)
  const buckets: Bucket[] = []
  let total = 0
  let index = 0
  for (let offset = headerBytes; offset < end;) {
    const [count, next] = readZigZag(view, offset)
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
function readZigZag(view: DataView, start: number): [number, number] {
  let value = 0
  let offset = start
  for (let shift = 0; shift <= 56; shift += 7) {
    const byte = view.getUint8(offset)
    offset += 1
    value += (shift === 56 ? byte : byte & 0x7f) * 2 ** shift
    if (byte < 0x80) break
  }
  return [value % 2 === 0 ? value / 2 : -(value + 1) / 2, offset]
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
