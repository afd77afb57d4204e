import type { Dependents, Ledger, LedgerTable, RowKey, Segment, SeedTarget } from '../database.ts'
import type { ForeignKey, Table } from '../../../model/schema.ts'
import { Failure } from '../../../model/failure.ts'
import type { Connection } from './connection.ts'
import { quoted, quotedList } from './connection.ts'
import { text } from './introspection.ts'

const format = 1

const createLedger = [
  `CREATE TABLE IF NOT EXISTS headroom_run (run INTEGER PRIMARY KEY, format INTEGER NOT NULL, seed INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS headroom_table (
     table_name TEXT PRIMARY KEY, key_kind TEXT NOT NULL, key_columns TEXT NOT NULL,
     sequence_before INTEGER, sequence_starts TEXT NOT NULL, largest_key INTEGER) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS headroom_ledger (
     id INTEGER PRIMARY KEY, run INTEGER NOT NULL, table_name TEXT NOT NULL,
     first_index INTEGER NOT NULL, row_count INTEGER NOT NULL, first_key INTEGER NOT NULL)`,
]

/** The name of the table that keeps the keys of a `list` table's rows. */
export function keyListName(table: string): string {
  return `headroom_keys_${table}`
}

/** What the ledger in the database says. Throws `HR_LEDGER_FORMAT` for one that another version wrote. */
export function readLedger(connection: Connection): Ledger {
  if (!hasTable(connection, 'headroom_ledger')) return { seed: null, tables: [] }
  const foreign = connection.number('SELECT max(format) AS n FROM headroom_run') ?? format
  if (foreign !== format) {
    throw new Failure(
      'HR_LEDGER_FORMAT',
      'Another version of Headroom seeded this database. Undo with that version first.',
    )
  }
  const seed = connection.number('SELECT seed AS n FROM headroom_run ORDER BY run LIMIT 1')
  const segments = new Map<string, Segment[]>()
  for (const row of connection.all('SELECT * FROM headroom_ledger ORDER BY table_name, first_index')) {
    const list = segments.get(text(row.table_name)) ?? []
    list.push({
      firstIndex: Number(row.first_index),
      rows: Number(row.row_count),
      firstKey: Number(row.first_key),
    })
    segments.set(text(row.table_name), list)
  }
  const tables = connection
    .all('SELECT * FROM headroom_table ORDER BY table_name')
    .map((row): LedgerTable => ({
      table: text(row.table_name),
      key: { kind: row.key_kind === 'range' ? 'range' : 'list', columns: stringList(row.key_columns) },
      segments: merged(segments.get(text(row.table_name)) ?? []),
      sequenceStarts: numberRecord(row.sequence_starts),
    }))
  return { seed, tables }
}

/** Creates the ledger where there is none and records a run. Must be called inside a transaction; gives the run's number. */
export function recordRun(connection: Connection, seed: number, targets: readonly SeedTarget[]): number {
  for (const statement of createLedger) connection.run(statement)
  for (const target of targets) recordTable(connection, target)
  connection.run('INSERT INTO headroom_run (format, seed) VALUES (?, ?)', [format, seed])
  return connection.number('SELECT max(run) AS n FROM headroom_run') ?? 1
}

function recordTable(connection: Connection, { table, key, sequences }: SeedTarget): void {
  const known = connection.number('SELECT 1 AS n FROM headroom_table WHERE table_name = ?', [table.name])
  if (known !== null) return
  const starts = sequences.map((column): [string, number] => [
    column,
    (connection.number(`SELECT max(CAST(${quoted(column)} AS INTEGER)) AS n FROM ${quoted(table.name)}`) ??
      0) + 1,
  ])
  connection.run('INSERT INTO headroom_table VALUES (?, ?, ?, ?, ?, NULL)', [
    table.name,
    key.kind,
    JSON.stringify(key.columns),
    sequenceOf(connection, table.name),
    JSON.stringify(Object.fromEntries(starts)),
  ])
  if (key.kind === 'range') return
  const columns = key.columns.map((name, i) => {
    const declared = table.columns.find((column) => column.name === name)?.declaredType ?? ''
    return `k${i} ${/^[\w ()]*$/.test(declared) ? declared : ''}`
  })
  connection.run(
    `CREATE TABLE ${quoted(keyListName(table.name))} (id INTEGER PRIMARY KEY, ${columns.join(', ')})`,
  )
}

/** The counter of an AUTOINCREMENT table, or null where the table has none yet. */
export function sequenceOf(connection: Connection, table: string): number | null {
  if (!hasTable(connection, 'sqlite_sequence')) return null
  return connection.number('SELECT seq AS n FROM sqlite_sequence WHERE name = ?', [table])
}

/** Sets the counters back to what they were, or to the largest key that somebody else's rows took meanwhile, and drops the ledger. */
export function dropLedger(connection: Connection): void {
  if (!hasTable(connection, 'headroom_ledger')) return
  for (const row of connection.all('SELECT * FROM headroom_table')) {
    const table = text(row.table_name)
    if (row.key_kind === 'range' && hasTable(connection, table)) {
      const before = row.sequence_before === null ? null : Number(row.sequence_before)
      const largestOwnKey = row.largest_key === null ? null : Number(row.largest_key)
      restoreSequence(connection, table, stringList(row.key_columns)[0] ?? '', before, largestOwnKey)
    }
    if (row.key_kind === 'list') connection.run(`DROP TABLE IF EXISTS ${quoted(keyListName(table))}`)
  }
  for (const name of ['headroom_ledger', 'headroom_table', 'headroom_run'])
    connection.run(`DROP TABLE IF EXISTS ${name}`)
}

function restoreSequence(
  connection: Connection,
  table: string,
  key: string,
  before: number | null,
  largestOwnKey: number | null,
): void {
  const now = sequenceOf(connection, table)
  if (now === null || largestOwnKey === null || now > largestOwnKey) return
  const largestLeft = connection.number(`SELECT max(${quoted(key)}) AS n FROM ${quoted(table)}`)
  if (before === null && largestLeft === null)
    connection.run('DELETE FROM sqlite_sequence WHERE name = ?', [table])
  else
    connection.run('UPDATE sqlite_sequence SET seq = CAST(? AS INTEGER) WHERE name = ?', [
      Math.max(before ?? 0, largestLeft ?? 0),
      table,
    ])
}

/** Whether the database has a table of that name. */
export function hasTable(connection: Connection, name: string): boolean {
  return (
    connection.number("SELECT 1 AS n FROM sqlite_schema WHERE type = 'table' AND name = ?", [name]) !== null
  )
}

/**
 * Counts the rows that Headroom did not make and that refer to rows that it did; `only` narrows the latter to the keys
 * (or the entries of the key list) from `first` to `last` of one table.
 */
export function countDependents(
  connection: Connection,
  tables: readonly Table[],
  ledger: Ledger,
  only?: { readonly table: string; readonly first: number; readonly last: number },
): readonly Dependents[] {
  const own = new Map(ledger.tables.map((table) => [table.table, table]))
  fillRanges(connection, ledger)
  return tables.flatMap((table) =>
    table.foreignKeys.flatMap((foreignKey): readonly Dependents[] => {
      const target = own.get(foreignKey.referencedTable)
      const isWanted = target !== undefined && (only === undefined || only.table === target.table)
      if (!isWanted || !hasTable(connection, target.table)) return []
      const self = own.get(table.name)
      const rows = connection.number(
        `SELECT count(*) AS n FROM ${quoted(table.name)} AS c WHERE ${refersTo(foreignKey, target, only)}` +
          (self === undefined ? '' : ` AND NOT (${isOwn(self, 'c')})`),
      )
      return rows === null || rows === 0 ? [] : [{ table: table.name, referencedTable: target.table, rows }]
    }),
  )
}

function refersTo(
  foreignKey: ForeignKey,
  target: LedgerTable,
  only: { readonly first: number; readonly last: number } | undefined,
): string {
  const [column = ''] = foreignKey.columns
  if (target.key.kind === 'range' && foreignKey.referencedColumns.join() === target.key.columns.join()) {
    const value = `c.${quoted(column)}`
    return only === undefined
      ? isInRange(target.table, value)
      : `${value} BETWEEN ${only.first} AND ${only.last}`
  }
  const columns = foreignKey.columns.map((name) => `c.${quoted(name)}`).join(', ')
  const own = only === undefined ? isOwn(target, 't') : isBetween(target, 't', only)
  return `(${columns}) IN (SELECT ${quotedList(foreignKey.referencedColumns, 't.')} FROM ${quoted(target.table)} AS t WHERE ${own})`
}

function isBetween(
  table: LedgerTable,
  alias: string,
  only: { readonly first: number; readonly last: number },
): string {
  if (table.key.kind === 'range') {
    return `${alias}.${quoted(table.key.columns[0] ?? '')} BETWEEN ${only.first} AND ${only.last}`
  }
  return `(${quotedList(table.key.columns, `${alias}.`)}) IN (${keyListQuery(table.table, table.key)} WHERE id BETWEEN ${only.first} AND ${only.last})`
}

function isOwn(table: LedgerTable, alias: string): string {
  if (table.key.kind === 'range')
    return isInRange(table.table, `${alias}.${quoted(table.key.columns[0] ?? '')}`)
  return `(${quotedList(table.key.columns, `${alias}.`)}) IN (${keyListQuery(table.table, table.key)})`
}

/** Reads the keys in a `list` table's key list. */
export function keyListQuery(table: string, key: RowKey): string {
  return `SELECT ${key.columns.map((_, i) => `k${i}`).join(', ')} FROM ${quoted(keyListName(table))}`
}

function isInRange(table: string, value: string): string {
  const name = `'${table.replaceAll("'", "''")}'`
  return `coalesce((SELECT last FROM temp.headroom_range AS r WHERE r.table_name = ${name} AND r.first <= ${value} ORDER BY r.first DESC LIMIT 1) >= ${value}, 0)`
}

/** SQL for "this row of `alias` is Headroom's", after its ranges were put where the query finds them. */
export function ownRows(connection: Connection, ledger: Ledger, table: string, alias: string): string | null {
  const own = ledger.tables.find((candidate) => candidate.table === table)
  if (own === undefined) return null
  fillRanges(connection, ledger)
  return isOwn(own, alias)
}

function fillRanges(connection: Connection, ledger: Ledger): void {
  connection.run(
    'CREATE TEMP TABLE IF NOT EXISTS headroom_range (table_name TEXT, first INTEGER, last INTEGER, PRIMARY KEY (table_name, first)) WITHOUT ROWID',
  )
  connection.run('DELETE FROM temp.headroom_range')
  for (const { table, key, segments } of ledger.tables) {
    if (key.kind === 'list') continue
    for (const { firstKey, rows } of segments) {
      connection.run('INSERT INTO temp.headroom_range VALUES (?, ?, ?)', [
        table,
        firstKey,
        firstKey + rows - 1,
      ])
    }
  }
}

/** Joins segments whose keys follow each other. */
function merged(segments: readonly Segment[]): readonly Segment[] {
  const result: Segment[] = []
  for (const segment of segments) {
    const last = result.at(-1)
    if (last !== undefined && last.firstKey + last.rows === segment.firstKey) {
      result[result.length - 1] = { ...last, rows: last.rows + segment.rows }
    } else result.push(segment)
  }
  return result
}

function stringList(json: unknown): readonly string[] {
  const value: unknown = JSON.parse(text(json))
  return Array.isArray(value) ? value.map(String) : []
}

function numberRecord(json: unknown): Readonly<Record<string, number>> {
  const value: unknown = JSON.parse(text(json))
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([name, number]) => [name, Number(number)]))
}
