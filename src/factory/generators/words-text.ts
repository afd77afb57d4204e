import { hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { codeCapacity, fitted, maxLengthOf, textOptions } from './text.ts'
import { adjectives, nouns } from './words.ts'

/** Two words: for any text column that nothing else suits. */
export const wordsText: Generator = {
  id: 'words-text',
  description: 'two words',
  example: { column: exampleColumn('remark', 'text', 'TEXT'), unique: true },
  suggest: (column, { unique }) =>
    column.type === 'text'
      ? {
          options: textOptions(column, unique),
          reason: `its type: ${column.declaredType === '' ? 'none' : column.declaredType}`,
          nullRate: 0.1,
          ...(unique ? { capacity: codeCapacity(column.maxLength ?? Number.POSITIVE_INFINITY) } : {}),
        }
      : null,
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const noun = hashKey(context.seed, context.table, context.column, 'noun')
    const unique = options.unique === true
    const room = maxLengthOf(options)
    return (index) =>
      fitted(
        `${pick(adjectives, key, index)} ${pick(nouns, noun, index)}`.toLowerCase(),
        ' ',
        unique,
        room,
        key,
        index,
      )
  },
}
