import { hash32 } from '../hash.ts'
import type { HashKey } from '../hash.ts'

const twoTo32 = 4294967296
/** The sum of a hash's four bytes: nearly normal, between 0 and 1020. */
const mean = 510
/** √(4 · (256² − 1) / 12) */
const deviation = 147.801669589209

/** A nearly normally distributed number of mean 0 and deviation 1, between −3.46 and 3.46; the same on every machine. */
export function normalDraw(key: HashKey, fine: HashKey): (index: number) => number {
  return (index) => (byteSum(hash32(key, index)) - mean + hash32(fine, index) / twoTo32 - 0.5) / deviation
}

/** A log-normally distributed factor of median 1: e^(`sigma` · {@link normalDraw}). */
export function logNormalDraw(key: HashKey, fine: HashKey, sigma: number): (index: number) => number {
  const powers = powersOf(exponential(sigma / deviation))
  return (index) => {
    const sum = byteSum(hash32(key, index))
    const low = powers[sum] ?? 1
    return low + ((powers[sum + 1] ?? low) - low) * (hash32(fine, index) / twoTo32)
  }
}

function byteSum(h: number): number {
  return (h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24)
}

/** base^(n − mean) for every possible sum n, by multiplication, since powers of fractions may differ from engine to engine. */
function powersOf(base: number): Float64Array {
  const powers = new Float64Array(2 * mean + 2).fill(1)
  for (let n = mean + 1; n < powers.length; n++) powers[n] = (powers[n - 1] ?? 1) * base
  for (let n = mean - 1; n >= 0; n--) powers[n] = (powers[n + 1] ?? 1) / base
  return powers
}

/** e^x for a small x, by its series. */
function exponential(x: number): number {
  let sum = 1
  let term = 1
  for (let n = 1; n <= 12; n++) {
    term = (term * x) / n
    sum += term
  }
  return sum
}
