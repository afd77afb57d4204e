import { hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { codeOf, isTextNamed, textOptions } from './text.ts'
import { nouns } from './words.ts'

const shortest = 44

/** Addresses at example.com, which serves no such page. */
export const url: Generator = {
  id: 'url',
  description: 'web addresses at example.com',
  example: { column: exampleColumn('website_url', 'text', 'TEXT'), unique: true },
  suggest: (column) =>
    isTextNamed(column, /url$|uri$|^link$|website|homepage|avatar|image$|picture$|photo$/) &&
    (column.maxLength ?? shortest) >= shortest
      ? { options: textOptions(column, true), reason: 'named like a web address', nullRate: 0.1 }
      : null,
  compile: (_options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    return (index) => `https://example.com/${pick(nouns, key, index).toLowerCase()}/${codeOf(key, index)}`
  },
}
