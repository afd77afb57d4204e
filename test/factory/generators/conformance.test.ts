import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'

import { generators, suggestGenerator } from '../../../src/factory/generators/index.ts'
import type { Generator } from '../../../src/factory/generators/generator.ts'
import { contextFor, exampleOptions, rows } from './value-context.ts'

const folder = new URL('../../../src/factory/generators/', import.meta.url)
const pinFile = new URL('content-hashes.json', import.meta.url)
const ascending = Array.from({ length: rows }, (_, index) => index)
/** Beyond what 32 bits count too. */
const far = [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 40 + 12_345]

function valuesOf(generator: Generator, seed: number, indices: readonly number[]): readonly unknown[] {
  const valueOf = generator.compile(
    exampleOptions(generator),
    contextFor(generator.example.column.name, seed),
  )
  return indices.map((index) => valueOf(index))
}

function contentHash(values: readonly unknown[]): string {
  const hash = createHash('sha256')
  for (const value of values) {
    hash.update(
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : `${typeof value} ${String(value)}\n`,
    )
  }
  return hash.digest('hex').slice(0, 16)
}

test('ids are unique, and every generator has a file of its name', () => {
  const ids = generators.map(({ id }) => id)
  assert.equal(new Set(ids).size, ids.length)
  const files = new Set(readdirSync(folder))
  assert.deepEqual(
    ids.filter((id) => !files.has(`${id}.ts`)),
    [],
  )
})

test('every file with a generator is in the registry', () => {
  const ids = new Set<string>(generators.map(({ id }) => id))
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    const isGenerator = /export const \w+: Generator = /.test(readFileSync(new URL(file, folder), 'utf8'))
    assert.equal(ids.has(file.replace('.ts', '')), isGenerator, file)
  }
})

test('nothing that may differ from machine to machine decides a value', () => {
  const unsafe =
    /Math\.(?:random|log\w*|exp\w*|pow|sin|cos|tan|asin|acos|atan\w*|sinh|cosh|tanh|cbrt|hypot)\b|Date\.now|new Date\(\)|toLocale|localeCompare|\bIntl\b|getTimezone|\.get(?:Hours|Date|Month|FullYear)\(/
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    assert.doesNotMatch(readFileSync(new URL(file, folder), 'utf8'), unsafe, file)
  }
})

for (const generator of generators) {
  const { column, unique, options } = generator.example

  test(`${generator.id}: the value depends on the seed's stream and the index only`, () => {
    const values = valuesOf(generator, 1, ascending)
    assert.deepEqual(values, valuesOf(generator, 1, ascending.toReversed()).toReversed())
  })

  test(`${generator.id}: its values suit the column`, () => {
    const values = valuesOf(generator, 1, ascending)
    if (unique) assert.equal(new Set(values.map(String)).size, rows)
    for (const value of values) {
      if (column.type === 'text' || column.type === 'json')
        assert.ok(value === null || typeof value === 'string')
      if (typeof value === 'string' && column.maxLength !== null)
        assert.ok(value.length <= column.maxLength, value)
      if (typeof value === 'string') assert.ok(value.isWellFormed(), value)
      if (column.type === 'json' || column.type === 'array') JSON.parse(String(value))
      if (column.type === 'integer') assert.ok(value === null || Number.isSafeInteger(value), String(value))
    }
  })

  test(`${generator.id}: is what its example column gets`, () => {
    if (options !== undefined) return
    assert.equal(suggestGenerator(column, { table: 'things', unique })?.generator.id, generator.id)
  })
}

test('the same seed gives the same values everywhere: pinned hashes', () => {
  const pins = Object.fromEntries(
    generators.map((generator) => {
      const isFarFree = /^parent|sequence|row-id/.test(generator.id)
      const indices = isFarFree ? ascending : [...ascending, ...far]
      return [generator.id, contentHash(valuesOf(generator, 1, indices))]
    }),
  )
  if (process.env.UPDATE === '1') writeFileSync(pinFile, `${JSON.stringify(pins, null, 2)}\n`)
  assert.deepEqual(pins, JSON.parse(readFileSync(pinFile, 'utf8')))
})

test('another seed gives other values', () => {
  const same = new Set(['row-id', 'parent-each', 'fixed', 'nothing', 'sequence', 'copy', 'parent-matching'])
  for (const generator of generators.filter(({ id }) => !same.has(id))) {
    assert.notDeepEqual(valuesOf(generator, 1, ascending), valuesOf(generator, 2, ascending), generator.id)
  }
})
