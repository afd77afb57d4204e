import { at, hashKey, pick } from '../hash.ts'
import type { Column } from '../../model/schema.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, Suggestion } from './generator.ts'
import { textsOption } from './options.ts'

/** One of the values that a CHECK allows, or that the existing rows have. */
export const choice: Generator = {
  id: 'choice',
  description: 'one of a few values',
  example: {
    column: { ...exampleColumn('status', 'text', 'TEXT'), allowedValues: ['draft', 'published'] },
    unique: false,
  },
  suggest: (column, { unique }) => {
    const suggestion = suggestionFor(column, unique)
    return suggestion === null || !unique
      ? suggestion
      : { ...suggestion, capacity: textsOption(suggestion.options, 'values').length }
  },
  compile: (options, context) => {
    const values = textsOption(options, 'values')
    const numeric = options.numeric === true
    const converted: readonly (string | number)[] = numeric ? values.map(Number) : values
    if (options.unique === true) return (index) => at(converted, index)
    const key = hashKey(context.seed, context.table, context.column)
    return (index) => pick(converted, key, index)
  },
}

function suggestionFor(column: Column, unique: boolean): Suggestion | null {
  const numeric = column.type !== 'text' && column.type !== 'blob'
  if (column.allowedValues !== null && column.allowedValues.length > 0) {
    const values = column.allowedValues
    return {
      options: { values, numeric: numeric && values.every((value) => !Number.isNaN(Number(value))), unique },
      reason: `CHECK allows ${values.length} values`,
    }
  }
  if (column.sampleValues === undefined || unique || isFreeText(column.name)) return null
  return {
    options: { values: column.sampleValues, numeric: false },
    reason: `existing rows have ${column.sampleValues.length} values`,
  }
}

/** Columns whose few existing values say nothing about what they may hold. */
function isFreeText(name: string): boolean {
  return /name|title|e_?mail|body|text|content|description|url|phone|password|token|slug/i.test(name)
}
