import type { Column } from '../../../model/schema.ts'
import type { SqlValue } from '../../sql-value.ts'
import type { Fit } from './character-sets.ts'
import type { RowBuffer } from './row-buffer.ts'
import { baseType, fractionDigits } from './types.ts'

type Value = Exclude<SqlValue, null>

/** Writes a value of one column that isn't NULL. */
export type WriteValue = (into: RowBuffer, value: Value) => void

/** How a column's values are written. `fit`: not all texts fit. */
export function writerOf({ type, declaredType }: Column, fit: Fit | null): WriteValue {
  const base = baseType(declaredType)
  if (type === 'blob') return writeBytes
  if (base === 'date') return writeDay
  if (base === 'datetime' || base === 'timestamp') {
    const fraction = fractionDigits(declaredType)
    return (into, value) => {
      if (typeof value === 'number') into.moment(value, fraction)
      else into.text(String(value))
    }
  }
  if (type === 'real') return writeReal
  if (type === 'integer' || type === 'decimal' || type === 'boolean') return writeNumber
  return fit === null ? writeText : (into, value) => into.text(fit(textual(value)))
}

function writeNumber(into: RowBuffer, value: Value): void {
  if (Number.isSafeInteger(value)) into.integer(Number(value))
  else into.text(String(value))
}

function writeReal(into: RowBuffer, value: Value): void {
  if (typeof value === 'number') into.double(value)
  else into.text(String(value))
}

function writeText(into: RowBuffer, value: Value): void {
  into.text(typeof value === 'string' ? value : textual(value))
}

function writeBytes(into: RowBuffer, value: Value): void {
  into.bytes(value instanceof Uint8Array ? value : Buffer.from(String(value)))
}

function writeDay(into: RowBuffer, value: Value): void {
  if (typeof value === 'number') into.day(value)
  else into.text(String(value))
}

function textual(value: Value): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value)
}
