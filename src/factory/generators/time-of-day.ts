import * as l10n from '@vscode/l10n'
import { hash32, hashKey } from '../hash.ts'
import { clockText } from './calendar.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { words } from './text.ts'

/** Times of the day between eight and eight, in whole minutes mostly; those that end something lie in the second half. */
export const timeOfDay: Generator = {
  id: 'time-of-day',
  get description() {
    return l10n.t('times of the day')
  },
  example: { column: exampleColumn('opens_at', 'time', 'TIME'), unique: false },
  suggest: (column, { unique }) => {
    if (column.type !== 'time') return null
    if (unique) return { options: { unique }, reason: l10n.t('a unique time of the day'), capacity: 86_400 }
    const isEnd = /end|clos|until|finish|_to$/.test(words(column.name))
    return { options: { isEnd }, reason: l10n.t('its type: {0}', column.declaredType) }
  },
  compile: (options, context) => {
    if (options.unique === true) return (index) => clockText(index % 86_400)
    const key = hashKey(context.seed, context.table, context.column)
    const first = (options.isEnd === true ? 14 : 8) * 4
    return (index) => {
      const h = hash32(key, index)
      const quarter = first + ((h & 0xffff) % 24)
      return clockText(quarter * 900 + (h >>> 30 === 0 ? ((h >>> 16) & 0x3fff) % 900 : 0))
    }
  },
}
