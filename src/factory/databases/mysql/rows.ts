import type { Column } from '../../../model/schema.ts'
import type { SqlValue } from '../../sql-value.ts'
import type { Connection } from './connection.ts'
import { characterSets, fitFor } from './character-sets.ts'
import type { RowBuffer } from './row-buffer.ts'
import { quoted, quotedList } from './sql.ts'
import { writerOf } from './values.ts'

/** A column to be written; `n` counts the rows from 0. */
export interface WrittenColumn {
  /** In the table that is written, where that isn't the column's own. */
  readonly name?: string
  readonly column: Column
  readonly valueOf: (n: number) => SqlValue
}

/** Rows per statement, largest first: what is left over is done by the smaller ones. */
const statementRows = [1024, 256, 32, 4, 1] as const
/** Before it is known how large rows are. */
const firstRows = 4
const mostParameters = 65_000
/** A statement of this size costs the server little more than its rows, and fits into its largest packet. */
const statementBytes = 512 * 1024

/** A table that gets rows; `like` is the table that its columns are those of. */
export interface WrittenTable {
  readonly name: string
  readonly like: string
}

/**
 * Adds rows by prepared statements; while the server works on one, the next is made. Must be called inside a transaction.
 * (LOAD DATA would hold a lock on a table's AUTO_INCREMENT until its end, and so keep out the application and a second
 * writer.)
 */
export async function insertRows(
  connection: Connection,
  table: WrittenTable,
  columns: readonly WrittenColumn[],
  rows: number,
): Promise<void> {
  const sets = await characterSets(connection, table.like)
  const writers = columns.map(({ column, valueOf }) => {
    const set = sets.get(column.name)
    const write = writerOf(column, set === undefined ? null : fitFor(set))
    return (into: RowBuffer, n: number) => {
      const value = valueOf(n)
      if (value === null) into.null()
      else write(into, value)
    }
  })
  const names = quotedList(columns.map(({ name, column }) => name ?? column.name))
  const row = `(${columns.map(() => '?').join(', ')})`
  const insert = `INSERT INTO ${quoted(table.name)} (${names}) VALUES `
  let most = firstRows
  let sending: Promise<void> = Promise.resolve()
  for (let done = 0, turn = 0; done < rows; turn = 1 - turn) {
    const size = statementRows.find((each) => each <= Math.min(most, rows - done)) ?? 1
    const statement = await connection.prepare(insert + Array.from({ length: size }, () => row).join(', '))
    const buffer = connection.rowBuffers[turn === 0 ? 0 : 1]
    buffer.begin(statement, size * columns.length)
    for (const end = done + size; done < end; done++) for (const write of writers) write(buffer, done)
    await sending
    sending = connection.send(buffer.packet)
    // Where the next statement can't even be made, this one's end is of no interest.
    sending.catch(() => {})
    most = Math.min(mostParameters / columns.length, statementBytes / (buffer.packet.length / size))
  }
  await sending
}
