import type { SqlValue } from '../../sql-value.ts'
import { arrayItems, asText, isTrue } from './binary-values.ts'
import { millisOf } from './times.ts'
import type { StorageType } from './types.ts'

const special = /[\\\t\n\r]/g
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** A value as COPY's text format has it. */
export function textValue(value: SqlValue, type: StorageType): string {
  if (value === null) return '\\N'
  return plainText(value, type).replaceAll(special, (character) => escapes[character] ?? character)
}

/** A value as the type's input function takes it. */
function plainText(value: Exclude<SqlValue, null>, type: StorageType): string {
  if (type.element !== null) return arrayText(asText(value), type.element)
  if (typeof value === 'object') return `\\x${Buffer.from(value).toString('hex')}`
  if (type.name === 'bool') return isTrue(value) ? 't' : 'f'
  if (typeof value === 'string' || !/^(?:date|timestamp|timestamptz)$/.test(type.name)) return asText(value)
  const millis = millisOf(value)
  const moment = new Date(Math.floor(millis)).toISOString()
  if (type.name === 'date') return moment.slice(0, 10)
  const micros = Math.round((millis - Math.floor(millis)) * 1000)
  return `${moment.slice(0, -1)}${String(micros).padStart(3, '0')}Z`
}

function arrayText(json: string, element: StorageType): string {
  const items = arrayItems(json).map((item) =>
    item === null ? 'NULL' : `"${plainText(item, element).replaceAll(/["\\]/g, '\\$&')}"`,
  )
  return `{${items.join(',')}}`
}
