import { Decimal128, Long, ObjectId, UUID } from 'mongodb'
import type { SqlValue } from '../../sql-value.ts'

/** The value at a path of a document; of lists the first element's, unless the path numbers it. */
export function valueAt(document: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, part) => {
    const inside: unknown = Array.isArray(value) && !/^\d+$/.test(part) ? value[0] : value
    return typeof inside === 'object' && inside !== null ? Reflect.get(inside, part) : undefined
  }, document)
}

/** All values at a path of a document, into every element of lists. */
export function valuesAt(document: unknown, path: readonly string[]): readonly unknown[] {
  if (Array.isArray(document)) return document.flatMap((each: unknown) => valuesAt(each, path))
  const [part, ...rest] = path
  if (part === undefined) return [document]
  if (typeof document !== 'object' || document === null) return []
  return valuesAt(Reflect.get(document, part), rest)
}

/** A path as queries take it: into all elements of lists, not one by its number. */
export function queryPath(path: string): string {
  return path.replaceAll(/\.\d+(?=\.|$)/g, '')
}

/** The number at a path of a document; 0 where there is none. */
export function plainNumber(document: unknown, path: string): number {
  const value = valueAt(document, path)
  const number = value instanceof Long || value instanceof Decimal128 ? Number(value.toString()) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : 0
}

/** A stored value as the factory keeps it: ids as 24 hexadecimal digits. */
export function asSqlValue(value: unknown): SqlValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value === 'boolean') return Number(value)
  if (value instanceof Date) return value.getTime()
  if (value instanceof ObjectId || value instanceof UUID) return value.toString()
  if (value instanceof Long || value instanceof Decimal128) return value.toString()
  return null
}

/** A stored value as a request would name it. */
export function asText(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(asSqlValue(value))
}
