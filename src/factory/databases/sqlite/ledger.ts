import * as l10n from '@vscode/l10n'
import type { Ledger, LedgerTable, Segment, UnfinishedRun } from '../database.ts'
import type { SeedPlan } from '../../../model/seed-plan.ts'
import { Failure } from '../../../model/failure.ts'
import { numberRecord, stringList } from '../ledger-values.ts'
import { mergedSpans } from '../segments.ts'
import type { Connection } from './connection.ts'
import { text } from './introspection.ts'

/** The ledger's form. Format 1 (Headroom 0.1) kept keys by chunk and could not be resumed. */
export const ledgerFormat = 2

/** The tables of the ledger; a table of listed keys has one more: {@link keyListName}. */
export const ledgerTables = {
  run: `CREATE TABLE headroom_run (run INTEGER PRIMARY KEY, format INTEGER NOT NULL, seed INTEGER NOT NULL, plan TEXT)`,
  table: `CREATE TABLE headroom_table (
    table_name TEXT PRIMARY KEY, key_kind TEXT NOT NULL, key_columns TEXT NOT NULL,
    sequence_before INTEGER, sequence_starts TEXT NOT NULL, largest_key INTEGER NOT NULL) WITHOUT ROWID`,
  segment: `CREATE TABLE headroom_segment (
    table_name TEXT, first_index INTEGER, row_count INTEGER NOT NULL, first_key INTEGER NOT NULL, run INTEGER NOT NULL,
    PRIMARY KEY (table_name, first_index)) WITHOUT ROWID`,
  made: `CREATE TABLE headroom_made (
    table_name TEXT, first_index INTEGER, row_count INTEGER NOT NULL, PRIMARY KEY (table_name, first_index)) WITHOUT ROWID`,
  away: `CREATE TABLE headroom_away (id INTEGER PRIMARY KEY, name TEXT NOT NULL, table_name TEXT NOT NULL, sql TEXT NOT NULL)`,
} as const

/** The name of the table that keeps the keys of a `list` table's rows. */
export function keyListName(table: string): string {
  return `headroom_keys_${table}`
}

/** What the ledger in the database says. Throws `HR_LEDGER_FORMAT` for one that another version wrote. */
export function readLedger(connection: Connection): Ledger {
  if (!hasTable(connection, 'headroom_run')) return { seed: null, tables: [], unfinished: null }
  if (
    connection.number('SELECT 1 AS n FROM headroom_run WHERE format <> ? LIMIT 1', [ledgerFormat]) !== null
  ) {
    throw new Failure(
      'HR_LEDGER_FORMAT',
      l10n.t('Another version of Headroom seeded this database. Undo with that version first.'),
    )
  }
  const reserved = spansByTable(connection, 'SELECT * FROM headroom_segment')
  const made = spansByTable(connection, 'SELECT *, 0 AS first_key FROM headroom_made')
  const tables = connection
    .all('SELECT * FROM headroom_table ORDER BY table_name')
    .map((row): LedgerTable => ({
      table: text(row.table_name),
      key: { kind: row.key_kind === 'range' ? 'range' : 'list', columns: stringList(text(row.key_columns)) },
      reserved: reserved.get(text(row.table_name)) ?? [],
      made: mergedSpans(made.get(text(row.table_name)) ?? []),
      sequenceStarts: numberRecord(text(row.sequence_starts)),
    }))
  const seed = connection.number('SELECT seed AS n FROM headroom_run ORDER BY run LIMIT 1')
  return { seed, tables, unfinished: unfinishedRun(connection) }
}

function unfinishedRun(connection: Connection): UnfinishedRun | null {
  const [row] = connection.all('SELECT run, plan FROM headroom_run WHERE plan IS NOT NULL')
  if (row === undefined) return null
  const plan: SeedPlan = JSON.parse(text(row.plan))
  return { run: Number(row.run), plan }
}

function spansByTable(connection: Connection, query: string): ReadonlyMap<string, readonly Segment[]> {
  const spans = new Map<string, Segment[]>()
  for (const row of connection.all(`${query} ORDER BY table_name, first_index`)) {
    const list = spans.get(text(row.table_name)) ?? []
    list.push({
      firstIndex: Number(row.first_index),
      rows: Number(row.row_count),
      firstKey: Number(row.first_key),
    })
    spans.set(text(row.table_name), list)
  }
  return spans
}

/** Whether the database has a table of that name. */
export function hasTable(connection: Connection, name: string): boolean {
  return (
    connection.number("SELECT 1 AS n FROM sqlite_schema WHERE type = 'table' AND name = ?", [name]) !== null
  )
}
