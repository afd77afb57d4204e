import { hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'

/** Sixteen bytes, of which the last eight are the row's index: all differ. */
export const bytes: Generator = {
  id: 'bytes',
  description: 'sixteen bytes',
  example: { column: exampleColumn('digest', 'blob', 'BLOB'), unique: true },
  suggest: (column) =>
    column.type === 'blob' ? { options: {}, reason: `its type: ${column.declaredType}` } : null,
  compile: (_options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const second = hashKey(context.seed, context.table, context.column, 'second')
    return (index) => {
      const value = new Uint8Array(16)
      const view = new DataView(value.buffer)
      view.setUint32(0, hash32(key, index))
      view.setUint32(4, hash32(second, index))
      view.setBigUint64(8, BigInt(index))
      return value
    }
  },
}
