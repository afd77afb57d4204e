import type { Column } from '../../../model/schema.ts'
import type { SqlValue } from '../../sql-value.ts'
import type { Connection } from './connection.ts'
import { refusedRow } from './failures.ts'
import { RowBuffer } from './row-buffer.ts'
import { quoted, quotedList, text } from './sql.ts'
import { baseType } from './types.ts'
import { columnFormat } from './values.ts'

/** A column to be written; `n` counts the rows from 0. */
export interface WrittenColumn {
  /** In the table that is written, where that isn't the column's own. */
  readonly name?: string
  readonly column: Column
  readonly valueOf: (n: number) => SqlValue
}

/** Rows per prepared statement, largest first: what is left over is done by the smaller ones. */
const statementRows = [256, 32, 4, 1] as const
const mostParameters = 65_000

/** A table that gets rows; `like` is the table that its columns are those of. */
export interface WrittenTable {
  readonly name: string
  readonly like: string
}

/** Adds rows, streamed where the server takes that, else by prepared statements. Must be called inside a transaction. */
export async function insertRows(
  connection: Connection,
  table: WrittenTable,
  columns: readonly WrittenColumn[],
  rows: number,
): Promise<void> {
  if (connection.takesStreams) await streamRows(connection, table, columns, rows)
  else await prepareRows(connection, table.name, columns, rows)
}

async function streamRows(
  connection: Connection,
  table: WrittenTable,
  columns: readonly WrittenColumn[],
  rows: number,
): Promise<void> {
  const takesBytes = await readsBytes(connection, table.like, columns)
  const formats = columns.map(({ column }) => columnFormat(column, takesBytes))
  const targets = columns.map((column, i) =>
    formats[i]?.conversion === null ? quoted(nameOf(column)) : `@c${i}`,
  )
  const conversions = columns.flatMap((column, i) => {
    const conversion = formats[i]?.conversion ?? null
    return conversion === null ? [] : [`${quoted(nameOf(column))} = ${conversion.replace('?', `@c${i}`)}`]
  })
  const { affectedRows, warnings } = await connection.stream(
    `LOAD DATA LOCAL INFILE 'headroom' INTO TABLE ${quoted(table.name)} CHARACTER SET ${takesBytes ? 'binary' : 'utf8mb4'}
     FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (${targets.join(', ')})
     ${conversions.length === 0 ? '' : `SET ${conversions.join(', ')}`}`,
    encoded(columns, formats, rows),
  )
  // What is streamed is taken like INSERT IGNORE: what doesn't fit is left out or changed, with a warning.
  if (warnings > 0 || affectedRows !== rows) await refuseWarnings(connection, rows - affectedRows)
}

function* encoded(
  columns: readonly WrittenColumn[],
  formats: readonly ReturnType<typeof columnFormat>[],
  rows: number,
): Generator<Uint8Array> {
  const buffer = new RowBuffer()
  const writers = columns.map(({ valueOf }, i) => {
    const write = formats[i]?.write
    return (n: number) => {
      const value = valueOf(n)
      if (value === null || write === undefined) buffer.null()
      else write(buffer, value)
    }
  })
  const [first, ...others] = writers
  for (let n = 0; n < rows; n++) {
    first?.(n)
    for (const write of others) {
      buffer.endField()
      write(n)
    }
    buffer.endRow()
    if (buffer.isFull) yield buffer.taken()
  }
  if (!buffer.isEmpty) yield buffer.taken()
}

async function refuseWarnings(connection: Connection, missing: number): Promise<void> {
  const rows = await connection.rows('SHOW WARNINGS LIMIT 20')
  const [serious] = rows.filter((row) => text(row.Level) !== 'Note')
  if (serious !== undefined) throw refusedRow(text(serious.Message))
  if (missing !== 0) throw refusedRow(`${missing} rows were left out without a word`)
}

const readAsBytes =
  /^(?:tinyint|smallint|mediumint|int|bigint|bit|year|decimal|float|double|date|datetime|timestamp|time|char|varchar|\w*text|enum|set|\w*blob|binary|varbinary)$/

/**
 * Whether fields may be read byte by byte, which saves the server a look at every character: where texts are kept as the
 * UTF-8 that they come as, and no type takes bytes for something else.
 */
async function readsBytes(
  connection: Connection,
  table: string,
  columns: readonly WrittenColumn[],
): Promise<boolean> {
  if (!connection.isMariadb) return false
  if (!columns.every(({ column }) => readAsBytes.test(baseType(column.declaredType)))) return false
  const known = byteTables.get(connection)?.get(table)
  if (known !== undefined) return known
  const others = await connection.number(
    `SELECT count(*) AS n FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?
     AND CHARACTER_SET_NAME NOT IN ('utf8mb4', 'utf8mb3', 'utf8', 'ascii', 'binary')`,
    [table],
  )
  const tables = byteTables.get(connection) ?? new Map<string, boolean>()
  byteTables.set(connection, tables.set(table, others === 0))
  return others === 0
}

const byteTables = new WeakMap<Connection, Map<string, boolean>>()

async function prepareRows(
  connection: Connection,
  table: string,
  columns: readonly WrittenColumn[],
  rows: number,
): Promise<void> {
  const parameters = columns.map(({ column }) => columnFormat(column, false).parameter)
  const row = `(${columns.map(() => '?').join(', ')})`
  let done = 0
  for (const size of statementRows) {
    if (size > 1 && size * columns.length > mostParameters) continue
    const sql = `INSERT INTO ${quoted(table)} (${quotedList(columns.map(nameOf))}) VALUES ${Array.from({ length: size }, () => row).join(', ')}`
    for (; rows - done >= size; done += size) {
      const values: SqlValue[] = []
      for (let n = done; n < done + size; n++) {
        for (const [i, { valueOf }] of columns.entries()) {
          const value = valueOf(n)
          values.push(value === null ? null : (parameters[i]?.(value) ?? null))
        }
      }
      await connection.execute(sql, values)
    }
  }
}

function nameOf({ name, column }: WrittenColumn): string {
  return name ?? column.name
}
