import * as l10n from '@vscode/l10n'
import { hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { poolOf } from './pools.ts'
import { codeOf, isTextNamed, textOptions, words } from './text.ts'

const shortest = 52

/** Addresses at example.com, which serves no such page. */
export const url: Generator = {
  id: 'url',
  get description() {
    return l10n.t('web addresses at example.com')
  },
  example: { column: exampleColumn('website_url', 'text', 'TEXT'), unique: true },
  suggest: (column) =>
    isTextNamed(
      column,
      /url$|uri$|^link$|_link$|website|homepage|avatar|image$|picture$|photo$|thumbnail|^href$/,
    ) && (column.maxLength ?? shortest) >= shortest
      ? {
          options: {
            ...textOptions(column, true),
            ending: /avatar|image|picture|photo|thumb/.test(words(column.name)) ? '.jpg' : '',
          },
          reason: l10n.t('named like a web address'),
          nullRate: 0.1,
        }
      : null,
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const pages = poolOf('nouns').map((noun) => `https://example.com/${noun}/`)
    const ending = typeof options.ending === 'string' ? options.ending : ''
    return (index) => pick(pages, key, index) + codeOf(key, index) + ending
  },
}
