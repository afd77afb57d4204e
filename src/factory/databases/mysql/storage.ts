import { statfs } from 'node:fs/promises'
import { hostname } from 'node:os'

import type { Table } from '../../../model/schema.ts'
import type { Connection } from './connection.ts'
import { quoted, text } from './sql.ts'
import { baseType, fractionDigits } from './types.ts'

const pageBytes = 16_384
/** Of a page, what InnoDB fills when rows come in order, less its own headers and its directory of rows. */
const usedBytes = (pageBytes - 200) * (15 / 16)
/** Pages above the leaves. */
const innerPages = 1.004
/** Of each row: its header, transaction and rollback pointer; of each index entry its header. */
const rowOverhead = 5 + 6 + 7
const entryOverhead = 5

const fixedBytes: Readonly<Record<string, number>> = {
  tinyint: 1, smallint: 2, mediumint: 3, int: 4, bigint: 8, float: 4, double: 8, year: 1, date: 3, uuid: 16, inet4: 4, inet6: 16, bit: 8, enum: 1, set: 2,
} // prettier-ignore

/**
 * Foresees what a sample of rows takes in the table itself, with its indexes, from the lengths of its values and the
 * way InnoDB keeps rows; `sample` is a table that has just these rows.
 */
export async function estimateBytes(connection: Connection, table: Table, sample: string): Promise<number> {
  const stored = table.columns
  const lengths = stored.map(
    ({ name }, i) => `SUM(OCTET_LENGTH(${quoted(name)})) AS l${i}, COUNT(${quoted(name)}) AS c${i}`,
  )
  const [row = {}] = await connection.rows(`SELECT COUNT(*) AS n, ${lengths.join(', ')} FROM ${sample}`)
  const rows = Number(row.n)
  if (rows === 0) return 0
  const widths = new Map(
    stored.map(({ name, declaredType }, i) => {
      const present = Number(row[`c${i}`]) / rows
      return [name, storedBytes(declaredType, present, Number(row[`l${i}`] ?? 0) / rows)]
    }),
  )
  const widthOf = (names: readonly string[]) => names.reduce((sum, name) => sum + (widths.get(name) ?? 0), 0)
  const nulls = Math.ceil(stored.filter(({ nullable }) => nullable).length / 8)
  const clustered = rowOverhead + nulls + widthOf(stored.map(({ name }) => name))
  const perRow = [clustered]
  for (const columns of await secondaryIndexes(connection, table.name)) {
    const names = new Set([...columns, ...table.primaryKey])
    perRow.push(entryOverhead + widthOf([...names]))
  }
  return Math.round(
    perRow.reduce((sum, bytes) => sum + ((rows * bytes) / usedBytes) * pageBytes * innerPages, 0),
  )
}

/** Bytes of a column in an average row; `present` is the share of rows where it isn't NULL, `length` that of its text. */
function storedBytes(declaredType: string, present: number, length: number): number {
  const base = baseType(declaredType)
  const fixed = fixedBytes[base]
  if (fixed !== undefined) return fixed * present
  const fraction = Math.ceil(fractionDigits(declaredType) / 2)
  if (base === 'datetime') return (5 + fraction) * present
  if (base === 'timestamp') return (4 + fraction) * present
  if (base === 'time') return (3 + fraction) * present
  if (base === 'decimal') return decimalBytes(declaredType) * present
  return length + (length > 127 ? 2 : 1)
}

/** Nine digits take four bytes: https://mariadb.com/kb/en/decimal/ */
function decimalBytes(declaredType: string): number {
  const [, precision = '10', scale = '0'] = /\((\d+)(?:,(\d+))?\)/.exec(declaredType) ?? []
  return digitBytes(Number(precision) - Number(scale)) + digitBytes(Number(scale))
}

function digitBytes(digits: number): number {
  return Math.floor(digits / 9) * 4 + Math.ceil((digits % 9) / 2)
}

async function secondaryIndexes(
  connection: Connection,
  table: string,
): Promise<readonly (readonly string[])[]> {
  const rows = await connection.rows(
    `SELECT INDEX_NAME AS name, COLUMN_NAME AS \`column\` FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND INDEX_NAME <> 'PRIMARY'`,
    [table],
  )
  const indexes = Map.groupBy(rows, (row) => text(row.name))
  return [...indexes.values()].map((parts) => parts.map((row) => text(row.column)))
}

/** Free bytes where the server keeps its data; null where that isn't a folder of this machine. */
export async function freeBytes(connection: Connection): Promise<number | null> {
  const [row] = await connection.rows('SELECT @@datadir AS folder, @@hostname AS host')
  // In a container the same path is another folder.
  if (text(row?.host) !== hostname()) return null
  try {
    const { bavail, bsize } = await statfs(text(row?.folder))
    return bavail * bsize
  } catch {
    return null
  }
}
