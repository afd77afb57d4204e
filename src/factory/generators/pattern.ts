import * as l10n from '@vscode/l10n'
import { hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, ValueContext } from './generator.ts'
import { textOption } from './options.ts'
import { readPattern } from './pattern-grammar.ts'
import type { Pattern } from './pattern-grammar.ts'
import { inRounds } from './permutation.ts'

/** Texts of the form that a user's rule or the schema gives, as {@link readPattern} reads it; with `unique` no two are the same. */
export const pattern: Generator = {
  id: 'pattern',
  get description() {
    return l10n.t('texts of a given form')
  },
  example: {
    column: exampleColumn('sku', 'text', 'TEXT'),
    unique: true,
    options: { pattern: '[A-Z]{3}-\\d{4}', unique: true },
  },
  suggest: (column, { unique }) => {
    const form = column.type === 'text' && column.allowedValues === null ? column.pattern : undefined
    const read = form === undefined ? null : readPattern(form)
    if (form === undefined || read === null || typeof read === 'string') return null
    const suggestion = { options: { pattern: form, unique }, reason: l10n.t('of the form {0}', form) }
    return unique ? { ...suggestion, capacity: read.size } : suggestion
  },
  compile: (options, context) => {
    const read = readPattern(textOption(options, 'pattern'))
    if (typeof read === 'string') throw new TypeError(read)
    return options.unique === true ? uniqueTexts(read, context) : anyTexts(read, context)
  },
}

/**
 * All texts of a pattern in an order of the key's own. Those of a second round, after the last, end in a dash and the
 * round's number; a plan that must not have them gives the column no more rows than the pattern's `size`.
 */
export function uniqueTexts(
  { size, textOf }: Pattern,
  { seed, table, column }: ValueContext,
): (index: number) => string {
  const { positionOf, roundOf } = inRounds(hashKey(seed, table, column), size)
  return (index) => {
    const text = textOf(positionOf(index))
    const round = roundOf(index)
    return round === 0 ? text : `${text}-${round.toString(36)}`
  }
}

/** As {@link uniqueTexts}, but after the last text they come again. */
export function recurringTexts(
  { size, textOf }: Pattern,
  { seed, table, column }: ValueContext,
): (index: number) => string {
  const { positionOf } = inRounds(hashKey(seed, table, column), size)
  return (index) => textOf(positionOf(index))
}

function anyTexts(
  { size, textOf }: Pattern,
  { seed, table, column }: ValueContext,
): (index: number) => string {
  const key = hashKey(seed, table, column)
  const second = hashKey(seed, table, column, 'second')
  return (index) =>
    textOf(Math.floor(((hash32(key, index) + hash32(second, index) / 4294967296) / 4294967296) * size) % size)
}
