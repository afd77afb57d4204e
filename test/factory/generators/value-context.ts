import assert from 'node:assert/strict'

import type { Column } from '../../../src/model/schema.ts'
import type { SqlValue } from '../../../src/factory/sql-value.ts'
import { exampleColumn } from '../../../src/factory/generators/generator.ts'
import type {
  Generator,
  GeneratorOptions,
  ValueContext,
  ValueOf,
} from '../../../src/factory/generators/generator.ts'
import { generatorOf, suggestGenerator } from '../../../src/factory/generators/index.ts'

/** Rows that the run under test adds to `things`. */
export const rows = 20_000
/** Rows of every table that is referred to. */
export const parents = 7000

/** A run that adds rows to `things` and to what it refers to, beside two rows of others in each table. */
export function contextFor(column: string, seed = 1, changes: Partial<ValueContext> = {}): ValueContext {
  return {
    seed,
    table: 'things',
    column,
    startOf: () => 0,
    rowsOf: (table) => (table === 'things' ? rows : parents),
    existingKeys: (_table, columns) => [columns.map(() => -1), columns.map(() => -2)],
    seededValue: (_table, name) => (index) => (name === 'title' ? `Title of ${index}: “Ünïcode”` : index + 1),
    rowId: (index) => index + 1,
    sequenceStart: () => 1,
    ...changes,
  }
}

/** The options of a generator for its own example. */
export function exampleOptions(generator: Generator): GeneratorOptions {
  const { column, unique, options } = generator.example
  return (
    options ??
    generator.suggest(column, { table: 'things', unique })?.options ??
    assert.fail(`${generator.id} does not suit its example`)
  )
}

/** The values of a generator with options of a plan. */
export function valuesBy(id: string, options: GeneratorOptions, context = contextFor('a_column')): ValueOf {
  return (generatorOf(id) ?? assert.fail(`no generator ${id}`)).compile(options, context)
}

/** A column with what tells it from a plain nullable text. */
export function columnOf(name: string, changes: Partial<Column> = {}): Column {
  const type = changes.type ?? 'text'
  return { ...exampleColumn(name, type, changes.declaredType ?? type.toUpperCase()), ...changes }
}

/** What a column gets in a table, with the values of its first rows. */
export function made(
  column: Column,
  { unique = false, table = 'things', count = 2000 } = {},
): { readonly id: string; readonly values: readonly SqlValue[]; readonly valueOf: ValueOf } {
  const found = suggestGenerator(column, { table, unique }) ?? assert.fail(`nothing suits ${column.name}`)
  const valueOf = found.generator.compile(found.suggestion.options, contextFor(column.name, 1, { table }))
  return {
    id: found.generator.id,
    values: Array.from({ length: count }, (_, index) => valueOf(index)),
    valueOf,
  }
}
