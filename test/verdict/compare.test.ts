import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareRuns } from '../../src/verdict/compare.ts'
import { preflightOf, result, runOf } from './results.ts'

const before = runOf(
  [
    result(10, 400, { achievedRate: 24 }),
    result(25, 1000, { achievedRate: 24, errors: { reset: 5 } }),
    result(50, 4000),
  ],
  {
    id: 'before',
    preflight: preflightOf({ rows: 500, bytes: 60_000 }),
  },
)
const after = runOf(
  [
    result(10, 20),
    result(25, 50, { achievedRate: 960 }),
    result(50, 100, { complete: false }),
    result(500, 300),
  ],
  { id: 'after', preflight: preflightOf({ rows: 20, bytes: 2_400 }) },
)

test('sets two runs side by side at the most users that both completed', () => {
  const comparison = compareRuns(before, after)
  assert.equal(comparison.schema, 'headroom.comparison/1')
  assert.deepEqual([comparison.before, comparison.after], ['before', 'after'])
  assert.equal(comparison.comparable, true)
  assert.deepEqual(comparison.deltas, [
    { name: 'p50 at 25 users', unit: 'micros', before: 500_000, after: 25_000, change: 0.05 },
    { name: 'p95 at 25 users', unit: 'micros', before: 1_000_000, after: 50_000, change: 0.05 },
    { name: 'p99 at 25 users', unit: 'micros', before: null, after: null, change: null },
    { name: 'requests a second at 25 users', unit: 'per-second', before: 24, after: 960, change: 40 },
    { name: 'errors at 25 users', unit: 'fraction', before: 0.01, after: 0, change: 0 },
    { name: 'breaking point', unit: 'users', before: 25, after: null, change: null },
    { name: 'rows in one answer', unit: 'rows', before: 500, after: 20, change: 0.04 },
    { name: 'bytes in one answer', unit: 'bytes', before: 60_000, after: 2_400, change: 0.04 },
  ])
})

test('without a common step nothing is compared but what needs none', () => {
  const { deltas } = compareRuns(runOf([result(10, 5)]), runOf([result(20, 5)]))
  assert.deepEqual(
    deltas.filter((delta) => delta.before !== null).map((delta) => delta.name),
    ['rows in one answer', 'bytes in one answer'],
  )
})

test('says why two runs do not compare', () => {
  const other = {
    ...after,
    plan: { ...after.plan, profile: 'baseline', request: { ...after.plan.request, path: '/feed?limit=1' } },
    conditions: { ...after.conditions, rows: { users: 50, extra: 1 } },
  }
  const seeded = { ...before, conditions: { ...before.conditions, rows: { users: 10_000 } } }
  const { comparable, differences } = compareRuns(seeded, other)
  assert.equal(comparable, false)
  assert.deepEqual(differences, [
    'The requests differ: path, parameter values or body are not the same.',
    'The load profiles differ: progressive and baseline.',
    'Table users had 10,000 rows before, and 50 after.',
  ])
})
