import type { Column, ColumnType, TimeFormat } from '../../../model/schema.ts'

/** What decides how a column's values are made and written. */
export interface TypeFacts {
  readonly type: ColumnType
  readonly timeFormat?: TimeFormat
  readonly range?: NonNullable<Column['range']>
  readonly digits?: NonNullable<Column['digits']>
  readonly allowedValues: readonly string[] | null
}

/** Bytes of MySQL's whole numbers. */
const integerBytes: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  bigint: 8,
}

const types: Readonly<Record<string, ColumnType>> = {
  decimal: 'decimal',
  float: 'real',
  double: 'real',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  enum: 'text',
  set: 'text',
  json: 'json',
  binary: 'blob',
  varbinary: 'blob',
  tinyblob: 'blob',
  blob: 'blob',
  mediumblob: 'blob',
  longblob: 'blob',
  date: 'date',
  datetime: 'datetime',
  timestamp: 'datetime',
  time: 'time',
  uuid: 'uuid',
}

/** The type's name without length and attributes, in lower case: `int` of `int(10) unsigned`. */
export function baseType(declared: string): string {
  return /^[a-z0-9_]+/.exec(declared.toLowerCase())?.[0] ?? ''
}

/** What a declared type such as `decimal(10,2) unsigned` or `enum('a','b')` says. */
export function typeFacts(declared: string): TypeFacts {
  const base = baseType(declared)
  const isUnsigned = /\bunsigned\b/i.test(declared)
  if (/^tinyint\(1\)/i.test(declared) && !isUnsigned) return plain('boolean')
  const bytes = integerBytes[base]
  if (bytes !== undefined) return { ...plain('integer'), range: integerRange(bytes * 8, isUnsigned) }
  if (base === 'bit') return bits(sizes(declared)[0] ?? 1)
  if (base === 'year') return { ...plain('integer'), range: { min: 1901, max: 2155 } }
  const type = types[base] ?? 'other'
  if (type === 'datetime' || type === 'date') return { ...plain(type), timeFormat: 'epoch-millis' }
  if (type === 'decimal') return decimal(declared, isUnsigned)
  if (type === 'real') return isUnsigned ? { ...plain(type), range: { min: 0 } } : plain(type)
  if (base === 'enum' || base === 'set') return { type, allowedValues: members(declared) }
  return plain(type)
}

function plain(type: ColumnType): TypeFacts {
  return { type, allowedValues: null }
}

/** Digits of a second's fraction that a date or time type keeps. */
export function fractionDigits(declared: string): number {
  return sizes(declared)[0] ?? 0
}

function bits(count: number): TypeFacts {
  if (count === 1) return { type: 'boolean', allowedValues: null }
  return { type: 'integer', allowedValues: null, range: { min: 0, max: 2 ** Math.min(count, 53) - 1 } }
}

/** Numbers beyond 2^53 are none that JavaScript can count with. */
function integerRange(size: number, isUnsigned: boolean): { readonly min: number; readonly max: number } {
  const count = 2 ** size
  const min = isUnsigned ? 0 : -count / 2
  const max = (isUnsigned ? count : count / 2) - 1
  return { min: Math.max(min, Number.MIN_SAFE_INTEGER), max: Math.min(max, Number.MAX_SAFE_INTEGER) }
}

function decimal(declared: string, isUnsigned: boolean): TypeFacts {
  const [precision = 10, scale = 0] = sizes(declared)
  const largest = Number(`${'9'.repeat(Math.max(0, precision - scale)) || '0'}.${'9'.repeat(scale) || '0'}`)
  return {
    type: 'decimal',
    allowedValues: null,
    digits: { precision, scale },
    range: { min: isUnsigned ? 0 : -largest, max: largest },
  }
}

function sizes(declared: string): readonly number[] {
  const inside = /^[a-z0-9_ ]+\(([\d, ]+)\)/i.exec(declared)?.[1]
  return inside === undefined ? [] : inside.split(',').map(Number)
}

/** The members of an enum or set; an empty one is left out. */
function members(declared: string): readonly string[] {
  const found = [...declared.matchAll(/'((?:[^'\\]|''|\\.)*)'/g)]
  return found
    .map(([, inside = '']) => inside.replaceAll("''", "'").replaceAll(/\\(.)/g, '$1'))
    .filter((member) => member !== '')
}
