import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Failure } from '../../src/model/failure.ts'
import type { SqlValue } from '../../src/factory/sql-value.ts'
import type { ColumnRule } from '../../src/factory/plan/rules.ts'
import { column, numbered, planTables, reference, rowsOf } from './plan-rows.ts'

const users = numbered(
  'users',
  [
    column('email', 'text', { maxLength: 60 }),
    column('plan', 'text', { allowedValues: ['free', 'pro', 'team'] }),
    column('age', 'integer', { range: { min: 0, max: 150 } }),
    column('balance', 'decimal', { digits: { precision: 10, scale: 2 } }),
    column('sku', 'text', { maxLength: 8 }),
    column('nickname', 'text', { nullable: true }),
    column('contact', 'text'),
    column('active', 'boolean'),
    column('joined_on', 'date', { timeFormat: 'day' }),
    column('shout', 'text', { generated: true }),
    column('boss_id', 'integer', { nullable: true }),
  ],
  [reference('boss_id', 'users')],
  { uniques: [['email'], ['sku']] },
)

const rows = 4000

function valuesBy(name: string, rule: ColumnRule): readonly SqlValue[] {
  const plan = planTables({ rows: { users: rows }, tables: { users: { columns: { [name]: rule } } } }, users)
  return (rowsOf(plan).get('users') ?? []).map((row) => row[name] ?? null)
}

function share(values: readonly SqlValue[], value: SqlValue): number {
  return values.filter((each) => each === value).length / values.length
}

function about(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 0.03, `${actual} is not about ${expected}`)
}

test('weights, lists and fixed values', () => {
  const weighted = valuesBy('plan', { values: { free: 0.9, pro: 0.1 } })
  about(share(weighted, 'free'), 0.9)
  about(share(weighted, 'pro'), 0.1)
  assert.deepEqual(new Set(valuesBy('age', { values: [18, 21] })), new Set([18, 21]))
  assert.deepEqual([...new Set(valuesBy('active', { fixed: true }))], [1])
  assert.deepEqual([...new Set(valuesBy('active', { values: { true: 1, false: 0 } }))], [1])
  assert.deepEqual([...new Set(valuesBy('nickname', { fixed: null }))], [null])
})

test('ranges of numbers and days, by their distribution', () => {
  const ages = valuesBy('age', { min: 20, max: 29 }).map(Number)
  assert.deepEqual([Math.min(...ages), Math.max(...ages), new Set(ages).size], [20, 29, 10])
  const balances = valuesBy('balance', { min: 1, max: 1000, distribution: 'log-normal' }).map(Number)
  const median = balances.toSorted((a, b) => a - b)[rows / 2] ?? 0
  assert.ok(median < 200 && Math.max(...balances) > 500, `${median}, ${Math.max(...balances)}`)
  const days = valuesBy('joined_on', { min: '2020-02-01', max: '2020-02-29' }).map(String)
  assert.ok(days.every((day) => /^2020-02-(?:0[1-9]|[12]\d)$/.test(day)))
})

test('patterns, generators, other columns and NULLs', () => {
  const skus = valuesBy('sku', { pattern: '[A-Z]{3}-\\d{4}' }).map(String)
  assert.ok(skus.every((sku) => /^[A-Z]{3}-\d{4}$/.test(sku)))
  assert.equal(new Set(skus).size, rows)
  assert.ok(valuesBy('contact', { generator: 'email' }).every((value) => /@example\./.test(String(value))))
  const plan = planTables(
    { rows: { users: 50 }, tables: { users: { columns: { contact: { from: 'email' } } } } },
    users,
  )
  assert.ok(
    rowsOf(plan)
      .get('users')
      ?.every((row) => row.contact === row.email),
  )
  about(share(valuesBy('nickname', { nullRate: 0.4 }), null), 0.4)
  about(share(valuesBy('nickname', { fixed: 'x', nullRate: 0.25 }), null), 0.25)
  about(share(valuesBy('boss_id', { nullRate: 0.7 }), null), 0.7)
})

test('the reason says that it was your rule', () => {
  const plan = planTables(
    { tables: { users: { columns: { plan: { values: { free: 9, pro: 1 } } } } } },
    users,
  )
  const reason = plan.tables[0]?.columns.find((each) => each.column === 'plan')?.reason
  assert.equal(reason, 'your rule: free (90 %), pro (10 %)')
})

const refused: readonly (readonly [string, ColumnRule, RegExp])[] = [
  ['emial', { fixed: 'a' }, /`users` has no column `emial`\. Its columns are id, email/],
  ['id', { fixed: 1 }, /`users\.id` is the numbered primary key/],
  ['shout', { fixed: 'A' }, /computed by the database/],
  ['email', { fixed: 'a@example.com' }, /is unique, so it can't be "a@example\.com" in all of 4000 rows/],
  ['email', { values: ['a', 'b'] }, /is unique, and 2 values are too few for 4000 rows/],
  ['plan', { values: { gold: 1 } }, /takes free, pro, team, not "gold"/],
  ['plan', { values: { free: -1, pro: 2 } }, /weights .* must be numbers from 0/],
  ['plan', { values: [] }, /no "values" to choose from/],
  ['age', { fixed: 200 }, /\(INTEGER\) can't hold 200/],
  ['age', { fixed: 'old' }, /can't hold "old"/],
  ['age', { min: 0, max: 900 }, /takes numbers from 0 to 150, so its rule can't be numbers from 0 to 900/],
  ['age', { min: 30, max: 20 }, /"min" .* is greater than its "max"/],
  ['age', { pattern: '\\d' }, /is INTEGER, and a pattern makes texts/],
  ['age', { distribution: 'normal' }, /a distribution, but no "min" and "max"/],
  ['age', { generator: 'email' }, /`email` makes no values for INTEGER/],
  ['age', { from: 'email' }, /`users\.age` \(INTEGER\) can't be taken from `email` \(TEXT\)/],
  ['age', { from: 'agee' }, /taken from `agee`, but `users` has no such column/],
  ['age', { nullRate: 0.1 }, /is NOT NULL, so it can't have a nullRate/],
  ['nickname', { nullRate: 2 }, /between 0 and 1/],
  ['contact', { from: 'nickname' }, /`nickname`, which it is to be taken from, may be NULL/],
  ['contact', { from: 'contact' }, /contact → contact are taken from each other/],
  ['contact', { fixed: null }, /is NOT NULL, so it can't be fixed to null/],
  ['contact', { generator: 'mail' }, /There is no generator `mail` for `users\.contact`\. They are uuid/],
  ['contact', { pattern: '(a' }, /`users\.contact`: .*pattern/],
  ['contact', { fixed: 'a', pattern: 'b' }, /has both pattern and fixed/],
  ['contact', {}, /rule of `users\.contact` is empty/],
  ['sku', { pattern: '[AB]{2}' }, /is unique, and the pattern \[AB\]\{2\} gives only 4 values for 4000 rows/],
  ['sku', { pattern: '[A-Z]{20}' }, /holds 8 characters, and the pattern .* makes up to 20/],
  ['boss_id', { fixed: 1 }, /refers to `users`: its values come from there, only "nullRate" can be set/],
]

for (const [name, rule, says] of refused) {
  test(`${name}: ${JSON.stringify(rule)} is refused`, () => {
    assert.throws(
      () => valuesBy(name, rule),
      (error: unknown) => {
        assert.ok(error instanceof Failure, String(error))
        assert.equal(error.data.code, 'HR_SEED_RULE')
        assert.match(error.message, says)
        return true
      },
    )
  })
}

test('a rule for a table that is not there is refused with the list of tables', () => {
  assert.throws(
    () => planTables({ tables: { usres: {} } }, users),
    (error: unknown) =>
      error instanceof Failure &&
      error.data.code === 'HR_SEED_TABLE' &&
      /The tables are users/.test(error.message),
  )
})
