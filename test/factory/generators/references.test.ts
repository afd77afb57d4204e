import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { GeneratorOptions } from '../../../src/factory/generators/generator.ts'
import { nullRows } from '../../../src/factory/generators/null-rows.ts'
import { parentChoice } from '../../../src/factory/generators/parent-choice.ts'
import { contextFor, parents, rows, valuesBy } from './value-context.ts'

const reference = { table: 'users', columns: ['id'], part: 0, key: 'user_id' }
const context = contextFor('user_id')
const span = { firstIndex: 0, rows }

/** Children by parent: of Headroom's rows by index, of others by their place, and those that have none. */
function countsOf(options: GeneratorOptions, generator = 'parent', within = context, of = span) {
  const choice = parentChoice(generator, { ...reference, ...options }, within) ?? assert.fail('no choice')
  const counts = new Uint32Array(choice.positions)
  let none = 0
  for (let index = of.firstIndex; index < of.firstIndex + of.rows; index += 1) {
    const position = choice.positionOf(index)
    if (position < 0) none += 1
    else counts[position] = (counts[position] ?? 0) + 1
  }
  return { existing: counts.slice(0, choice.existing), seeded: counts.slice(choice.existing), none }
}

/** Row 7 of `users` is user 8 of tenant 80. */
function tenantOrUser(_table: string, column: string): (index: number) => number {
  return (index) => (column === 'id' ? index + 1 : (index + 1) * 10)
}

function descending(counts: Uint32Array): readonly number[] {
  return [...counts].toSorted((a, b) => b - a)
}

test('few parents have many children, and those anywhere among them', () => {
  const large = contextFor('user_id', 1, { rowsOf: () => 100_000, existingKeys: () => [] })
  const { seeded } = countsOf({}, 'parent', large, { firstIndex: 0, rows: 5_000_000 })
  const sorted = descending(seeded)
  const share = (count: number) => sorted.slice(0, count).reduce((sum, each) => sum + each, 0) / 5_000_000
  assert.ok(share(1) > 0.003 && share(1) < 0.008, `the hottest has ${share(1)}`)
  assert.ok(share(1000) > 0.12 && share(1000) < 0.25, `the hottest 1 % have ${share(1000)}`)
  const median = sorted[50_000] ?? 0
  assert.ok(median > 15 && median < 45, `the median of a mean of 50 is ${median}`)
  const thresholds = sorted[100] ?? 0
  const hottest = [...seeded.entries()]
    .filter(([, count]) => count >= thresholds)
    .map(([position]) => position)
  const early = hottest.filter((position) => position < 10_000).length
  assert.ok(
    early < hottest.length * 0.25,
    `${early} of the ${hottest.length} hottest are among the first tenth`,
  )
})

test('every parent of a small set has its children', () => {
  const small = contextFor('user_id', 1, { rowsOf: () => 10, existingKeys: () => [] })
  const { seeded } = countsOf({}, 'parent', small, { firstIndex: 0, rows: 5000 })
  assert.equal(seeded.length, 10)
  assert.ok(seeded.every((count) => count > 100))
  assert.ok(Math.max(...seeded) > 700)
})

for (const [name, options, generator] of [
  ['zipf', {}, 'parent'],
  ['uniform', { distribution: 'uniform' }, 'parent'],
  ['nullable', { nullRate: 0.2 }, 'parent'],
  ['growing with its parents', { ratio: 0.35 }, 'parent'],
  ['new parents only', { among: 'new' }, 'parent'],
  ['its own table', { table: 'things', nullRate: 0.2 }, 'parent'],
  ['exactly', { per: 2 }, 'parent-each'],
] as const) {
  test(`counted children are those that the values refer to: ${name}`, () => {
    const later = contextFor('user_id', 1, { startOf: () => 500 })
    const within = { firstIndex: 500, rows: 9000 }
    const counts = countsOf(options, generator, later, within)
    const valueOf = valuesBy(generator, { ...reference, ...options }, later)
    const isNull = nullRows({ ...reference, ...options }, later)
    const tally = new Map<unknown, number>()
    for (let index = within.firstIndex; index < within.firstIndex + within.rows; index++) {
      const value = isNull?.(index) === true ? null : valueOf(index)
      tally.set(value, (tally.get(value) ?? 0) + 1)
    }
    assert.equal(counts.none, tally.get(null) ?? 0)
    assert.deepEqual([...counts.existing], [tally.get(-1) ?? 0, tally.get(-2) ?? 0])
    counts.seeded.forEach((count, position) => assert.equal(count, tally.get(position + 1) ?? 0))
    assert.ok(counts.none > 0 === 'nullRate' in options)
  })
}

test('the number of children decides nothing', () => {
  const fewer = valuesBy('parent', reference, context)
  const more = valuesBy(
    'parent',
    reference,
    contextFor('user_id', 1, { rowsOf: (table) => (table === 'things' ? 1e9 : parents) }),
  )
  for (let index = 0; index < rows; index++) assert.equal(fewer(index), more(index))
})

test('children that grow together with their parents keep theirs', () => {
  const options = { ...reference, ratio: 0.1 }
  const before = valuesBy(
    'parent',
    options,
    contextFor('user_id', 1, { rowsOf: () => 1000, existingKeys: () => [] }),
  )
  const after = valuesBy(
    'parent',
    options,
    contextFor('user_id', 1, { rowsOf: () => 4000, existingKeys: () => [] }),
  )
  for (let index = 0; index < 10_000; index++) assert.equal(after(index), before(index))
})

test('columns of one foreign key choose the same parent and are empty together', () => {
  const options = { table: 'users', columns: ['tenant_id', 'id'], key: 'tenant_id,user_id', nullRate: 0.3 }
  const changes = { seededValue: tenantOrUser, existingKeys: () => [] }
  const tenant = valuesBy('parent', { ...options, part: 0 }, contextFor('tenant_id', 1, changes))
  const user = valuesBy('parent', { ...options, part: 1 }, contextFor('user_id', 1, changes))
  const [first, second] = [
    nullRows(options, contextFor('tenant_id')),
    nullRows(options, contextFor('user_id')),
  ]
  for (let index = 0; index < 2000; index++) {
    assert.equal(tenant(index), Number(user(index)) * 10)
    assert.equal(first?.(index), second?.(index))
  }
})

test('a row of its own table refers to an earlier one', () => {
  const valueOf = valuesBy(
    'parent',
    { ...reference, table: 'things' },
    contextFor('parent_id', 1, { existingKeys: () => [] }),
  )
  assert.equal(valueOf(0), 1)
  for (let index = 1; index < 3000; index++) assert.ok(Number(valueOf(index)) <= index)
})
