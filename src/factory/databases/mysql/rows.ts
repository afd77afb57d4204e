import type { Column } from '../../../model/schema.ts'
import type { SqlValue } from '../../sql-value.ts'
import type { Connection } from './connection.ts'
import { refusedRow } from './failures.ts'
import type { RowBuffer } from './row-buffer.ts'
import { characterSets, type Fit, fitFor, isKeptAsUtf8 } from './character-sets.ts'
import { quoted, quotedList, text } from './sql.ts'
import { baseType } from './types.ts'
import { type ColumnFormat, columnFormat } from './values.ts'

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
  const sets = await characterSets(connection, table.like)
  if (connection.takesStreams) {
    const takesBytes = readsBytes(connection, columns, sets)
    const formats = columns.map((column) => columnFormat(column.column, takesBytes, fitOf(column, sets)))
    await streamRows(connection, table.name, { columns, formats, takesBytes }, rows)
  } else {
    const formats = columns.map((column) => columnFormat(column.column, false, fitOf(column, sets)))
    await prepareRows(connection, table.name, { columns, formats, takesBytes: false }, rows)
  }
}

interface Writing {
  readonly columns: readonly WrittenColumn[]
  /** Column by column. */
  readonly formats: readonly ColumnFormat[]
  /** Whether fields are read byte by byte. */
  readonly takesBytes: boolean
}

async function streamRows(
  connection: Connection,
  table: string,
  { columns, formats, takesBytes }: Writing,
  rows: number,
): Promise<void> {
  const targets = columns.map((column, i) =>
    formats[i]?.conversion === null ? quoted(nameOf(column)) : `@c${i}`,
  )
  const conversions = columns.flatMap((column, i) => {
    const conversion = formats[i]?.conversion ?? null
    return conversion === null ? [] : [`${quoted(nameOf(column))} = ${conversion.replace('?', `@c${i}`)}`]
  })
  const { affectedRows, warnings } = await connection.stream(
    `LOAD DATA LOCAL INFILE 'headroom' INTO TABLE ${quoted(table)} CHARACTER SET ${takesBytes ? 'binary' : 'utf8mb4'}
     FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (${targets.join(', ')})
     ${conversions.length === 0 ? '' : `SET ${conversions.join(', ')}`}`,
    encoded(connection.rowBuffer, { columns, formats, takesBytes }, rows),
  )
  // What is streamed is taken like INSERT IGNORE: what doesn't fit is left out or changed, with a warning.
  if (warnings > 0 || affectedRows !== rows) await refuseWarnings(connection, rows - affectedRows)
}

function* encoded(buffer: RowBuffer, { columns, formats }: Writing, rows: number): Generator<Uint8Array> {
  buffer.restart()
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
function readsBytes(
  connection: Connection,
  columns: readonly WrittenColumn[],
  sets: ReadonlyMap<string, string>,
): boolean {
  return (
    connection.isMariadb &&
    columns.every(({ column: { declaredType, name } }) => {
      const set = sets.get(name)
      return readAsBytes.test(baseType(declaredType)) && (set === undefined || isKeptAsUtf8(set))
    })
  )
}

function fitOf({ column }: WrittenColumn, sets: ReadonlyMap<string, string>): Fit | null {
  const set = sets.get(column.name)
  return set === undefined ? null : fitFor(set)
}

async function prepareRows(
  connection: Connection,
  table: string,
  { columns, formats }: Writing,
  rows: number,
): Promise<void> {
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
          values.push(value === null ? null : (formats[i]?.parameter(value) ?? null))
        }
      }
      await connection.execute(sql, values)
    }
  }
}

function nameOf({ name, column }: WrittenColumn): string {
  return name ?? column.name
}
