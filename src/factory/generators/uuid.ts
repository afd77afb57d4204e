import * as l10n from '@vscode/l10n'
import { hash32, hashFraction, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { isTextNamed } from './text.ts'

/**
 * UUIDs that look like random ones of version 4, or with `version: 7` like ones that ascend with time (RFC 9562). All differ:
 * the row's index can be read back from them, its low half from the first hash word and its high half from the last.
 */
export const uuid: Generator = {
  id: 'uuid',
  get description() {
    return l10n.t('UUIDs')
  },
  example: { column: exampleColumn('id', 'uuid', 'UUID'), unique: true },
  suggest: (column, { unique }) => {
    if (column.type === 'uuid') return { options: {}, reason: l10n.t('its type: {0}', column.declaredType) }
    const fits = column.type === 'text' && (column.maxLength ?? 36) >= 36
    const isUuid = /uuid|uniqueidentifier/i.test(column.declaredType) || isTextNamed(column, /uuid|guid/)
    const isKey = unique && isTextNamed(column, /^id$|_id$/)
    if (!fits || (!isUuid && !isKey)) return null
    return { options: {}, reason: isUuid ? l10n.t('a UUID') : l10n.t('a unique text key') }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const second = hashKey(context.seed, context.table, context.column, 'second')
    const third = hashKey(context.seed, context.table, context.column, 'third')
    const last = (a: number, index: number) =>
      hexDigits((hash32(third, a) + (index < twoTo32 ? 0 : Math.floor(index / twoTo32))) >>> 0)
    if (options.version === 7) {
      return (index) => {
        // The first hash word is one-to-one, and all of it is kept: 12 bits, 14 bits and the other 6 of the fifth field.
        const millis = firstMillis + Math.floor(index * rowMillis + hashFraction(second, index) * rowMillis)
        const high = Math.floor(millis / 65_536)
        const a = hash32(key, index)
        const variant = 0x8000 | ((a >>> 6) & 0x3fff)
        const tail = ((a & 63) << 10) | (hash32(second, index) & 1023)
        return `${hexDigits(high)}-${fourDigits(millis - high * 65_536)}-7${fourDigits(a >>> 20).slice(1)}-${fourDigits(variant)}-${fourDigits(tail)}${last(a, index)}`
      }
    }
    return (index) => {
      const a = hash32(key, index)
      const b = hash32(second, index)
      const version = 0x4000 | (b & 0xfff)
      const variant = 0x8000 | ((b >>> 12) & 0x3fff)
      const tail = Math.imul(b, 0x9e3779b1) >>> 16
      return `${hexDigits(a)}-${fourDigits(b >>> 16)}-${fourDigits(version)}-${fourDigits(variant)}-${fourDigits(tail)}${last(a, index)}`
    }
  },
}

const twoTo32 = 4294967296
const firstMillis = Date.UTC(2024, 0, 1)
/** A row every 20 ms: a hundred million of them in a month. */
const rowMillis = 20

const byteDigits: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
)

function fourDigits(word: number): string {
  return (byteDigits[word >>> 8] ?? '') + (byteDigits[word & 255] ?? '')
}

/** A 32-bit word as eight hexadecimal digits. */
export function hexDigits(word: number): string {
  return (
    (byteDigits[word >>> 24] ?? '') +
    (byteDigits[(word >>> 16) & 255] ?? '') +
    (byteDigits[(word >>> 8) & 255] ?? '') +
    (byteDigits[word & 255] ?? '')
  )
}
