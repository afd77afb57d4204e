import { hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { fitted, isTextNamed, maxLengthOf, textOptions } from './text.ts'
import { nouns } from './words.ts'

/** Names to log in or to be mentioned with. */
export const username: Generator = {
  id: 'username',
  description: 'user names',
  example: { column: exampleColumn('username', 'text', 'TEXT'), unique: true },
  suggest: (column) =>
    isTextNamed(column, /user_?name$|^login$|^handle$|^nick_?name$|screen_?name/)
      ? { options: textOptions(column, true), reason: 'named like a user name' }
      : null,
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    return (index) =>
      fitted(pick(nouns, key, index).toLowerCase(), '_', true, maxLengthOf(options), key, index)
  },
}
