import * as l10n from '@vscode/l10n'
import { hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'

/** Sixteen bytes, or as many as the type says, of which the last eight are the row's index where they have room: all differ. */
export const bytes: Generator = {
  id: 'bytes',
  get description() {
    return l10n.t('sixteen bytes')
  },
  example: { column: exampleColumn('digest', 'blob', 'BLOB'), unique: true },
  suggest: (column, { unique }) => {
    if (column.type !== 'blob') return null
    const isFixed = /^binary\s*\(/i.test(column.declaredType)
    const length =
      column.maxLength === null ? 16 : isFixed ? column.maxLength : Math.min(16, column.maxLength)
    return {
      options: { length: Math.max(length, column.minLength ?? 0) },
      reason: l10n.t('its type: {0}', column.declaredType),
      ...(unique && length < 8 ? { capacity: 256 ** length } : {}),
    }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const second = hashKey(context.seed, context.table, context.column, 'second')
    const length = typeof options.length === 'number' ? options.length : 16
    return (index) => {
      const value = new Uint8Array(length)
      const least = Math.max(0, length - 8)
      for (let at = 0; at < least; at += 4) {
        const word = hash32(at % 8 === 0 ? key : second, index + at)
        for (let n = 0; n < 4 && at + n < least; n++) value[at + n] = word >>> (8 * n)
      }
      for (let at = length - 1, rest = index; at >= least; at--) {
        value[at] = rest % 256
        rest = Math.floor(rest / 256)
      }
      return value
    }
  },
}
