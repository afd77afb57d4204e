import * as l10n from '@vscode/l10n'
import type { Column, TimeFormat } from '../../model/schema.ts'
import { timeFormats } from '../generators/calendar.ts'
import type { SqlValue } from '../sql-value.ts'
import { wrong } from './rule-checks.ts'
import type { ColumnRule } from './rules.ts'

type Scalar = string | number | boolean

/** The values of a rule, and their shares where it has weights. Throws `HR_SEED_RULE` for weights that are none. */
export function weightedValues(
  values: NonNullable<ColumnRule['values']>,
  place: string,
): { readonly texts: readonly Scalar[]; readonly weights: readonly number[] | null } {
  const texts: readonly Scalar[] = isList(values) ? values : Object.keys(values)
  if (texts.length === 0) throw wrong(l10n.t('{0} has no "values" to choose from.', place))
  if (isList(values)) return { texts, weights: null }
  const weights = Object.values(values)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (weights.some((weight) => !(weight >= 0)) || !(total > 0))
    throw wrong(l10n.t('The weights of {0} must be numbers from 0, at least one of them more.', place))
  return { texts, weights: weights.map((weight) => weight / total) }
}

function isList(values: NonNullable<ColumnRule['values']>): values is readonly Scalar[] {
  return Array.isArray(values)
}

/** A rule's value as the column holds it. Throws `HR_SEED_RULE` where the column does not take it. */
export function valueFor(column: Column, value: Scalar, place: string): SqlValue {
  const { allowedValues, maxLength, range = {}, type } = column
  const shown = JSON.stringify(value)
  if (allowedValues !== null && !allowedValues.includes(String(value)))
    throw wrong(l10n.t('{0} takes {1}, not {2}.', place, allowedValues.join(', '), shown))
  const refused = () => wrong(l10n.t("{0} ({1}) can't hold {2}.", place, column.declaredType, shown))
  if (type === 'integer' || type === 'real' || type === 'decimal') {
    const number = Number(value)
    const { min = -Infinity, max = Infinity } = range
    if (value === '' || Number.isNaN(number) || (type === 'integer' && !Number.isInteger(number)))
      throw refused()
    if (number < min || number > max) throw refused()
    return type === 'decimal' ? String(value) : number
  }
  if (type === 'boolean') {
    const word = String(value)
    if (!['true', 'false', '0', '1'].includes(word)) throw refused()
    return word === 'true' || word === '1' ? 1 : 0
  }
  if (type === 'datetime' || type === 'date') {
    const millis = typeof value === 'number' ? value : Date.parse(String(value))
    if (Number.isNaN(millis)) throw refused()
    return timeFormats[timeFormatOf(column)](millis)
  }
  if (type === 'json') return JSON.stringify(value)
  if (maxLength !== null && String(value).length > maxLength) throw refused()
  return String(value)
}

/** How the column stores times. */
export function timeFormatOf({ timeFormat, type }: Column): TimeFormat {
  return timeFormat ?? (type === 'date' ? 'day' : 'sql')
}
