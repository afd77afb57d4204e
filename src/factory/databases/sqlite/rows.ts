import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { SqlValue } from '../../sql-value.ts'
import type { Chunk, Probe, Segment, Span } from '../database.ts'
import type { Connection } from './connection.ts'
import { quoted, quotedList } from './connection.ts'
import { hasTable, keyListName } from './ledger.ts'
import { busy, createKeyList, isAutoincrement, largestNumber, moveSegment } from './runs.ts'

/** Rows per INSERT statement: more gain nothing, fewer cost up to a third (node:sqlite, 7 columns). */
const rowsPerStatement = 20
const mostParameters = 30_000
/** Rows of a chunk for which the run's last one makes way. */
const fewestToMakeWay = 100

/**
 * Adds a chunk's rows and its ledger row in one transaction. Throws `HR_SEED_BUSY` where another run made some of them or
 * removed the run, and `HR_SEED_KEYS_MOVED`, with nothing added, where others took keys of a table that has none of the
 * run's rows yet: the run's keys are behind those then.
 */
export async function appendChunk(connection: Connection, chunk: Chunk, signal: AbortSignal): Promise<void> {
  const work = (): boolean => {
    const segment = checkSegment(connection, chunk)
    if (keysAreTaken(connection, chunk, segment)) {
      moveSegment(connection, chunk.table.name, chunk.key.columns, segment)
      return false
    }
    appendRows(connection, chunk, segment)
    recordMade(connection, chunk)
    return true
  }
  // Foreign keys are not looked up row by row: references are valid by construction, and `finishRun` looks at all at once.
  if (await connection.transaction(work, { signal, foreignKeys: false })) return
  throw new Failure(
    'HR_SEED_KEYS_MOVED',
    l10n.t('Another program took keys of `{0}` that were set aside.', chunk.table.name),
  )
}

function checkSegment(connection: Connection, { run, table, firstIndex, rows }: Chunk): Segment {
  if (!hasTable(connection, 'headroom_run')) throw busy()
  const [row] = connection.all(
    `SELECT s.* FROM headroom_run JOIN headroom_segment AS s USING (run)
     WHERE run = ?1 AND plan IS NOT NULL AND table_name = ?2 AND s.first_index <= ?3 AND s.first_index + s.row_count >= ?3 + ?4`,
    [run, table.name, firstIndex, rows],
  )
  if (row === undefined || hasMade(connection, table.name, { firstIndex, rows })) throw busy()
  return {
    firstIndex: Number(row.first_index),
    rows: Number(row.row_count),
    firstKey: Number(row.first_key),
  }
}

function hasMade(connection: Connection, table: string, { firstIndex, rows }: Span): boolean {
  const sql =
    'SELECT 1 AS n FROM headroom_made WHERE table_name = ?1 AND first_index < ?2 + ?3 AND first_index + row_count > ?2 LIMIT 1'
  return connection.number(sql, [table, firstIndex, rows]) !== null
}

/** Whether others have keys that a run set aside, before its first row was there to push them behind its last one. */
function keysAreTaken(connection: Connection, { table, key }: Chunk, segment: Segment): boolean {
  if (key.kind === 'list' || hasMade(connection, table.name, segment)) return false
  const taken = `SELECT 1 AS n FROM ${quoted(table.name)} WHERE ${quotedList(key.columns)} BETWEEN ? AND ? LIMIT 1`
  const { firstKey, rows } = segment
  return connection.number(taken, [firstKey, firstKey + rows - 1]) !== null
}

/**
 * Inserts a chunk's rows at the table's end: faster, and into fuller pages, than before the run's last row, which is there
 * to keep their keys free. That one has the chunk's first key meanwhile: it stays as others may have changed it.
 */
function appendRows(connection: Connection, chunk: Chunk, segment: Segment): void {
  const { firstIndex, firstKey, rows } = chunk
  const lastKey = segment.firstKey + segment.rows - 1
  if (!mayMakeWay(connection, chunk, lastKey) || !moveRow(connection, chunk, lastKey, firstKey)) {
    insertRows(connection, chunk, rows, (n) => firstIndex + n)
    return
  }
  const others = isCountedFrom(connection, chunk, firstKey) ? withoutKey(chunk) : chunk
  insertRows(connection, others, rows - 1, (n) => firstIndex + 1 + n)
  moveRow(connection, chunk, firstKey, lastKey)
  insertRows(connection, chunk, 1, () => firstIndex)
}

/** In tables whose keys are SQLite's own row numbers: in others the order of insertion would be another one. */
function mayMakeWay(connection: Connection, { table, key, firstKey, rows }: Chunk, lastKey: number): boolean {
  if (key.kind === 'list' || rows < fewestToMakeWay || firstKey + rows > lastKey) return false
  if (table.primaryKey.join() !== key.columns.join()) return false
  // A primary key that is no row number has an index, or orders the rows of a table without such numbers.
  const obstacle = `SELECT 1 AS n FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?1)
    UNION ALL SELECT 1 FROM pragma_table_list(?1) WHERE schema = 'main' AND wr = 1
    UNION ALL SELECT 1 FROM pragma_index_list(?1) WHERE origin = 'pk' LIMIT 1`
  return connection.number(obstacle, [table.name]) === null
}

/** Gives a row another key; false where there is no such row. */
function moveRow(connection: Connection, { table, key }: Chunk, from: number, to: number): boolean {
  const column = quotedList(key.columns)
  return connection.run(`UPDATE ${quoted(table.name)} SET ${column} = ? WHERE ${column} = ?`, [to, from]) > 0
}

/** Whether SQLite itself gives rows that come without a key those that follow `largest`. */
function isCountedFrom(connection: Connection, { table, key, columns }: Chunk, largest: number): boolean {
  return (
    columns.length > 1 &&
    !isAutoincrement(connection, table.name) &&
    largestNumber(connection, table.name, key.columns.join()) === largest
  )
}

function withoutKey(chunk: Chunk): Chunk {
  return { ...chunk, columns: chunk.columns.filter(({ column }) => !chunk.key.columns.includes(column.name)) }
}

/** Chunks that follow each other are kept as one. */
function recordMade(connection: Connection, { table, firstIndex, rows }: Chunk): void {
  const grown = connection.run(
    'UPDATE headroom_made SET row_count = row_count + ?3 WHERE table_name = ?1 AND first_index + row_count = ?2',
    [table.name, firstIndex, rows],
  )
  if (grown === 0)
    connection.run('INSERT INTO headroom_made VALUES (?, ?, ?)', [table.name, firstIndex, rows])
}

/**
 * Inserts rows `indices` of the chunk and rolls back. Throws what the database says about them; parents are not looked for.
 * The time is that of code that has just been loaded: about as much slower as a load is with its commits and indexes.
 */
export async function probeChunk(
  connection: Connection,
  chunk: Chunk,
  indices: readonly number[],
): Promise<Probe> {
  const work = (): Probe => {
    const sample = withFreeKeys(connection, chunk)
    const pagesBefore = usedPages(connection)
    if (chunk.key.kind === 'list') createKeyList(connection, chunk)
    const beganAt = performance.now()
    insertRows(connection, sample, indices.length, (n) => indices[n] ?? chunk.firstIndex)
    const millis = performance.now() - beganAt
    const pages = usedPages(connection) - pagesBefore
    const pageSize = connection.number('SELECT page_size AS n FROM pragma_page_size') ?? 0
    return { rows: indices.length, bytes: pages * pageSize, millis }
  }
  return connection.transaction(work, { foreignKeys: false, keep: false })
}

/** The keys of a sample were not set aside: it takes the next free ones. */
function withFreeKeys(connection: Connection, chunk: Chunk): Chunk {
  if (chunk.key.kind === 'list') return chunk
  const [key = ''] = chunk.key.columns
  let next = largestNumber(connection, chunk.table.name, key) ?? 0
  const columns = chunk.columns.map((column) =>
    column.column.name === key ? { ...column, valueOf: () => ++next } : column,
  )
  return { ...chunk, columns }
}

function usedPages(connection: Connection): number {
  const pages = connection.number('SELECT page_count AS n FROM pragma_page_count') ?? 0
  return pages - (connection.number('SELECT freelist_count AS n FROM pragma_freelist_count') ?? 0)
}

function insertRows(
  connection: Connection,
  chunk: Chunk,
  rows: number,
  indexAt: (n: number) => number,
): void {
  insertValues(connection, chunk, rows, indexAt)
  if (chunk.key.kind === 'range') return
  const keyColumns = chunk.key.columns.flatMap((name) =>
    chunk.columns.filter(({ column }) => column.name === name),
  )
  const names = ['id', ...keyColumns.map((_, i) => `k${i}`)]
  insertAll(connection, quoted(keyListName(chunk.table.name)), names, rows, (n, into, offset) => {
    const index = indexAt(n)
    into[offset] = chunk.firstKey + n
    for (let c = 0; c < keyColumns.length; c++) into[offset + 1 + c] = keyColumns[c]?.valueOf(index) ?? null
  })
}

function insertValues(
  connection: Connection,
  chunk: Chunk,
  rows: number,
  indexAt: (n: number) => number,
): void {
  const names = chunk.columns.map(({ column }) => column.name)
  insertAll(connection, quoted(chunk.table.name), names, rows, (n, into, offset) => {
    const index = indexAt(n)
    for (let c = 0; c < chunk.columns.length; c++) into[offset + c] = chunk.columns[c]?.valueOf(index) ?? null
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
