import { hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { isTextNamed } from './text.ts'

/** UUIDs of version 8 (RFC 9562): the last 48 bits are the row's index added to a number of the stream's own, so all differ. */
export const uuid: Generator = {
  id: 'uuid',
  description: 'UUIDs',
  example: { column: exampleColumn('id', 'text', 'CHAR(36)'), unique: true },
  suggest: (column, { unique }) => {
    const fits = column.type === 'text' && (column.maxLength ?? 36) >= 36
    const isUuid = /uuid|uniqueidentifier/i.test(column.declaredType) || isTextNamed(column, /uuid|guid/)
    const isKey = unique && isTextNamed(column, /^id$|_id$/)
    if (!fits || (!isUuid && !isKey)) return null
    return { options: {}, reason: isUuid ? 'a UUID' : 'a unique text key' }
  },
  compile: (_options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const second = hashKey(context.seed, context.table, context.column, 'second')
    const base = hash32(key, 0) * 32_768 + (hash32(second, 0) & 0x7fff)
    return (index) => {
      const a = hash32(key, index).toString(16).padStart(8, '0')
      const b = hash32(second, index).toString(16).padStart(8, '0')
      const tail = ((base + index) % 2 ** 48).toString(16).padStart(12, '0')
      return `${a}-${b.slice(0, 4)}-8${b.slice(4, 7)}-a${a.slice(0, 3)}-${tail}`
    }
  },
}
