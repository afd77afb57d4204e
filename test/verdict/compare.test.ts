import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareRuns, verdictOfComparison } from '../../src/verdict/compare.ts'
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
  assert.deepEqual(
    comparison.deltas.map(({ name, unit, before: earlier, after: later, change }) => [
      name,
      unit,
      earlier,
      later,
      change,
    ]),
    [
      ['p50 at 25 users', 'micros', 500_000, 25_000, 0.05],
      ['p95 at 25 users', 'micros', 1_000_000, 50_000, 0.05],
      ['p99 at 25 users', 'micros', null, null, null],
      ['requests a second at 25 users', 'per-second', 24, 960, 40],
      ['errors at 25 users', 'fraction', 0.01, 0, 0],
      ['breaking point', 'users', 25, null, null],
      ['rows in one answer', 'rows', 500, 20, 0.04],
      ['bytes in one answer', 'bytes', 60_000, 2_400, 0.04],
    ],
  )
  assert.equal(comparison.deltas[0]?.judgement, null)
  assert.match(comparison.deltas[0].untold ?? '', /too few samples/)
  assert.equal(verdictOfComparison(comparison), null)
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
