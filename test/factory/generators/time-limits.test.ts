import assert from 'node:assert/strict'
import { test } from 'node:test'

import { withinLimits } from '../../../src/factory/generators/time-limits.ts'

const window = { first: 1000, last: 2000, clamped: false }

test('times that fit stay as they are', () => {
  for (const limits of [{}, { low: 1000 }, { high: 2000 }, { low: 0, high: 5000 }])
    assert.equal(withinLimits(limits, window)(1234), 1234)
})

test('times that do not fit move all by the same time', () => {
  assert.deepEqual([1000, 1500, 2000].map(withinLimits({ low: 3000 }, window)), [3000, 3500, 4000])
  assert.deepEqual([1000, 1500, 2000].map(withinLimits({ high: 1200 }, window)), [200, 700, 1200])
  assert.deepEqual([1000, 2000].map(withinLimits({ low: 500, high: 1700 }, window)), [700, 1700])
})

test('times move closer together where there is less room, in the same order', () => {
  assert.deepEqual(
    [1000, 1500, 2000].map(withinLimits({ low: 5000, high: 5100 }, window)),
    [5000, 5050, 5100],
  )
})

test('times that follow other times are only cut off', () => {
  const clamped = withinLimits({ low: 1400, high: 1600 }, { ...window, clamped: true })
  assert.deepEqual([1000, 1500, 2000].map(clamped), [1400, 1500, 1600])
})
