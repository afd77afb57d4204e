import type { HashKey } from '../hash.ts'

const twoTo32 = 4294967296
const rounds = 6

/** A bijection of 0 … size − 1 onto itself; every `tweak` gives another one. */
export type Permutation = (index: number, tweak?: number) => number

/**
 * The bijection that `key` chooses: a Feistel network (Luby and Rackoff) over the smallest power of two that holds `size`,
 * at most 2^52, walked until it is back below `size`. Nothing is stored, so unique values cost no memory.
 */
export function permutation(key: HashKey, size: number): Permutation {
  if (size <= 1) return () => 0
  let bits = 1
  while (2 ** bits < size) bits++
  const rightBits = (bits + 1) >>> 1
  return bits <= 32 ? narrow(key, size, rightBits, bits - rightBits) : wide(key, size, rightBits)
}

/** Halves of at most 16 bits: shifts do. */
function narrow(key: HashKey, size: number, rightBits: number, leftBits: number): Permutation {
  const rightMask = (1 << rightBits) - 1
  const leftMask = (1 << leftBits) - 1
  return (index, tweak = 0) => {
    const a = key.a ^ Math.imul(tweak, 0x9e3779b1)
    let value = index
    do {
      let left = value >>> rightBits
      let right = value & rightMask
      for (let round = 0; round < rounds; round += 2) {
        left ^= scramble(right + a, key.b + round) & leftMask
        right ^= scramble(left + a, key.b + round + 1) & rightMask
      }
      value = ((left << rightBits) | right) >>> 0
    } while (value >= size)
    return value
  }
}

/** Halves of 17 to 26 bits, joined by multiplication since shifts end at 32. */
function wide(key: HashKey, size: number, halfBits: number): Permutation {
  const half = 2 ** halfBits
  const mask = half - 1
  return (index, tweak = 0) => {
    const a = key.a ^ Math.imul(tweak, 0x9e3779b1)
    let value = index
    do {
      let left = Math.floor(value / half)
      let right = value - left * half
      for (let round = 0; round < rounds; round += 2) {
        left ^= scramble(right + a, key.b + round) & mask
        right ^= scramble(left + a, key.b + round + 1) & mask
      }
      value = left * half + right
    } while (value >= size)
    return value
  }
}

function scramble(word: number, key: number): number {
  let h = Math.imul(word ^ key, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** Every index as a position below `size` and the round it stands in: each round goes through all positions, in another order. */
export function inRounds(
  key: HashKey,
  size: number,
): { readonly positionOf: (index: number) => number; readonly roundOf: (index: number) => number } {
  const permute = permutation(key, size)
  if (size >= twoTo32)
    return { positionOf: (index) => permute(index % size), roundOf: (index) => Math.floor(index / size) }
  return {
    positionOf: (index) => {
      const round = index < size ? 0 : Math.floor(index / size)
      return permute(index - round * size, round)
    },
    roundOf: (index) => (index < size ? 0 : Math.floor(index / size)),
  }
}
