import { hash32, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { isTextNamed } from './text.ts'

/** Telephone numbers that ring nowhere: 555-0100 to 555-0199 are kept free for fiction in North America. */
export const phone: Generator = {
  id: 'phone',
  description: 'fictional telephone numbers',
  example: { column: exampleColumn('phone', 'text', 'TEXT'), unique: false },
  suggest: (column, { unique }) =>
    !unique && isTextNamed(column, /phone|mobile|^fax$|^tel$/) && (column.maxLength ?? 15) >= 15
      ? { options: {}, reason: 'named like a telephone number', nullRate: 0.1 }
      : null,
  compile: (_options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    return (index) => {
      const h = hash32(key, index)
      return `+1-${200 + (h % 800)}-555-01${String((h >>> 12) % 100).padStart(2, '0')}`
    }
  },
}
