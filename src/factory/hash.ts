/** Identifies one stream of values: two 32-bit words made from the seed and the names of what is generated. */
export interface HashKey {
  readonly a: number
  readonly b: number
}

const twoTo32 = 4294967296

/** MurmurHash3's 32-bit finalizer (Appleby, public domain): every input bit changes every output bit with probability about 1/2. */
function mix(word: number): number {
  let h = word ^ (word >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** FNV-1a over UTF-16 code units. */
function fnv1a(text: string, offset: number): number {
  let h = offset
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h
}

/** The key of a value stream, from the plan's seed and the names that tell the streams apart. */
export function hashKey(seed: number, ...names: readonly string[]): HashKey {
  const text = JSON.stringify([seed, ...names])
  return { a: mix(fnv1a(text, 0x811c9dc5)), b: mix(fnv1a(text, 0x9747b28c)) }
}

/** A 32-bit unsigned hash of row `index` (0 … 2^53): the same for the same key and index, whatever came before. */
export function hash32(key: HashKey, index: number): number {
  const low = index >>> 0
  const high = Math.floor(index / twoTo32)
  const h = mix(key.a ^ Math.imul(low, 0x9e3779b1))
  return mix(h + key.b + Math.imul(high, 0x85ebca77)) >>> 0
}

/** Another 32-bit number that a hash leads to, where one row needs several. */
export function nextHash(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 0
}

/** Like {@link hash32}, as a fraction: 0 ≤ value < 1. */
export function hashFraction(key: HashKey, index: number): number {
  return hash32(key, index) / twoTo32
}

/** Like {@link hash32}, as a whole number: 0 ≤ value < limit, which is at most 2^53. */
export function hashBelow(key: HashKey, index: number, limit: number): number {
  return Math.floor((hash32(key, index) / twoTo32) * limit)
}

/** Row `index`'s element of `values`, which must not be empty. */
export function pick<T>(values: readonly T[], key: HashKey, index: number): T {
  return at(values, hashBelow(key, index, values.length))
}

/** The element at `position`, which must exist. Throws a RangeError otherwise. */
export function at<T>(values: readonly T[], position: number): T {
  const value = values[position]
  if (value === undefined) throw new RangeError(`No element ${position} in ${values.length}`)
  return value
}
