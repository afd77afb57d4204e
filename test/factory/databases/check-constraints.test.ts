import assert from 'node:assert/strict'
import { test } from 'node:test'

import {
  checkedColumn,
  readConditions,
  readTableChecks,
} from '../../../src/factory/databases/check-constraints.ts'
import type { Column, ColumnType } from '../../../src/model/schema.ts'

const types: Readonly<Record<string, ColumnType>> = {
  rating: 'text',
  name: 'text',
  price: 'decimal',
  ratio: 'real',
  n: 'integer',
  day: 'date',
  a: 'datetime',
  b: 'datetime',
  data: 'json',
}

function column(name: string): Column {
  const type = types[name] ?? 'text'
  const digits = type === 'decimal' ? { digits: { precision: 8, scale: 2 } } : {}
  return {
    name,
    type,
    declaredType: type,
    nullable: true,
    hasDefault: false,
    generated: false,
    maxLength: null,
    allowedValues: null,
    ...digits,
  }
}

const columns = Object.keys(types).map(column)

/** As PostgreSQL, MySQL, MariaDB and SQLite word them, with what of the column they change. */
const understood: readonly (readonly [string, string, Partial<Column>])[] = [
  ["(rating = ANY (ARRAY['G'::text, 'PG'::text]))", 'rating', { allowedValues: ['G', 'PG'] }],
  [
    "((rating)::text = ANY ((ARRAY['a]'::character varying, 'it''s'::character varying])::text[]))",
    'rating',
    { allowedValues: ['a]', "it's"] },
  ],
  ["(rating = ANY ('{a,b}'::text[]))", 'rating', { allowedValues: ['a', 'b'] }],
  ["(`rating` in (_utf8mb4'a',_utf8mb4'b'))", 'rating', { allowedValues: ['a', 'b'] }],
  ["((rating = 'x'::text) OR (rating = 'y'::text))", 'rating', { allowedValues: ['x', 'y'] }],
  ["rating IS NULL OR rating IN ('x')", 'rating', { allowedValues: ['x'] }],
  ["(rating IN ('x', 'y', 'z')) AND rating IN ('y', 'z', 'q')", 'rating', { allowedValues: ['y', 'z'] }],
  ['(n = ANY (ARRAY[1, 2, 3]))', 'n', { allowedValues: ['1', '2', '3'] }],
  ['((n >= 1) AND (n <= 5))', 'n', { allowedValues: ['1', '2', '3', '4', '5'] }],
  ["(n > '-10'::integer)", 'n', { range: { min: -9 } }],
  ['n BETWEEN 0 AND 5000', 'n', { range: { min: 0, max: 5000 } }],
  ['(price >= (0)::numeric)', 'price', { range: { min: 0 } }],
  ["((price > 0.0) AND ('100'::numeric > price))", 'price', { range: { min: 0.01, max: 99.99 } }],
  ['ratio > 0 AND ratio <= 1', 'ratio', { range: { min: 1e-6, max: 1 } }],
  ["(day >= '2020-01-01'::date)", 'day', { range: { min: Date.UTC(2020, 0, 1) } }],
  ["(a < '2020-01-01 12:00:00+02'::timestamptz)", 'a', { range: { max: Date.UTC(2020, 0, 1, 10) - 1 } }],
  ['(char_length((name)::text) >= 3)', 'name', { minLength: 3 }],
  ['(length(name) = 5)', 'name', { minLength: 5, maxLength: 5 }],
  ["((name)::text <> ''::text)", 'name', { minLength: 1 }],
  ['(length(TRIM(BOTH FROM name)) > 0)', 'name', { minLength: 1 }],
  ["(TRIM(BOTH FROM name) <> ''::text)", 'name', { minLength: 1 }],
  ['(name IS NOT NULL)', 'name', { nullable: false }],
  ['json_valid(`name`)', 'name', { type: 'json' }],
  ["(jsonb_typeof(data) = 'object'::text)", 'data', {}],
]

for (const [sql, name, change] of understood) {
  test(`understood: ${sql}`, () => {
    const checks = readConditions([{ sql, wording: sql }], columns, 'arrays')
    assert.deepEqual(checks.others, [])
    assert.deepEqual(checkedColumn(column(name), checks.columns.get(name)), { ...column(name), ...change })
  })
}

const compared: readonly (readonly [string, string, string, boolean])[] = [
  ['(a < b)', 'a', 'b', false],
  ['(b >= a)', 'a', 'b', true],
  ['((b IS NULL) OR (b > a))', 'a', 'b', false],
  ['((a)::date <= (b)::date)', 'a', 'b', true],
]

for (const [sql, lesser, greater, orEqual] of compared) {
  test(`two columns compared: ${sql}`, () => {
    const { comparisons, others } = readConditions([{ sql, wording: sql }], columns, 'arrays')
    assert.deepEqual([comparisons, others], [[{ lesser, greater, orEqual }], []])
  })
}

const others = [
  "((name)::text ~~ '%@%'::text)",
  "(name ~ '^[A-Z]{2}$'::text)",
  '((a IS NULL) = (b IS NULL))',
  '((n % 5) = 0)',
  '(a <> b)',
  'NOT (n < 3)',
  "(rating NOT IN ('a'))",
  "((rating = 'x'::text) OR (n > 3))",
  "(data IS NULL OR n > 3 OR rating = 'x')",
  'CASE WHEN (n > 1) THEN true ELSE false END',
  '(EXTRACT(year FROM a) > (2000)::numeric)',
  '(price = ((n)::numeric * (2)::numeric))',
  '(num_nonnulls(a, b) <> 1)',
  'this is ( no SQL',
]

for (const sql of others) {
  test(`kept as worded: ${sql}`, () => {
    const checks = readConditions([{ sql, wording: `CHECK ${sql}` }], columns, 'arrays')
    assert.deepEqual([checks.others, checks.comparisons], [[`CHECK ${sql}`], []])
  })
}

const alternatives = [
  '(num_nonnulls(a, b) = 1)',
  '(num_nulls(a, b) < 2)',
  '((a IS NULL) <> (b IS NULL))',
  '((a IS NOT NULL) OR (b IS NOT NULL))',
  '(((a IS NOT NULL) AND (b IS NULL)) OR ((a IS NULL) AND (b IS NOT NULL)))',
  '((((a IS NOT NULL))::integer + ((b IS NOT NULL))::integer) = 1)',
]

for (const sql of alternatives) {
  test(`one of two columns: ${sql}`, () => {
    const checks = readConditions([{ sql, wording: sql }], columns, 'arrays')
    assert.deepEqual([checks.alternatives, checks.others], [[['a', 'b']], []])
    assert.deepEqual([...checks.columns], [])
  })
}

test('what can be read of a condition counts even where the rest cannot', () => {
  const sql = "(n > 0) AND (name ~~ 'x%')"
  const checks = readConditions([{ sql, wording: sql }], columns, 'arrays')
  assert.deepEqual(checks.others, [sql])
  assert.deepEqual(checks.columns.get('n')?.low, { value: 0, exclusive: true })
})

test('CREATE TABLE: brackets and backticks are names, comments are not read', () => {
  const checks = readTableChecks(
    `CREATE TABLE t ([N] int CHECK ([N] > 3), \`a\` text, b text, -- CHECK (a < b)
       CONSTRAINT later CHECK (a < b AND length(a) <= 8), CHECK (a LIKE 'x''%'))`,
    [{ name: 'n' }, { name: 'a' }, { name: 'b' }],
  )
  assert.deepEqual(checks.columns.get('n')?.low, { value: 3, exclusive: true })
  assert.equal(checks.columns.get('a')?.maxLength, 8)
  assert.deepEqual(checks.comparisons, [{ lesser: 'a', greater: 'b', orEqual: false }])
  assert.deepEqual(checks.others, ["CHECK (a LIKE 'x''%')"])
})
