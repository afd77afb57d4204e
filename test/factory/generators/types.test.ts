import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Column } from '../../../src/model/schema.ts'
import { suggestGenerator } from '../../../src/factory/generators/index.ts'
import { columnOf, contextFor, made } from './value-context.ts'

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const element = { declaredType: 'x', maxLength: null, allowedValues: null }
const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d'

const columns: readonly (readonly [Column, string, RegExp])[] = [
  [columnOf('id', { type: 'uuid', declaredType: 'uuid' }), 'uuid', uuidV4],
  [columnOf('price', { type: 'decimal', digits: { precision: 6, scale: 2 } }), 'amount', /^\d{1,4}(?:\.\d{1,2})?$/],
  [columnOf('salary', { type: 'decimal', digits: { precision: 6, scale: 2 } }), 'amount', /^\d{1,4}(?:\.\d{1,2})?$/],
  [columnOf('cost', { type: 'decimal', declaredType: 'money' }), 'amount', /^\d+(?:\.\d{1,2})?$/],
  [columnOf('ratio', { type: 'decimal', digits: { precision: 3, scale: 3 } }), 'number', /^0(?:\.\d{1,3})?$/],
  [columnOf('total', { type: 'decimal', digits: { precision: 12, scale: 0 } }), 'amount', /^\d+$/],
  [columnOf('total_cents', { type: 'integer', range: { min: -32_768, max: 32_767 } }), 'amount', /^\d{1,5}$/],
  [columnOf('stars', { type: 'integer', range: { min: 1, max: 5 } }), 'number', /^[1-5]$/],
  [columnOf('small', { type: 'integer', range: { min: -128, max: 127 } }), 'number', /^-?\d{1,3}$/],
  [columnOf('big', { type: 'integer', range: { min: 5000 } }), 'number', /^[56]\d{3}$/],
  [columnOf('made_in', { type: 'integer', declaredType: 'year', range: { min: 1901, max: 2155 } }), 'number', /^(?:199\d|20[0-2]\d)$/],
  [columnOf('view_count', { type: 'integer' }), 'range', /^\d+$/],
  [columnOf('latitude', { type: 'real' }), 'number', /^-?\d{1,2}(?:\.\d{1,6})?(?:e-\d)?$/],
  [columnOf('opens_at', { type: 'time' }), 'time-of-day', new RegExp(`^${clock}$`)],
  [columnOf('client', { type: 'other', declaredType: 'inet' }), 'network', /^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/],
  [columnOf('net', { type: 'other', declaredType: 'cidr' }), 'network', /^[\d.]+\.\d+\/28$/],
  [columnOf('card', { type: 'other', declaredType: 'macaddr' }), 'network', /^02(?::[0-9a-f]{2}){5}$/],
  [columnOf('card', { type: 'other', declaredType: 'macaddr8' }), 'network', /^02(?::[0-9a-f]{2}){7}$/],
  [columnOf('length', { type: 'other', declaredType: 'interval' }), 'special-type', new RegExp(`^\\d+ days ${clock}$`)],
  [columnOf('words', { type: 'other', declaredType: 'tsvector' }), 'special-type', /^'\w+':1 '\w+':2$/],
  [columnOf('doc', { type: 'other', declaredType: 'xml' }), 'special-type', /^<item number="\d+"><name>\w+<\/name><\/item>$/],
  [columnOf('flags', { type: 'other', declaredType: 'bit(8)' }), 'special-type', /^[01]{8}$/],
  [columnOf('embedding', { type: 'other', declaredType: 'vector(3)' }), 'special-type', /^\[(?:-?[\d.e-]+,){2}-?[\d.e-]+\]$/],
  [columnOf('held', { type: 'other', declaredType: 'tstzrange' }), 'special-type', /^\["20.*\+00","20.*\+00"\)$/],
  [columnOf('spot', { type: 'other', declaredType: 'geometry(Point,4326)' }), 'special-type', /^SRID=4326;POINT\(-?[\d.]+ -?[\d.]+\)$/],
  [columnOf('odd', { type: 'other', declaredType: 'pg_lsn', nullable: true }), 'nothing', /^null$/],
  [columnOf('tags', { type: 'array', element: { ...element, type: 'text' } }), 'array', /^\[(?:"\w+",?){0,4}\]$/],
  [columnOf('moods', { type: 'array', element: { ...element, type: 'text', allowedValues: ['ok', 'sad'] } }), 'array', /^\[(?:"(?:ok|sad)",?){0,2}\]$/],
  [columnOf('ids', { type: 'array', element: { ...element, type: 'uuid' } }), 'array', /^\[(?:"[0-9a-f-]{36}",?){0,4}\]$/],
  [columnOf('numbers', { type: 'array', element: { ...element, type: 'integer', declaredType: 'smallint' } }), 'array', /^\[(?:\d+,?){0,4}\]$/],
  [columnOf('things', { type: 'array', element: { ...element, type: 'other' } }), 'array', /^\[\]$/],
  [columnOf('settings', { type: 'json' }), 'json', /^\{"theme":/],
  [columnOf('metadata', { type: 'json' }), 'json', /^\{"ip":"192\.0\.2\..*"source":/],
  [columnOf('user_agent'), 'vocabulary', /^Mozilla/],
  [columnOf('mime_type'), 'vocabulary', /^\w+\/[\w.+-]+$/],
  [columnOf('file_name'), 'vocabulary', /^\w+-\w+\.\w+$/],
  [columnOf('currency', { maxLength: 3, declaredType: 'char(3)' }), 'status', /^[A-Z]{3}$/],
  [columnOf('country_code', { maxLength: 2, declaredType: 'char(2)' }), 'place', /^[A-Z]{2}$/],
  [columnOf('isbn', { maxLength: 13 }), 'code', /^02\d{11}$/],
  [columnOf('digest', { type: 'text', maxLength: 64, declaredType: 'varchar(64)' }), 'code', /^[0-9a-f]{32}$/],
] // prettier-ignore

for (const [column, id, form] of columns) {
  test(`${column.declaredType} ${column.name}`, () => {
    const { values, id: chosen } = made(column, { count: 5000 })
    assert.equal(chosen, id)
    for (const value of values) {
      assert.match(String(value), form)
      if (column.type === 'array' || column.type === 'json') JSON.parse(String(value))
      if (column.range !== undefined) {
        assert.ok(
          Number(value) >= (column.range.min ?? -Infinity) && Number(value) <= (column.range.max ?? Infinity),
        )
      }
    }
  })
}

test('unique values of all types that can be', () => {
  for (const column of columns.map(([each]) => each)) {
    if (suggestGenerator(column, { table: 'things', unique: true }) === null) continue
    const { values } = made(column, { unique: true, count: 100 })
    if ((column.range?.max ?? 1000) < 1000 || column.digits?.precision === 3 || (column.maxLength ?? 9) < 3)
      continue
    assert.equal(new Set(values.map(String)).size, 100, `${column.declaredType} ${column.name}`)
  }
})

test('what nothing can make is said', () => {
  assert.equal(
    suggestGenerator(columnOf('odd', { type: 'other', declaredType: 'pg_lsn' }), {
      table: 't',
      unique: false,
    }),
    null,
  )
  assert.equal(
    suggestGenerator(columnOf('odd', { type: 'other', declaredType: 'interval' }), {
      table: 't',
      unique: true,
    }),
    null,
  )
})

function nameOf(table: string) {
  return made(columnOf('name'), { table, count: 50 })
}

test('names of tables decide what a name is', () => {
  assert.equal(nameOf('customers').id, 'person-name')
  assert.ok(nameOf('products').values.every((value) => /^\w+ \w+ \w+$/.test(String(value))))
  assert.ok(nameOf('companies').values.some((value) => / (?:LLC|Group|and Sons|Inc)/.test(String(value))))
  assert.ok(nameOf('countries').values.includes('Germany'))
})

test('UUIDs of version 7 ascend', () => {
  const { valueOf } = made(columnOf('id', { type: 'uuid' }))
  assert.match(String(valueOf(2 ** 40)), uuidV4)
  const { generator } =
    suggestGenerator(columnOf('id', { type: 'uuid' }), { table: 't', unique: true }) ?? assert.fail()
  const ordered = generator.compile({ version: 7 }, contextFor('id'))
  const values = Array.from({ length: 20_000 }, (_, index) => String(ordered(index)))
  assert.equal(new Set(values).size, values.length)
  values.forEach((value, index) => {
    assert.match(value, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.ok(index === 0 || value.slice(0, 13) >= (values[index - 1] ?? '').slice(0, 13))
  })
})

test('prices end as prices do, and money is spread widely', () => {
  const prices = made(columnOf('price', { type: 'decimal', digits: { precision: 10, scale: 2 } }), {
    count: 20_000,
  }).values.map(Number)
  const sorted = prices.toSorted((a, b) => a - b)
  const median = sorted[10_000] ?? 0
  assert.ok(median > 17 && median < 24, String(median))
  assert.ok((sorted[19_800] ?? 0) > 8 * median)
  assert.ok(prices.filter((price) => Math.round(price * 100) % 100 === 99).length > 12_000)
  assert.ok(prices.every((price) => price > 0 && Math.round(price * 100) / 100 === price))
})
