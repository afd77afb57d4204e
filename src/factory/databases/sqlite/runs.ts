import * as l10n from '@vscode/l10n'
import type { SeedPlan } from '../../../model/seed-plan.ts'
import { Failure } from '../../../model/failure.ts'
import type { SeedTarget } from '../database.ts'
import { numberRecord, stringList } from '../ledger-values.ts'
import type { Connection } from './connection.ts'
import { quoted } from './connection.ts'
import { text } from './introspection.ts'
import { hasTable, keyListName, ledgerFormat, ledgerTables, readLedger } from './ledger.ts'
import { restoreStatistics } from './statistics.ts'

const largestKey = 2 ** 52

/**
 * Creates the ledger where there is none, records a run and sets the keys of its rows aside. Must be called inside a
 * transaction; gives the run's number. Throws `HR_SEED_BUSY` where a run is unfinished.
 */
export function beginRun(connection: Connection, plan: SeedPlan, targets: readonly SeedTarget[]): number {
  if (hasTable(connection, 'headroom_run')) {
    if (readLedger(connection).unfinished !== null) throw busy()
  } else for (const statement of Object.values(ledgerTables)) connection.run(statement)
  connection.run('INSERT INTO headroom_run (format, seed, plan) VALUES (?, ?, ?)', [
    ledgerFormat,
    plan.seed,
    JSON.stringify(plan),
  ])
  const run = connection.number('SELECT max(run) AS n FROM headroom_run') ?? 1
  for (const target of targets) {
    recordTable(connection, target)
    reserve(connection, target, run)
  }
  return run
}

/** The failure for a second run beside one that is in progress. */
export function busy(): Failure {
  return new Failure(
    'HR_SEED_BUSY',
    l10n.t('Another Headroom run is changing this database. Wait until it is done, then try again.'),
  )
}

function recordTable(connection: Connection, { table, key, sequences }: SeedTarget): void {
  const [known] = connection.all('SELECT * FROM headroom_table WHERE table_name = ?', [table.name])
  const starts = known === undefined ? {} : numberRecord(text(known.sequence_starts))
  const next = nextIndex(connection, table.name)
  const missing = sequences.filter((column) => starts[column] === undefined)
  const added = missing.map((column): [string, number] => [
    column,
    (largestNumber(connection, table.name, column) ?? 0) + 1 - next,
  ])
  const allStarts = JSON.stringify({ ...starts, ...Object.fromEntries(added) })
  if (known !== undefined) {
    connection.run('UPDATE headroom_table SET sequence_starts = ? WHERE table_name = ?', [
      allStarts,
      table.name,
    ])
    return
  }
  connection.run('INSERT INTO headroom_table VALUES (?, ?, ?, ?, ?, 0)', [
    table.name,
    key.kind,
    JSON.stringify(key.columns),
    sequenceOf(connection, table.name),
    allStarts,
  ])
  if (key.kind === 'list') createKeyList(connection, { table, key })
}

/** Creates the table that keeps the keys of a table's rows, where there is none. */
export function createKeyList(
  connection: Connection,
  { table, key }: Pick<SeedTarget, 'table' | 'key'>,
): void {
  const columns = key.columns.map((name, i) => {
    const declared = table.columns.find((column) => column.name === name)?.declaredType ?? ''
    return `k${i} ${/^[\w ()]*$/.test(declared) ? declared : ''}`
  })
  connection.run(
    `CREATE TABLE IF NOT EXISTS ${quoted(keyListName(table.name))} (id INTEGER PRIMARY KEY, ${columns.join(', ')})`,
  )
}

function reserve(connection: Connection, { table, key, rows }: SeedTarget, run: number): void {
  const firstIndex = nextIndex(connection, table.name)
  const firstKey = key.kind === 'list' ? firstIndex + 1 : takeKeys(connection, table.name, key.columns, rows)
  connection.run('INSERT INTO headroom_segment VALUES (?, ?, ?, ?, ?)', [
    table.name,
    firstIndex,
    rows,
    firstKey,
    run,
  ])
}

function nextIndex(connection: Connection, table: string): number {
  const end = 'SELECT max(first_index + row_count) AS n FROM headroom_segment WHERE table_name = ?'
  return connection.number(end, [table]) ?? 0
}

/** The first of `rows` keys behind all others. A counter is moved behind them, so that nobody else gets them. */
function takeKeys(
  connection: Connection,
  table: string,
  [column = '']: readonly string[],
  rows: number,
): number {
  const counter = sequenceOf(connection, table)
  const before =
    connection.number('SELECT largest_key AS n FROM headroom_table WHERE table_name = ?', [table]) ?? 0
  const largest = Math.max(largestNumber(connection, table, column) ?? 0, counter ?? 0, before, 0)
  const last = largest + rows
  if (last > largestKey) {
    throw new Failure(
      'HR_SEED_KEYS',
      l10n.t(
        'The keys of `{0}` are too large to number further rows after them ({1}). Leave the table out with --exclude {0}.',
        table,
        largest,
      ),
    )
  }
  // A counter that went on behind our keys was moved by the application: that is what undo goes back to.
  if (before > 0 && counter !== null && counter > before)
    connection.run('UPDATE headroom_table SET sequence_before = ? WHERE table_name = ?', [counter, table])
  connection.run('UPDATE headroom_table SET largest_key = ? WHERE table_name = ?', [last, table])
  if (counter !== null)
    connection.run('UPDATE sqlite_sequence SET seq = CAST(? AS INTEGER) WHERE name = ?', [last, table])
  else if (isAutoincrement(connection, table))
    connection.run('INSERT INTO sqlite_sequence VALUES (?, CAST(? AS INTEGER))', [table, last])
  return largest + 1
}

/**
 * Moves what a run has set aside in a table, of which it has made no row yet, behind the keys that others took meanwhile.
 * Must be called inside a transaction.
 */
export function moveSegment(
  connection: Connection,
  table: string,
  keyColumns: readonly string[],
  segment: { readonly firstIndex: number },
): void {
  const where = 'WHERE table_name = ? AND first_index = ?'
  const rows = connection.number(`SELECT row_count AS n FROM headroom_segment ${where}`, [
    table,
    segment.firstIndex,
  ])
  connection.run(`UPDATE headroom_segment SET first_key = ? ${where}`, [
    takeKeys(connection, table, keyColumns, rows ?? 0),
    table,
    segment.firstIndex,
  ])
}

/** The largest whole number in a column, or null where it has none. */
export function largestNumber(connection: Connection, table: string, column: string): number | null {
  const largest = `SELECT max(${quoted(column)}) AS n FROM ${quoted(table)}`
  const [row] = connection.all(largest, [], { bigints: true })
  // Texts and blobs come behind all numbers.
  const isOther = typeof row?.n === 'string' || row?.n instanceof Uint8Array
  const numbers = ` WHERE typeof(${quoted(column)}) IN ('integer', 'real')`
  const n = isOther ? connection.all(largest + numbers, [], { bigints: true })[0]?.n : row?.n
  return n === null || n === undefined ? null : Math.floor(Number(n))
}

/** Whether a table's keys are counted on from the largest one that it ever had. */
export function isAutoincrement(connection: Connection, table: string): boolean {
  const [row] = connection.all("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", [table])
  const quotedOrComment = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/g
  return /\bAUTOINCREMENT\b/i.test(text(row?.sql ?? '').replaceAll(quotedOrComment, ' '))
}

/** The counter of an AUTOINCREMENT table, or null where the table has none yet. */
function sequenceOf(connection: Connection, table: string): number | null {
  if (!hasTable(connection, 'sqlite_sequence')) return null
  return connection.number('SELECT seq AS n FROM sqlite_sequence WHERE name = ?', [table])
}

/**
 * Sets the counters back to what they were, or to the largest key that somebody else's rows took meanwhile, and drops the
 * ledger. Must be called inside a transaction. Does nothing while the ledger has rows.
 */
export function dropLedger(connection: Connection): void {
  if (!hasTable(connection, 'headroom_run')) return
  for (const name of ['headroom_made', 'headroom_away'])
    if (connection.number(`SELECT 1 AS n FROM ${name} LIMIT 1`) !== null) return
  for (const row of connection.all('SELECT * FROM headroom_table')) {
    const table = text(row.table_name)
    if (row.key_kind === 'range' && hasTable(connection, table)) {
      const before = row.sequence_before === null ? null : Number(row.sequence_before)
      restoreSequence(
        connection,
        table,
        stringList(text(row.key_columns))[0] ?? '',
        before,
        Number(row.largest_key),
      )
    }
    if (row.key_kind === 'list') connection.run(`DROP TABLE IF EXISTS ${quoted(keyListName(table))}`)
  }
  restoreStatistics(connection)
  for (const name of Object.keys(ledgerTables)) connection.run(`DROP TABLE headroom_${name}`)
}

function restoreSequence(
  connection: Connection,
  table: string,
  key: string,
  before: number | null,
  largestOwnKey: number,
): void {
  const now = sequenceOf(connection, table)
  if (now === null || now > largestOwnKey) return
  const largestLeft = largestNumber(connection, table, key)
  if (before === null && largestLeft === null)
    connection.run('DELETE FROM sqlite_sequence WHERE name = ?', [table])
  else
    connection.run('UPDATE sqlite_sequence SET seq = CAST(? AS INTEGER) WHERE name = ?', [
      Math.max(before ?? 0, largestLeft ?? 0),
      table,
    ])
}
