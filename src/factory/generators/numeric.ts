import type { Column } from '../../model/schema.ts'

export interface Limits {
  readonly low: number
  readonly high: number
  /** Digits behind the point. */
  readonly scale: number
}

/** The part of `wanted` that the column's type and CHECKs allow; where none of it is, all that they allow near zero. */
export function limitsOf(column: Column, wanted: Limits): Limits {
  const scale = column.type === 'integer' ? 0 : Math.min(wanted.scale, column.digits?.scale ?? wanted.scale)
  const { digits } = column
  const digitsBefore = Math.min(15 - scale, digits === undefined ? 15 : digits.precision - digits.scale)
  const largest = column.type === 'integer' ? Number.MAX_SAFE_INTEGER : 10 ** digitsBefore - 1 / 10 ** scale
  const unit = 1 / 10 ** scale
  const least = Math.max(column.range?.min ?? -largest, -largest)
  const most = Math.min(column.range?.max ?? largest, largest)
  // Whether a bound itself is allowed is not always known: one unit inside it is.
  const low = Math.max(least, wanted.low)
  const high = Math.min(most, wanted.high)
  if (low <= high) return { low: roundUp(low, unit), high, scale }
  const width = Math.min(1000, most - least)
  return wanted.high < least
    ? { low: roundUp(least, unit), high: least + width, scale }
    : { low: roundUp(Math.max(most - width, Math.min(0, most - unit)), unit), high: most, scale }
}

function roundUp(value: number, unit: number): number {
  return unit === 1 ? Math.ceil(value) : value
}
