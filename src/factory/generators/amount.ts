import * as l10n from '@vscode/l10n'
import { hashKey } from '../hash.ts'
import { logNormalDraw } from './bell.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { limitsOf } from './numeric.ts'
import { numberOption } from './options.ts'
import { words } from './text.ts'

const money =
  /price|amount|total|cost|balance|fee|salary|budget|revenue|cents|tax|discount|income|wage|payment|freight|charge|^mrr$|_usd$|_eur$/

/** What half of the sums lie below. */
const medians: readonly (readonly [RegExp, number])[] = [
  [/salary|income|wage/, 48_000],
  [/budget|revenue/, 25_000],
  [/tax|fee|discount|shipping/, 4],
  [/total|balance|payment/, 60],
]

/** Sums of money, log-normal: many small ones, few large ones; whole cents in integer columns. Prices often end in .99. */
export const amount: Generator = {
  id: 'amount',
  get description() {
    return l10n.t('sums of money')
  },
  example: { column: exampleColumn('price', 'real', 'DECIMAL(10,2)'), unique: false },
  suggest: (column, { unique }) => {
    const name = words(column.name)
    const isNumber = column.type === 'real' || column.type === 'decimal' || column.type === 'integer'
    const isMoney = /money/i.test(column.declaredType)
    if (unique || !isNumber || (!isMoney && !money.test(name))) return null
    const { scale, low, high } = limitsOf(column, { low: 0, high: Number.MAX_SAFE_INTEGER, scale: 2 })
    const median = medians.find(([pattern]) => pattern.test(name))?.[1] ?? 20
    // Cents, in the column's unit.
    const unit = column.type === 'integer' ? 1 : 100
    const fits = Math.max(0.01, Math.min(median * (column.type === 'integer' ? 100 : 1), high / 30))
    return {
      options: {
        median: fits,
        low,
        high,
        unit: scale < 2 && unit === 100 ? 10 ** scale : unit,
        endings: /price/.test(name),
      },
      reason: isMoney ? l10n.t('its type: {0}', column.declaredType) : l10n.t('named like a sum of money'),
    }
  },
  compile: (options, context) => {
    const { seed, table, column } = context
    const factor = logNormalDraw(hashKey(seed, table, column), hashKey(seed, table, column, 'fine'), 1)
    const unit = numberOption(options, 'unit')
    const median = numberOption(options, 'median') * unit
    const least = Math.ceil(
      Math.max(numberOption(options, 'low') * unit, Math.min(1, numberOption(options, 'high') * unit)),
    )
    const most = Math.floor(numberOption(options, 'high') * unit)
    const withEndings = options.endings === true && unit === 100
    return (index) => {
      let sum = Math.round(median * factor(index))
      if (withEndings && index % 3 !== 0) sum += 99 - (sum % 100)
      sum = sum < least ? least : sum > most ? most : sum
      return unit === 1 ? sum : sum / unit
    }
  },
}
