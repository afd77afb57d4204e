import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { SqlValue } from '../../sql-value.ts'
import type { CopyBuffer } from './copy-buffer.ts'
import { writeNumeric } from './numeric.ts'
import { dayOf, microsOf, timeMicros } from './times.ts'
import type { BinaryFormat, StorageType } from './types.ts'

/** Writes one value that isn't NULL, with its length in front, as COPY's binary format has it. */
export type BinaryWriter = (value: Exclude<SqlValue, null>, out: CopyBuffer) => void

/** How values of a type are written, chosen once for a column; null where they can only go over as text. */
export function binaryWriter(type: StorageType): BinaryWriter | null {
  if (type.element !== null) return arrayWriter(type.element)
  return type.binary === null ? null : writers[type.binary]
}

const writers: Readonly<Record<BinaryFormat, BinaryWriter>> = {
  int2: (value, out) => {
    out.int32(2)
    out.int16(wholeNumber(value, 16))
  },
  int4: (value, out) => {
    out.int32(4)
    out.int32(wholeNumber(value, 32))
  },
  int8: (value, out) => {
    out.int32(8)
    if (typeof value === 'number' && Number.isSafeInteger(value)) out.int64(value)
    else out.bigInt64(bigNumber(value))
  },
  float4: (value, out) => {
    out.int32(4)
    out.float32(Number(value))
  },
  float8: (value, out) => {
    out.int32(8)
    out.float64(Number(value))
  },
  numeric: (value, out) => writeNumeric(typeof value === 'object' ? asText(value) : value, out),
  bool: (value, out) => {
    out.int32(1)
    out.byte(isTrue(value) ? 1 : 0)
  },
  text: (value, out) => out.lengthAndText(typeof value === 'string' ? value : asText(value)),
  jsonb: (value, out) => {
    const start = out.openLength()
    // The version of jsonb's binary format.
    out.byte(1)
    out.text(typeof value === 'string' ? value : asText(value))
    out.fillLength(start)
  },
  uuid: (value, out) => {
    out.int32(16)
    writeUuid(asText(value), out)
  },
  bytea: (value, out) => {
    if (typeof value !== 'object') return out.lengthAndText(asText(value))
    out.int32(value.length)
    out.raw(value)
  },
  date: (value, out) => {
    out.int32(4)
    out.int32(dayOf(value))
  },
  time: (value, out) => {
    out.int32(8)
    out.int64(timeMicros(asText(value)))
  },
  timestamp: (value, out) => {
    out.int32(8)
    out.int64(microsOf(value))
  },
  timestamptz: (value, out) => {
    out.int32(8)
    out.int64(microsOf(value))
  },
}

/** The number, which must fit: the buffer would take its lowest bits of any. */
function wholeNumber(value: Exclude<SqlValue, null>, bits: 16 | 32): number {
  const number = Number(value)
  if ((number << (32 - bits)) >> (32 - bits) === number) return number
  throw new Failure(
    'HR_DATABASE_CONSTRAINT',
    l10n.t(
      '`{0}` was generated for a column of whole numbers of {1} bits.',
      asText(value).slice(0, 40),
      bits,
    ),
  )
}

function bigNumber(value: Exclude<SqlValue, null>): bigint {
  const text = asText(value)
  const number = /^[+-]?\d{1,19}$/.test(text) ? BigInt(text) : null
  if (number !== null && BigInt.asIntN(64, number) === number) return number
  throw new Failure(
    'HR_DATABASE_CONSTRAINT',
    l10n.t('`{0}` was generated for a column of whole numbers.', text.slice(0, 40)),
  )
}

/** A generated value as text. */
export function asText(value: Exclude<SqlValue, null>): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' ? Buffer.from(value).toString() : String(value)
}

/** Whether a value of a boolean column is true. */
export function isTrue(value: Exclude<SqlValue, null>): boolean {
  return typeof value === 'string' ? /^(?:t|true|1|y|yes|on)$/i.test(value) : Number(value) !== 0
}

function arrayWriter(element: StorageType): BinaryWriter | null {
  const write = binaryWriter(element)
  if (write === null || element.element !== null) return null
  return (value, out) => {
    const items = arrayItems(asText(value))
    const start = out.openLength()
    out.int32(items.length === 0 ? 0 : 1)
    out.int32(items.includes(null) ? 1 : 0)
    out.int32(element.oid)
    if (items.length > 0) {
      out.int32(items.length)
      out.int32(1)
    }
    for (const item of items) {
      if (item === null) out.int32(-1)
      else write(item, out)
    }
    out.fillLength(start)
  }
}

/** The elements of an array that comes as JSON. */
export function arrayItems(json: string): readonly SqlValue[] {
  const items: unknown = JSON.parse(json)
  if (!Array.isArray(items)) throw new TypeError(l10n.t('An array column needs a JSON array'))
  return items.map((item: unknown) => {
    if (item === null || typeof item === 'string' || typeof item === 'number') return item
    return typeof item === 'boolean' ? Number(item) : JSON.stringify(item)
  })
}

const hexDigits = new Int8Array(128).fill(-1)
for (let digit = 0; digit < 16; digit++) {
  hexDigits[digit.toString(16).charCodeAt(0)] = digit
  hexDigits[digit.toString(16).toUpperCase().charCodeAt(0)] = digit
}

function writeUuid(text: string, out: CopyBuffer): void {
  let digits = 0
  let high = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 45) continue
    const digit = hexDigits[code] ?? -1
    if (digit < 0) break
    if ((digits & 1) === 0) high = digit << 4
    else out.byte(high | digit)
    digits++
  }
  if (digits !== 32) {
    throw new Failure(
      'HR_DATABASE_CONSTRAINT',
      l10n.t('`{0}` was generated for a UUID column.', text.slice(0, 40)),
    )
  }
}
