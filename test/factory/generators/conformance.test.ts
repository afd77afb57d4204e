import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'

import { generators, suggestGenerator } from '../../../src/factory/generators/index.ts'
import type { Generator, ValueContext } from '../../../src/factory/generators/generator.ts'

const rows = 20_000

function contextFor(generator: Generator, seed: number): ValueContext {
  return {
    seed,
    table: 'things',
    column: generator.example.column.name,
    startOf: () => 0,
    rowsOf: (table) => (table === 'things' ? rows : 7000),
    existingKeys: () => [[-1], [-2]],
    seededValue: () => (index) => index + 1,
    rowId: (index) => index + 1,
    sequenceStart: () => 1,
  }
}

function optionsOf(generator: Generator) {
  const { column, unique, options } = generator.example
  return (
    options ??
    generator.suggest(column, { table: 'things', unique })?.options ??
    assert.fail('no suggestion for its own example')
  )
}

function valuesOf(generator: Generator, seed: number, indices: readonly number[]): readonly unknown[] {
  const valueOf = generator.compile(optionsOf(generator), contextFor(generator, seed))
  return indices.map((index) => valueOf(index))
}

const ascending = Array.from({ length: rows }, (_, index) => index)

test('ids are unique, and every generator has a file and the other way round', () => {
  const ids = generators.map((generator) => generator.id)
  assert.equal(new Set(ids).size, ids.length)
  const support = ['generator', 'index', 'options', 'reference', 'text', 'words']
  const files = readdirSync(new URL('../../../src/factory/generators/', import.meta.url)).map((file) =>
    file.replace('.ts', ''),
  )
  assert.deepEqual(files.filter((file) => !support.includes(file)).toSorted(), ids.toSorted())
})

for (const generator of generators) {
  test(`${generator.id}: the value depends on the seed's stream and the index only`, () => {
    const values = valuesOf(generator, 1, ascending)
    const backwards = valuesOf(generator, 1, ascending.toReversed()).toReversed()
    assert.deepEqual(values, backwards)
  })

  test(`${generator.id}: its values suit the column`, () => {
    const { column, unique } = generator.example
    const values = valuesOf(generator, 1, ascending)
    if (unique) assert.equal(new Set(values.map(String)).size, rows)
    for (const value of values) {
      if (column.type === 'text' || column.type === 'json')
        assert.ok(value === null || typeof value === 'string')
      if (typeof value === 'string' && column.maxLength !== null)
        assert.ok(value.length <= column.maxLength, value)
      if (column.type === 'integer') assert.ok(value === null || Number.isSafeInteger(value), String(value))
    }
  })

  test(`${generator.id}: is what its example column gets`, () => {
    const { column, unique, options } = generator.example
    if (options !== undefined) return
    assert.equal(suggestGenerator(column, { table: 'things', unique })?.generator.id, generator.id)
  })
}

test('another seed gives other values', () => {
  for (const id of ['email', 'words-text', 'uuid', 'amount', 'parent']) {
    const generator = generators.find((candidate) => candidate.id === id) ?? assert.fail(id)
    assert.notDeepEqual(valuesOf(generator, 1, ascending), valuesOf(generator, 2, ascending))
  }
})

test('unique texts respect short columns', () => {
  for (const id of ['email', 'title', 'username', 'code', 'words-text', 'body'] as const) {
    const generator = generators.find((candidate) => candidate.id === id) ?? assert.fail(id)
    for (const maxLength of [8, 12, 24, 40]) {
      const column = { ...generator.example.column, maxLength }
      const suggestion = generator.suggest(column, { table: 'things', unique: true })
      if (suggestion === null) continue
      const valueOf = generator.compile(suggestion.options, contextFor(generator, 3))
      const values = ascending.map((index) => String(valueOf(index)))
      assert.equal(new Set(values).size, rows, `${id} ${maxLength}`)
      assert.ok(
        values.every((value) => value.length <= maxLength),
        `${id} ${maxLength}`,
      )
    }
  }
})

test('few parents have many children', () => {
  const generator = generators.find((candidate) => candidate.id === 'parent') ?? assert.fail()
  const counts = new Map<unknown, number>()
  for (const value of valuesOf(generator, 1, ascending)) counts.set(value, (counts.get(value) ?? 0) + 1)
  const sorted = [...counts.values()].toSorted((a, b) => b - a)
  const hottest = sorted.slice(0, Math.ceil(2000 * 0.01)).reduce((sum, count) => sum + count, 0)
  assert.ok(hottest > rows * 0.08, `the hottest 1 % of parents have ${hottest} of ${rows}`)
})

test('nothing reaches a real person', () => {
  const email = generators.find((candidate) => candidate.id === 'email') ?? assert.fail()
  assert.ok(valuesOf(email, 1, ascending).every((value) => /^[a-z0-9.]+@example\.com$/.test(String(value))))
  const phone = generators.find((candidate) => candidate.id === 'phone') ?? assert.fail()
  assert.ok(valuesOf(phone, 1, ascending).every((value) => /^\+1-\d{3}-555-01\d\d$/.test(String(value))))
})
