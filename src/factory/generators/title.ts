import { hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { codeCapacity, fitted, isTextNamed, maxLengthOf, textOptions } from './text.ts'
import { adjectives, nouns } from './words.ts'

/** Titles and names of things. */
export const title: Generator = {
  id: 'title',
  description: 'titles and names of things',
  example: { column: exampleColumn('title', 'text', 'TEXT'), unique: false },
  suggest: (column, { unique }) =>
    isTextNamed(column, /title$|^name$|_name$|^subject$|^headline$|^label$|^topic$|^tag$/)
      ? {
          options: textOptions(column, unique),
          reason: 'named like a title or name',
          ...(unique ? { capacity: codeCapacity(column.maxLength ?? Number.POSITIVE_INFINITY) } : {}),
        }
      : null,
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const noun = hashKey(context.seed, context.table, context.column, 'noun')
    const unique = options.unique === true
    const room = maxLengthOf(options)
    return (index) =>
      fitted(`${pick(adjectives, key, index)} ${pick(nouns, noun, index)}`, ' ', unique, room, key, index)
  },
}
