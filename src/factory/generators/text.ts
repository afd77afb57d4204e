import type { Column } from '../../model/schema.ts'
import { hash32 } from '../hash.ts'
import type { HashKey } from '../hash.ts'
import type { GeneratorOptions } from './generator.ts'

/** A column or table name as lower-case words joined by `_`: `createdAt`, `created-at` and `CREATED_AT` are all `created_at`. */
export function words(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase()
}

/** Whether a text column's name, as {@link words}, matches. */
export function isTextNamed(column: Column, pattern: RegExp): boolean {
  return column.type === 'text' && pattern.test(words(column.name))
}

/** Options of a text generator: `unique`, and `maxLength` where the column has one. */
export function textOptions(column: Column, unique: boolean): GeneratorOptions {
  return column.maxLength === null ? { unique } : { unique, maxLength: column.maxLength }
}

/** `options.maxLength`, or infinity. */
export function maxLengthOf(options: GeneratorOptions): number {
  return typeof options.maxLength === 'number' ? options.maxLength : Number.POSITIVE_INFINITY
}

/** Lower-case letters and digits that differ for every index; the first two letters come from the key, so they rarely meet the user's own values. */
export function codeOf(key: HashKey, index: number): string {
  return prefixOf(key) + index.toString(36)
}

/** How many codes of at most `maxLength` characters there are. */
export function codeCapacity(maxLength: number): number {
  return maxLength > 12 ? Number.POSITIVE_INFINITY : 36 ** Math.max(0, maxLength - 2)
}

function prefixOf(key: HashKey): string {
  const h = hash32(key, 0)
  return String.fromCharCode(97 + (h % 26), 97 + ((h >>> 8) % 26))
}

/**
 * `text` cut to `maxLength`, followed where values must differ by a separator and the row's code,
 * which is never cut as long as the table has fewer rows than {@link codeCapacity}.
 */
export function fitted(
  text: string,
  separator: string,
  unique: boolean,
  maxLength: number,
  key: HashKey,
  index: number,
): string {
  if (!unique) return text.length > maxLength ? text.slice(0, maxLength).trimEnd() : text
  const code = codeOf(key, index)
  const room = maxLength - code.length - separator.length
  return room < 1 ? code : text.slice(0, room) + separator + code
}
