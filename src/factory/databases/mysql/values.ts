import type { Column } from '../../../model/schema.ts'
import type { SqlValue } from '../../sql-value.ts'
import type { Fit } from './character-sets.ts'
import type { RowBuffer } from './row-buffer.ts'
import { baseType, fractionDigits } from './types.ts'

type Value = Exclude<SqlValue, null>

/** How one column's values get into the database. */
export interface ColumnFormat {
  /** Writes a value that isn't NULL as a field of LOAD DATA. */
  readonly write: (into: RowBuffer, value: Value) => void
  /** What LOAD DATA makes of the field, as SQL over `?`; null where it takes it as it is. */
  readonly conversion: string | null
  /** A value as a parameter of a prepared statement. */
  readonly parameter: (value: Value) => SqlValue
}

/** The format of a column. `takesBytes`: fields are read byte by byte, not as UTF-8. `fit`: not all texts fit. */
export function columnFormat(column: Column, takesBytes: boolean, fit: Fit | null): ColumnFormat {
  const { type, declaredType } = column
  const base = baseType(declaredType)
  if (base === 'bit') return { write: writeNumber, conversion: 'CAST(? AS UNSIGNED)', parameter: numeric }
  if (type === 'blob') {
    return takesBytes
      ? { write: writeBytes, conversion: null, parameter: blob }
      : { write: writeHex, conversion: 'UNHEX(?)', parameter: blob }
  }
  if (base === 'date') return { write: writeDay, conversion: null, parameter: (value) => day(value) }
  if (base === 'datetime' || base === 'timestamp') {
    const fraction = fractionDigits(declaredType)
    const write = (into: RowBuffer, value: Value) =>
      typeof value === 'number' ? into.moment(value, fraction) : into.text(String(value))
    return { write, conversion: null, parameter: (value) => moment(value, fraction) }
  }
  const isNumber = type === 'integer' || type === 'real' || type === 'decimal' || type === 'boolean'
  if (isNumber) return { write: writeNumber, conversion: null, parameter: numeric }
  if (fit === null) return { write: writeText, conversion: null, parameter: textual }
  const write = (into: RowBuffer, value: Value) => into.text(fit(textual(value)))
  return { write, conversion: null, parameter: (value) => fit(textual(value)) }
}

function writeNumber(into: RowBuffer, value: Value): void {
  if (typeof value === 'number') into.integer(value)
  else into.text(String(value))
}

function writeText(into: RowBuffer, value: Value): void {
  if (typeof value === 'string') into.text(value)
  else if (value instanceof Uint8Array) into.bytes(value)
  else into.ascii(String(value))
}

function writeBytes(into: RowBuffer, value: Value): void {
  if (value instanceof Uint8Array) into.bytes(value)
  else into.text(String(value))
}

function writeHex(into: RowBuffer, value: Value): void {
  into.hex(value instanceof Uint8Array ? value : Buffer.from(String(value)))
}

function writeDay(into: RowBuffer, value: Value): void {
  if (typeof value === 'number') into.day(value)
  else into.text(String(value))
}

/** The driver knows no big integers, and would send numbers beyond 2^53 inexactly. */
function numeric(value: Value): SqlValue {
  return typeof value === 'bigint' ? String(value) : value
}

function textual(value: Value): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value)
}

function blob(value: Value): SqlValue {
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value))
}

function day(value: Value): SqlValue {
  return typeof value === 'number' ? new Date(value).toISOString().slice(0, 10) : String(value)
}

function moment(value: Value, fraction: number): SqlValue {
  if (typeof value !== 'number') return String(value)
  const iso = new Date(Math.floor(value)).toISOString()
  return iso.slice(0, fraction === 0 ? 19 : 20 + Math.min(3, fraction)).replace('T', ' ')
}
