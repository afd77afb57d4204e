import type { Connection } from './connection.ts'
import { text } from './sql.ts'

/** Makes a text one that a column can keep. */
export type Fit = (value: string) => string

/** The largest code point of character sets that are parts of Unicode; of all others, ASCII is one. */
const largestCodePoints: Readonly<Record<string, number>> = {
  latin1: 0xff,
  utf8: 0xffff,
  utf8mb3: 0xffff,
  ucs2: 0xffff,
  utf8mb4: 0x10ffff,
  utf16: 0x10ffff,
  utf16le: 0x10ffff,
  utf32: 0x10ffff,
  binary: 0x10ffff,
}
const ascii = 0x7f

const known = new WeakMap<Connection, Map<string, ReadonlyMap<string, string>>>()

/** The character sets of a table's columns of texts, by column; read once. */
export async function characterSets(
  connection: Connection,
  table: string,
): Promise<ReadonlyMap<string, string>> {
  const tables = known.get(connection) ?? new Map<string, ReadonlyMap<string, string>>()
  known.set(connection, tables)
  const read = tables.get(table)
  if (read !== undefined) return read
  const rows = await connection.rows(
    `SELECT COLUMN_NAME AS name, CHARACTER_SET_NAME AS charset FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND CHARACTER_SET_NAME IS NOT NULL`,
    [table],
  )
  const sets = new Map(rows.map((row) => [text(row.name), text(row.charset)]))
  tables.set(table, sets)
  return sets
}

/**
 * What makes texts fit into a character set, or null where all do: a letter that it doesn't have becomes the letter
 * without its accent, or else some letter from a to z, always the same one.
 */
export function fitFor(characterSet: string): Fit | null {
  const largest = largestCodePoints[characterSet] ?? ascii
  if (largest === 0x10ffff) return null
  const other = new RegExp(`[^\\0-\\u{${largest.toString(16)}}]`, 'gu')
  const fitting = (sign: string): string => {
    const [base = ''] = sign.normalize('NFKD')
    const code = base.codePointAt(0) ?? 0
    return code <= largest ? base : String.fromCodePoint(97 + (code % 26))
  }
  return (value) => value.replaceAll(other, fitting)
}
