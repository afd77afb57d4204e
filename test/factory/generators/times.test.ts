import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { TimeFormat } from '../../../src/model/schema.ts'
import { millisOf, timeFormats } from '../../../src/factory/generators/calendar.ts'
import { chooseParent } from '../../../src/factory/generators/parent.ts'
import { columnOf, contextFor, made, valuesBy } from './value-context.ts'

const moments = [
  0,
  999,
  86_399_999,
  86_400_000,
  Date.UTC(2024, 1, 29, 23, 59, 59, 7),
  Date.UTC(1950, 0, 1, 3),
  Date.UTC(2025, 11, 31, 1, 2, 3, 4),
]
const created = { format: 'epoch-millis', moment: 'created' }
const end = Date.UTC(2026, 0, 1)

test('times are written as JavaScript writes them, and read back', () => {
  for (const moment of moments) {
    const iso = new Date(moment).toISOString()
    assert.equal(timeFormats.iso(moment), iso)
    assert.equal(timeFormats.sql(moment), iso.slice(0, 19).replace('T', ' '))
    assert.equal(timeFormats.day(moment), iso.slice(0, 10))
    const units: Readonly<Record<TimeFormat, number>> = {
      iso: 10,
      sql: 1000,
      day: 86_400_000,
      'epoch-seconds': 1000,
      'epoch-millis': 1,
    }
    for (const format of ['iso', 'sql', 'day', 'epoch-seconds', 'epoch-millis'] as const) {
      const read = millisOf(timeFormats[format](moment), format) ?? Number.NaN
      assert.equal(Math.floor(read / units[format]), Math.floor(moment / units[format]), `${format} ${iso}`)
    }
  }
  assert.equal(millisOf(null, 'sql'), null)
  assert.equal(millisOf('never', 'sql'), null)
})

test('rows are created one after the other, ever faster, and never in the future', () => {
  const valueOf = valuesBy('time', created)
  const at = (index: number) => Number(valueOf(index))
  for (let index = 1; index < 20_000; index++) assert.ok(at(index) >= at(index - 1))
  for (const index of [1e6, 1e8, 1e10, 2 ** 33]) assert.ok(at(index) >= at(index / 2) && at(index) <= end)
  const days = (rows: number) => (at(rows) - Date.UTC(2024, 0, 1)) / 86_400_000
  assert.ok(days(1000) > 60 && days(50_000_000) < 600, `${days(1000)} ${days(50_000_000)}`)
})

for (const nullRate of [0, 0.2]) {
  test(`no child is older than its parent, ${nullRate * 100} % without one`, () => {
    const reference = {
      table: 'users',
      columns: ['id'],
      part: 0,
      key: 'user_id',
      ...(nullRate > 0 ? { nullRate } : {}),
    }
    const parentTime = valuesBy(
      'time',
      { format: 'sql', moment: 'created' },
      contextFor('created_at', 1, { table: 'users' }),
    )
    const context = contextFor('created_at', 1, { seededValue: () => parentTime })
    const after = { table: 'users', column: 'created_at', format: 'sql', generator: 'parent', reference }
    const child = valuesBy('time', { ...created, after }, context)
    const alone = valuesBy('time', created, context)
    const { existing, positionOf } = chooseParent(reference, context)
    let moved = 0
    for (let index = 0; index < 5000; index++) {
      const parent = positionOf(index) - existing
      const own = Number(child(index))
      if (nullRate === 0 && parent >= 0) assert.ok(own >= (millisOf(parentTime(parent), 'sql') ?? Number.NaN))
      assert.ok(own >= Number(alone(index)) && own <= end)
      if (own !== alone(index)) moved++
    }
    assert.ok(moved > 500, String(moved))
  })
}

test('what happens to a row later comes after its creation', () => {
  const context = contextFor('updated_at')
  const createdAt = valuesBy('time', { format: 'iso', moment: 'created' }, contextFor('created_at'))
  const updatedAt = valuesBy('time', { format: 'iso', moment: 'later' }, context)
  const since = { column: 'starts_at', format: 'day', strict: true }
  const startsAt = valuesBy('time', { format: 'day', moment: 'created' }, contextFor('starts_at'))
  const endsAt = valuesBy(
    'time',
    { format: 'day', moment: 'due', since },
    contextFor('ends_at', 1, { seededValue: () => startsAt }),
  )
  for (let index = 0; index < 5000; index++) {
    assert.ok(String(updatedAt(index)) >= String(createdAt(index)))
    assert.ok(Date.parse(String(updatedAt(index))) <= end)
    assert.ok(
      String(endsAt(index)) > String(startsAt(index)),
      `${String(startsAt(index))} ${String(endsAt(index))}`,
    )
  }
})

test('servers of any kind get their form', () => {
  for (const [timeFormat, form] of [
    ['iso', /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/],
    ['sql', /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/],
    ['day', /^20\d\d-\d\d-\d\d$/],
    ['epoch-millis', /^17\d{11}$/],
    ['epoch-seconds', /^17\d{8}$/],
  ] as const) {
    for (const value of made(columnOf('created_at', { type: 'datetime', timeFormat })).values)
      assert.match(String(value), form)
  }
})

test('unique days and times differ', () => {
  for (const [type, name] of [
    ['date', 'day'],
    ['datetime', 'at'],
    ['time', 'opens_at'],
  ] as const) {
    const { values } = made(columnOf(name, { type }), { unique: true, count: 5000 })
    assert.equal(new Set(values).size, 5000)
  }
})
