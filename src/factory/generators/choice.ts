import * as l10n from '@vscode/l10n'
import { at, hash32, hashKey } from '../hash.ts'
import type { Column } from '../../model/schema.ts'
import type { SqlValue } from '../sql-value.ts'
import { storedValue } from './fixed.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions, Suggestion } from './generator.ts'
import { numbersOption } from './options.ts'
import { weighted } from './weights.ts'

/** One of the values that a CHECK allows, that the existing rows have, or that a user's rule names with their `weights`. */
export const choice: Generator = {
  id: 'choice',
  get description() {
    return l10n.t('one of a few values')
  },
  example: {
    column: { ...exampleColumn('status', 'text', 'TEXT'), allowedValues: ['draft', 'published'] },
    unique: false,
  },
  suggest: (column, { unique }) => {
    const suggestion = suggestionFor(column, unique)
    return suggestion === null || !unique
      ? suggestion
      : { ...suggestion, capacity: valuesOption(suggestion.options).length }
  },
  compile: (options, context) => {
    const values = valuesOption(options)
    const converted = options.numeric === true ? values.map(Number) : values
    if (options.unique === true) return (index) => at(converted, index)
    const key = hashKey(context.seed, context.table, context.column)
    const position = weighted(numbersOption(options, 'weights') ?? values.map(usualWeight))
    return (index) => converted[position(hash32(key, index))] ?? null
  },
}

function valuesOption(options: GeneratorOptions): readonly SqlValue[] {
  return Array.isArray(options.values) ? options.values.map(storedValue) : []
}

/** States that things end up in, or begin in, are more frequent than exceptions. */
function usualWeight(value: SqlValue): number {
  const word = String(value)
  if (
    /delet|bann?|block|suspend|cancel|fail|error|archiv|reject|refund|expire|spam|admin|owner|root|super|urgent|critical|disput/i.test(
      word,
    )
  )
    return 1
  return /^(?:active|publish|complet|paid|deliver|done|success|user|member|customer|approved|sent|read|normal|medium|public|view)/i.test(
    word,
  )
    ? 8
    : 3
}

function suggestionFor(column: Column, unique: boolean): Suggestion | null {
  const numeric = column.type !== 'text' && column.type !== 'blob'
  if (column.allowedValues !== null && column.allowedValues.length > 0) {
    const values = column.allowedValues
    return {
      options: { values, numeric: numeric && values.every((value) => !Number.isNaN(Number(value))), unique },
      reason: l10n.t('CHECK allows {0} values', values.length),
    }
  }
  if (column.sampleValues === undefined || unique || isFreeText(column.name)) return null
  return {
    options: { values: column.sampleValues, numeric: false },
    reason: l10n.t('existing rows have {0} values', column.sampleValues.length),
  }
}

/** Columns whose few existing values say nothing about what they may hold. */
function isFreeText(name: string): boolean {
  return /name|title|e_?mail|body|text|content|description|url|phone|password|token|slug/i.test(name)
}
