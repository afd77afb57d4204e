import * as l10n from '@vscode/l10n'
import { hashBelow, hashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { limitsOf } from './numeric.ts'
import { numberOption } from './options.ts'
import { words } from './text.ts'

const ranges: readonly (readonly [RegExp, number, number, number, () => string])[] = [
  [/(?:^|_)age$/, 18, 90, 0, () => l10n.t('named like an age')],
  [/rating|stars/, 1, 5, 1, () => l10n.t('named like a rating')],
  [/year$/, 1990, 2025, 0, () => l10n.t('named like a year')],
  [/month$/, 1, 12, 0, () => l10n.t('named like a month')],
  [/^day$|_day$/, 1, 28, 0, () => l10n.t('named like a day')],
  [/hour$/, 0, 23, 0, () => l10n.t('named like an hour')],
  [/minutes?$/, 0, 59, 0, () => l10n.t('named like minutes')],
  [/percent|progress|probability/, 0, 100, 1, () => l10n.t('named like a percentage')],
  [/quantity|qty/, 1, 10, 0, () => l10n.t('named like a quantity')],
  [/^(?:lat|latitude)$|_lat(?:itude)?$/, -80, 80, 6, () => l10n.t('named like a latitude')],
  [/^(?:lng|lon|longitude)$|_(?:lng|lon|longitude)$/, -180, 179, 6, () => l10n.t('named like a longitude')],
  [
    /^(?:sort|position|rank|ordinal|sequence)(?:_order)?$|_position$|_order$/,
    1,
    50,
    0,
    () => l10n.t('named like a position'),
  ],
  [/(?:^|_)(?:ratio|share|rate|fraction)$/, 0, 1, 4, () => l10n.t('named like a share')],
  [/weight|height|width|length/, 1, 500, 2, () => l10n.t('named like a measure')],
]

/** Numbers in a range that suits the name, the type and its CHECKs, else 1 to 1000. */
export const number: Generator = {
  id: 'number',
  get description() {
    return l10n.t('numbers in a range')
  },
  example: { column: exampleColumn('quantity', 'integer', 'INTEGER'), unique: false },
  suggest: (column, { unique }) => {
    if (unique || (column.type !== 'integer' && column.type !== 'real' && column.type !== 'decimal'))
      return null
    const name = words(column.name)
    const isYear = /^year/i.test(column.declaredType)
    const known = ranges.find(([pattern]) => pattern.test(isYear ? 'year' : name))
    const [, low, high, scale, likeness] = known ?? [null, 1, 1000, 2, null]
    const isChecked =
      column.range !== undefined &&
      likeness === null &&
      column.range.max !== undefined &&
      column.range.max < 1000
    const wanted = isChecked
      ? { low: column.range.min ?? 0, high: column.range.max ?? high, scale }
      : { low, high, scale }
    return {
      options: { ...limitsOf(column, wanted) },
      reason: likeness === null ? l10n.t('its type: {0}', column.declaredType) : likeness(),
    }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const unit = 10 ** (typeof options.scale === 'number' ? options.scale : 0)
    const low = Math.round(numberOption(options, 'low') * unit)
    const count = Math.max(1, Math.floor(numberOption(options, 'high') * unit + 1e-6) - low + 1)
    if (unit === 1) return (index) => low + hashBelow(key, index, count)
    return (index) => (low + hashBelow(key, index, count)) / unit
  },
}
