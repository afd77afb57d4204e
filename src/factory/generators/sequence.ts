import * as l10n from '@vscode/l10n'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { limitsOf } from './numeric.ts'

/** Unique numbers: the next free ones of the column. */
export const sequence: Generator = {
  id: 'sequence',
  get description() {
    return l10n.t('unique numbers from the first free one on')
  },
  example: { column: exampleColumn('invoice_number', 'integer', 'INTEGER'), unique: true },
  suggest: (column, { unique }) => {
    const isNumber = column.type === 'integer' || column.type === 'real' || column.type === 'decimal'
    if (!unique || !isNumber) return null
    const { high } = limitsOf(column, { low: 1, high: Number.MAX_SAFE_INTEGER, scale: 0 })
    return {
      options: {},
      reason: l10n.t('a unique number: the next free ones'),
      ...(high < Number.MAX_SAFE_INTEGER ? { capacity: high } : {}),
    }
  },
  compile: (_options, context) => {
    const start = context.sequenceStart()
    return (index) => start + index
  },
}
