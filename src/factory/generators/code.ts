import { hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { codeCapacity, fitted, isTextNamed, maxLengthOf, textOptions, words } from './text.ts'

/** Short identifiers such as slugs, tokens and stock numbers. */
export const code: Generator = {
  id: 'code',
  description: 'slugs, tokens and other short identifiers',
  example: { column: exampleColumn('sku', 'text', 'VARCHAR(20)'), unique: true },
  suggest: (column, { unique }) =>
    isTextNamed(
      column,
      /slug|sku|code$|token|(?:^|_)key$|^ref|reference|serial|hash$|number$|^external_id$|checksum/,
    )
      ? {
          options: { ...textOptions(column, unique), word: words(column.name) },
          reason: 'named like an identifier',
          capacity: codeCapacity(column.maxLength ?? Number.POSITIVE_INFINITY),
        }
      : null,
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const room = maxLengthOf(options)
    const word = String(options.word)
    return (index) => {
      const hashed = hash32(key, index).toString(36)
      return fitted(room < 16 ? hashed : `${word}-${hashed}`, '-', options.unique === true, room, key, index)
    }
  },
}
