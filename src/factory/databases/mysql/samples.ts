import type { Column, Table } from '../../../model/schema.ts'
import type { Connection } from './connection.ts'
import { quoted, quotedList, text } from './sql.ts'

/** What a table's rows tell. */
export interface TableSamples {
  readonly rowCount: number
  /** The few different values of columns that look like fixed sets, by the column's name. */
  readonly fixedSets: ReadonlyMap<string, readonly string[]>
}

/** Which rows are counted and looked at. */
export interface SampledRows {
  /** By the server's statistics. */
  readonly estimate: number
  /** Up to how many rows by the estimate they are counted. */
  readonly countedRows: number
  /** The SQL condition for rows `t` that Headroom did not make, or null where it made none. */
  readonly foreign: string | null
}

const sampledRows = 1000
const mostSampleValues = 12
const longestSample = 30
const longestFixedSet = 255

/** Counts a table's rows, and gathers the values of columns whose first rows repeat a few short words. */
export async function readSamples(
  connection: Connection,
  table: Table,
  { estimate, countedRows, foreign }: SampledRows,
): Promise<TableSamples> {
  const name = quoted(table.name)
  const counted = estimate > countedRows ? null : await connection.number(`SELECT count(*) AS n FROM ${name}`)
  const rowCount = counted ?? estimate
  const columns = table.columns.filter((column) => mayBeFixedSet(table, column))
  if (rowCount === 0 || columns.length === 0) return { rowCount, fixedSets: new Map() }
  // One character more than a sample may have tells the longer ones.
  const values = columns.map(
    ({ name: column }, i) => `LEFT(t.${quoted(column)}, ${longestSample + 1}) AS v${i}`,
  )
  const where = foreign === null ? '' : `WHERE ${foreign}`
  const order = table.primaryKey.length === 0 ? '' : `ORDER BY ${quotedList(table.primaryKey, 't.')}`
  const rows = await connection.rows(
    `SELECT ${values.join(', ')} FROM ${name} AS t ${where} ${order} LIMIT ${sampledRows}`,
  )
  const fixedSets = new Map<string, readonly string[]>()
  for (const [i, column] of columns.entries()) {
    const found = rows.map((row) => row[`v${i}`]).filter((value) => value !== null && value !== undefined)
    const set = fixedSet(found.map(text))
    if (set !== null) fixedSets.set(column.name, set)
  }
  return { rowCount, fixedSets }
}

function mayBeFixedSet(table: Table, column: Column): boolean {
  const isKey =
    table.primaryKey.includes(column.name) ||
    table.foreignKeys.some(({ columns }) => columns.includes(column.name)) ||
    table.uniques.some((columns) => columns.length === 1 && columns[0] === column.name)
  const isShort = column.maxLength !== null && column.maxLength <= longestFixedSet
  return column.type === 'text' && column.allowedValues === null && !column.generated && isShort && !isKey
}

/** The different values of a column whose rows repeat a few short words, else null. */
function fixedSet(values: readonly string[]): readonly string[] | null {
  const distinct = [...new Set(values)]
  if (distinct.length === 0 || distinct.length > mostSampleValues || values.length < distinct.length * 3)
    return null
  return distinct.every((value) => value.length > 0 && value.length <= longestSample)
    ? distinct.toSorted()
    : null
}
