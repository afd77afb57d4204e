import type { Column } from '../../model/schema.ts'
import { hash32 } from '../hash.ts'
import type { HashKey } from '../hash.ts'
import { withEdges } from './edges.ts'
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

/** Options of a text generator: `unique`, and `maxLength` and `minLength` where the column has them. */
export function textOptions(column: Column, unique: boolean): GeneratorOptions {
  return {
    unique,
    ...(column.maxLength === null ? {} : { maxLength: column.maxLength }),
    ...(column.minLength === undefined ? {} : { minLength: column.minLength }),
  }
}

/** `options.maxLength`, or infinity. */
export function maxLengthOf(options: GeneratorOptions): number {
  return typeof options.maxLength === 'number' ? options.maxLength : Number.POSITIVE_INFINITY
}

/** `options.minLength`, or 0. */
export function minLengthOf(options: GeneratorOptions): number {
  return typeof options.minLength === 'number' ? options.minLength : 0
}

/** Lower-case letters and digits that differ for every index; the first two letters come from the key, so they rarely meet the user's own values. At least `width` of them. */
export function codeOf(key: HashKey, index: number, width = 0): string {
  return codePrefix(key) + index.toString(36).padStart(width - 2, '0')
}

/** How many codes of at most `maxLength` characters there are. */
export function codeCapacity(maxLength: number): number {
  return maxLength > 12 ? Number.POSITIVE_INFINITY : 36 ** Math.max(0, maxLength - 2)
}

/** The two letters that all codes of a key begin with. */
export function codePrefix(key: HashKey): string {
  const h = hash32(key, 0)
  return String.fromCharCode(97 + (h % 26), 97 + ((h >>> 8) % 26))
}

export interface Finish {
  /** Between the text and the code that makes it unique. */
  readonly separator: string
  /** Whether about one row in a hundred holds what breaks careless code: emoji, quotes, another direction, great length. */
  readonly edges?: boolean
}

/**
 * `text` as the column can take it by the options `maxLength`, `minLength` and `unique`: where values must differ they end in
 * the row's code, which is never cut as long as the table has fewer rows than {@link codeCapacity}.
 */
export function finished(
  text: (index: number) => string,
  options: GeneratorOptions,
  key: HashKey,
  { separator, edges = false }: Finish,
): (index: number) => string {
  const longest = maxLengthOf(options)
  const shortest = Math.min(longest, minLengthOf(options))
  if (options.unique === true)
    return (index) => coded(text(index), codeOf(key, index), separator, shortest, longest)
  const plain = edges && options.edges !== false ? withEdges(text, key, longest) : text
  if (longest === Number.POSITIVE_INFINITY && shortest === 0) return plain
  return (index) => {
    const made = plain(index)
    if (made.length > longest) return made.slice(0, longest).trimEnd().padEnd(shortest, filler)
    return made.length < shortest ? made.padEnd(shortest, filler) : made
  }
}

/** What texts that are too short are filled up with. */
const filler = 'abcdefghijklmnopqrstuvwxyz'

function coded(text: string, code: string, separator: string, shortest: number, longest: number): string {
  const room = longest - code.length - separator.length
  if (room < 1)
    return code.length < shortest ? code.slice(0, 2) + code.slice(2).padStart(shortest - 2, '0') : code
  return text.slice(0, room).padEnd(shortest - code.length - separator.length, filler) + separator + code
}
