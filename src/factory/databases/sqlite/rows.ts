import { Failure } from '../../../model/failure.ts'
import type { Table } from '../../../model/schema.ts'
import type { SqlValue } from '../../sql-value.ts'
import type { Chunk, RowKey } from '../database.ts'
import { dependentsFailure } from '../dependents.ts'
import type { Connection } from './connection.ts'
import { quoted, quotedList } from './connection.ts'
import { countDependents, hasTable, keyListName, keyListQuery, readLedger, sequenceOf } from './ledger.ts'
import { text } from './introspection.ts'

/** Rows per INSERT statement: more gain nothing, fewer cost up to a third (node:sqlite, 7 columns). */
const rowsPerStatement = 20
const mostParameters = 30_000
const largestFirstKey = 2 ** 52

/** Adds a chunk's rows and its ledger row in one transaction. Throws `HR_SEED_BUSY` where another run added rows meanwhile. */
export async function appendChunk(connection: Connection, chunk: Chunk, signal: AbortSignal): Promise<void> {
  const work = () => {
    const next = connection.number(
      'SELECT max(first_index + row_count) AS n FROM headroom_ledger WHERE table_name = ?',
      [chunk.table],
    )
    if ((next ?? 0) !== chunk.firstIndex) {
      throw new Failure(
        'HR_SEED_BUSY',
        'Another Headroom run is changing this database. Wait until it is done, then try again.',
      )
    }
    const firstKey = nextKey(connection, chunk)
    chunk.onFirstKey(firstKey)
    insertRows(connection, chunk, chunk.rows, (n) => chunk.firstIndex + n)
    connection.run(
      'INSERT INTO headroom_ledger (run, table_name, first_index, row_count, first_key) VALUES (?, ?, ?, ?, ?)',
      [chunk.run, chunk.table, chunk.firstIndex, chunk.rows, firstKey],
    )
    connection.run('UPDATE headroom_table SET largest_key = ? WHERE table_name = ?', [
      firstKey + chunk.rows - 1,
      chunk.table,
    ])
  }
  await connection.transaction(work, { signal, foreignKeys: true })
}

/** Inserts rows `indices` of the chunk and rolls back. Throws what the database says about them; parents are not looked for. */
export async function probeChunk(
  connection: Connection,
  chunk: Chunk,
  indices: readonly number[],
): Promise<void> {
  const work = () => {
    chunk.onFirstKey(nextKey(connection, chunk))
    insertRows(connection, chunk, indices.length, (n) => indices[n] ?? chunk.firstIndex)
  }
  await connection.transaction(work, { foreignKeys: false, keep: false })
}

function nextKey(connection: Connection, { table, key }: Chunk): number {
  const source =
    key.kind === 'range'
      ? { name: table, column: key.columns[0] ?? '' }
      : { name: keyListName(table), column: 'id' }
  const largest =
    connection.number(`SELECT max(${quoted(source.column)}) AS n FROM ${quoted(source.name)}`) ?? 0
  const next = Math.max(largest, sequenceOf(connection, source.name) ?? 0, 0) + 1
  if (next > largestFirstKey || !Number.isSafeInteger(next)) {
    throw new Failure(
      'HR_SEED_KEYS',
      `The keys of \`${table}\` are too large to number further rows after them (${next}). Leave the table out with --exclude ${table}.`,
    )
  }
  return next
}

function insertRows(
  connection: Connection,
  chunk: Chunk,
  rows: number,
  indexAt: (n: number) => number,
): void {
  const names = chunk.columns.map((column) => column.name)
  insertAll(connection, quoted(chunk.table), names, rows, (n, into, offset) => {
    const index = indexAt(n)
    for (let c = 0; c < chunk.columns.length; c++) into[offset + c] = chunk.columns[c]?.valueOf(index) ?? null
  })
  if (chunk.key.kind === 'range') return
  const keyColumns = chunk.key.columns.flatMap((name) =>
    chunk.columns.filter((column) => column.name === name),
  )
  const keyNames = keyColumns.map((_, i) => `k${i}`)
  insertAll(connection, quoted(keyListName(chunk.table)), keyNames, rows, (n, into, offset) => {
    const index = indexAt(n)
    for (let c = 0; c < keyColumns.length; c++) into[offset + c] = keyColumns[c]?.valueOf(index) ?? null
  })
}

function insertAll(
  connection: Connection,
  table: string,
  columns: readonly string[],
  rows: number,
  fill: (n: number, into: SqlValue[], offset: number) => void,
): void {
  const width = columns.length
  const perStatement = Math.max(
    1,
    Math.min(rowsPerStatement, Math.floor(mostParameters / Math.max(1, width))),
  )
  const whole = rows - (rows % perStatement)
  if (whole > 0)
    insertFrom(connection, insertStatement(table, columns, perStatement), 0, whole, perStatement, width, fill)
  if (whole < rows) insertFrom(connection, insertStatement(table, columns, 1), whole, rows, 1, width, fill)
}

function insertFrom(
  connection: Connection,
  sql: string,
  from: number,
  to: number,
  perStatement: number,
  width: number,
  fill: (n: number, into: SqlValue[], offset: number) => void,
): void {
  const insert = connection.prepare(sql)
  const parameters: SqlValue[] = Array.from({ length: perStatement * width }, () => null)
  for (let n = from; n < to; n += perStatement) {
    for (let r = 0; r < perStatement; r++) fill(n + r, parameters, r * width)
    insert(parameters)
  }
}

function insertStatement(table: string, columns: readonly string[], rows: number): string {
  const row = `(${columns.map(() => '?').join(', ')})`
  return `INSERT INTO ${table} (${quotedList(columns)}) VALUES ${Array.from({ length: rows }, () => row).join(', ')}`
}

/**
 * Removes whole ledger entries of one table, youngest first, until `maxRows` rows are gone or none are left.
 * Gives the number of rows removed, or null where the ledger had none. Throws `HR_UNDO_DEPENDENTS` and changes nothing
 * where somebody else's rows refer to them. Foreign keys are not enforced meanwhile: the check above replaces them,
 * so that no cascade can take a row that the ledger does not know.
 */
export async function removeYoungest(
  connection: Connection,
  tables: readonly Table[],
  {
    table,
    maxRows,
    signal,
  }: { readonly table: string; readonly maxRows: number; readonly signal: AbortSignal },
): Promise<number | null> {
  const work = (): number | null => {
    const ledger = readLedger(connection)
    const own = ledger.tables.find((candidate) => candidate.table === table)
    const entries = connection.all(
      'SELECT * FROM headroom_ledger WHERE table_name = ? ORDER BY first_index DESC',
      [table],
    )
    if (own === undefined || entries.length === 0) return null
    const exists = hasTable(connection, table)
    let removed = 0
    for (const entry of entries) {
      const first = Number(entry.first_key)
      const last = first + Number(entry.row_count) - 1
      if (exists) {
        const dependents = countDependents(connection, tables, ledger, { table, first, last })
        if (dependents.length > 0) throw dependentsFailure(dependents)
        removed += removeEntry(connection, table, own.key, first, last)
      }
      connection.run('DELETE FROM headroom_ledger WHERE id = ?', [Number(text(entry.id))])
      if (removed >= maxRows) break
    }
    return removed
  }
  return connection.transaction(work, { signal, foreignKeys: false })
}

function removeEntry(
  connection: Connection,
  table: string,
  key: RowKey,
  first: number,
  last: number,
): number {
  const columns = quotedList(key.columns)
  if (key.kind === 'range') {
    return connection.run(`DELETE FROM ${quoted(table)} WHERE ${columns} BETWEEN ? AND ?`, [first, last])
  }
  const removed = connection.run(
    `DELETE FROM ${quoted(table)} WHERE (${columns}) IN (${keyListQuery(table, key)} WHERE id BETWEEN ? AND ?)`,
    [first, last],
  )
  connection.run(`DELETE FROM ${quoted(keyListName(table))} WHERE id BETWEEN ? AND ?`, [first, last])
  return removed
}
