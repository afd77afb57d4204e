import * as l10n from '@vscode/l10n'
import { hashKey, pick } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { poolOf } from './pools.ts'
import { codeCapacity, finished, textOptions } from './text.ts'

/** Two words: for any text column that nothing else suits. */
export const wordsText: Generator = {
  id: 'words-text',
  get description() {
    return l10n.t('two words')
  },
  example: { column: exampleColumn('flavour', 'text', 'TEXT'), unique: true },
  suggest: (column, { unique }) =>
    column.type === 'text'
      ? {
          options: textOptions(column, unique),
          reason:
            column.declaredType === ''
              ? l10n.t('its type: none')
              : l10n.t('its type: {0}', column.declaredType),
          nullRate: 0.1,
          ...(unique ? { capacity: codeCapacity(column.maxLength ?? Number.POSITIVE_INFINITY) } : {}),
        }
      : null,
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const noun = hashKey(context.seed, context.table, context.column, 'noun')
    const adjectives = poolOf('adjectives').map((word) => `${word} `)
    const nouns = poolOf('nouns')
    return finished((index) => pick(adjectives, key, index) + pick(nouns, noun, index), options, key, {
      separator: ' ',
      edges: true,
    })
  },
}
