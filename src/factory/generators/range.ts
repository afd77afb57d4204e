import * as l10n from '@vscode/l10n'
import { hashFraction, hashKey } from '../hash.ts'
import { logNormalDraw, normalDraw } from './bell.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions, ValueContext } from './generator.ts'
import { limitsOf } from './numeric.ts'
import { numberOption } from './options.ts'
import { words } from './text.ts'

const counter =
  /(?:^|_)(?:views|likes|downloads|followers|following|clicks|visits|points|score|hits|plays|shares|votes)$|_count$|^count|duration|size$|bytes$|stock$|latency|milliseconds?$|millis$|_ms$/

/**
 * Numbers between `low` and `high` with `scale` digits behind the point, by their `distribution`: `uniform`; `normal` around
 * `mean` (the middle unless told) with `deviation` (a sixth of the range); `log-normal` around `median` (a tenth of the range
 * above `low`) with `sigma` (1), many small and few large. What falls outside is drawn to the nearer end.
 */
export const range: Generator = {
  id: 'range',
  get description() {
    return l10n.t('numbers with a distribution')
  },
  example: { column: exampleColumn('view_count', 'integer', 'INTEGER'), unique: false },
  suggest: (column, { unique }) => {
    const isNumber = column.type === 'integer' || column.type === 'real' || column.type === 'decimal'
    if (unique || !isNumber || !counter.test(words(column.name))) return null
    const { low, high, scale } = limitsOf(column, { low: 0, high: 1_000_000, scale: 0 })
    const usual = /bytes|size/.test(words(column.name))
      ? 40_000
      : /duration|millis|_ms$|latency/.test(words(column.name))
        ? 250
        : 60
    const median = Math.min(usual, low + (high - low) / 4)
    return {
      options: { low, high, scale, distribution: 'log-normal', median, sigma: 1.5 },
      reason: l10n.t('named like a count: many small ones, few large ones'),
    }
  },
  compile: (options, context) => {
    const low = numberOption(options, 'low')
    const high = numberOption(options, 'high')
    const unit = 10 ** given(options, 'scale', 0)
    const least = Math.ceil(low * unit - 1e-6)
    const most = Math.floor(high * unit + 1e-6)
    const draw = drawing(options, context, low, high)
    return (index) => {
      const value = Math.floor(draw(index) * unit)
      const inside = value < least ? least : value > most ? most : value
      return unit === 1 ? inside : inside / unit
    }
  },
}

function drawing(
  options: GeneratorOptions,
  context: ValueContext,
  low: number,
  high: number,
): (index: number) => number {
  const key = hashKey(context.seed, context.table, context.column)
  const fine = hashKey(context.seed, context.table, context.column, 'fine')
  const unit = 10 ** given(options, 'scale', 0)
  if (options.distribution === 'normal') {
    const mean = given(options, 'mean', (low + high) / 2) + 0.5 / unit
    const deviation = given(options, 'deviation', (high - low) / 6)
    const normal = normalDraw(key, fine)
    return (index) => mean + deviation * normal(index)
  }
  if (options.distribution === 'log-normal') {
    const median = given(options, 'median', low + (high - low) / 10)
    const factor = logNormalDraw(key, fine, given(options, 'sigma', 1))
    return (index) => low + (median - low) * factor(index)
  }
  const width = high - low + 1 / unit
  return (index) => low + hashFraction(key, index) * width
}

function given(options: GeneratorOptions, name: string, otherwise: number): number {
  const value = options[name]
  return typeof value === 'number' ? value : otherwise
}
