import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'

/** Unique numbers: the next free ones of the column. */
export const sequence: Generator = {
  id: 'sequence',
  description: 'unique numbers from the first free one on',
  example: { column: exampleColumn('invoice_number', 'integer', 'INTEGER'), unique: true },
  suggest: (column, { unique }) =>
    unique && (column.type === 'integer' || column.type === 'real')
      ? { options: {}, reason: 'a unique number: the next free ones' }
      : null,
  compile: (_options, context) => {
    const start = context.sequenceStart()
    return (index) => start + index
  },
}
