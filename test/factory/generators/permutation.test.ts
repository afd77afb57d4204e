import assert from 'node:assert/strict'
import { test } from 'node:test'

import { hashKey } from '../../../src/factory/hash.ts'
import { inRounds, permutation } from '../../../src/factory/generators/permutation.ts'
import { weighted } from '../../../src/factory/generators/weights.ts'

test('a permutation goes through everything once, in no order', () => {
  for (const size of [1, 2, 3, 7, 100, 1023, 1024, 1025, 50_000]) {
    const permute = permutation(hashKey(1, 'permutation'), size)
    const seen = new Set(Array.from({ length: size }, (_, index) => permute(index)))
    assert.equal(seen.size, size)
    assert.ok([...seen].every((position) => position >= 0 && position < size))
  }
  const permute = permutation(hashKey(1, 'permutation'), 50_000)
  const kept = Array.from({ length: 50_000 }, (_, index) => index).filter(
    (index) => permute(index + 1) === permute(index) + 1,
  )
  assert.ok(kept.length < 20)
})

test('also where 32 bits do not suffice', () => {
  for (const size of [2 ** 32, 2 ** 32 + 1, 2 ** 45 + 17, 2 ** 52]) {
    const permute = permutation(hashKey(1, 'wide'), size)
    const indices = Array.from({ length: 20_000 }, (_, n) => Math.floor((size / 20_001) * n))
    const seen = new Set(indices.map((index) => permute(index)))
    assert.equal(seen.size, indices.length)
    assert.ok(
      [...seen].every((position) => Number.isSafeInteger(position) && position >= 0 && position < size),
    )
  }
})

test('every round has all positions, in another order', () => {
  const { positionOf, roundOf } = inRounds(hashKey(1, 'rounds'), 300)
  const rounds = [0, 1, 2].map((round) => Array.from({ length: 300 }, (_, n) => positionOf(round * 300 + n)))
  for (const round of rounds) assert.equal(new Set(round).size, 300)
  assert.notDeepEqual(rounds[0], rounds[1])
  assert.deepEqual([roundOf(299), roundOf(300), roundOf(900)], [0, 1, 3])
})

test('weights of many values and of one', () => {
  const position = weighted(Array.from({ length: 1000 }, (_, n) => n + 1))
  assert.equal(position(0), 0)
  assert.equal(position(2 ** 32 - 1), 999)
  assert.equal(position(2 ** 31), 706)
  assert.equal(weighted([3])(4_000_000_000), 0)
  assert.equal(weighted([0, 1, 0])(2 ** 32 - 1), 1)
})
