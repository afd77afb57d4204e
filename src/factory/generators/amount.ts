import { hashFraction, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { words } from './text.ts'

const money = /price|amount|total|cost|balance|fee|salary|budget|revenue|cents|tax|discount/

/** Sums of money, log-normal around 20: many small ones, few large ones. Whole cents in integer columns. */
export const amount: Generator = {
  id: 'amount',
  description: 'sums of money',
  example: { column: exampleColumn('price', 'real', 'DECIMAL(10,2)'), unique: false },
  suggest: (column, { unique }) =>
    !unique && (column.type === 'real' || column.type === 'integer') && money.test(words(column.name))
      ? { options: { cents: column.type === 'integer' }, reason: 'named like a sum of money' }
      : null,
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const angle = hashKey(context.seed, context.table, context.column, 'angle')
    return (index) => {
      // Box–Muller: a normally distributed number from two uniform ones.
      const radius = Math.sqrt(-2 * Math.log(1 - hashFraction(key, index)))
      const normal = radius * Math.cos(2 * Math.PI * hashFraction(angle, index))
      const cents = Math.max(1, Math.min(9_999_999, Math.round(Math.exp(Math.log(2000) + normal))))
      return options.cents === true ? cents : cents / 100
    }
  },
}
