import { createHash } from 'node:crypto'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../../model/failure.ts'
import type { SeedPlan } from '../../../model/seed-plan.ts'
import type { Ledger, LedgerTable, Segment, UnfinishedRun } from '../database.ts'
import { numberRecord, stringList } from '../ledger-values.ts'
import { mergedSpans } from '../segments.ts'
import type { Connection, Row } from './connection.ts'
import { quoted, text } from './sql.ts'

/** The ledger's form. */
export const ledgerFormat = 1

const longestName = 64
const keyListPrefix = 'headroom_keys_'
const options = 'ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin'

/** The tables of the ledger; a table of listed keys has one more: {@link keyListName}. */
export const ledgerTables = {
  headroom_run: `(run INT PRIMARY KEY, format INT NOT NULL, seed BIGINT NOT NULL, is_complete BOOLEAN NOT NULL, plan LONGTEXT NOT NULL) ${options}`,
  // counter_set: what AUTO_INCREMENT was set to, so that a later move by others shows.
  headroom_table: `(table_name VARCHAR(64) PRIMARY KEY, key_kind VARCHAR(5) NOT NULL, key_columns TEXT NOT NULL,
    counter_before BIGINT UNSIGNED, counter_set BIGINT UNSIGNED, sequence_starts TEXT NOT NULL) ${options}`,
  headroom_reservation: `(table_name VARCHAR(64), first_index BIGINT, row_count BIGINT NOT NULL, first_key BIGINT NOT NULL,
    run INT NOT NULL, PRIMARY KEY (table_name, first_index)) ${options}`,
  headroom_chunk: `(table_name VARCHAR(64), first_index BIGINT, row_count BIGINT NOT NULL, PRIMARY KEY (table_name, first_index)) ${options}`,
  // A row without a name: the table is being emptied; its definition is the counter before.
  headroom_put_away: `(id INT AUTO_INCREMENT PRIMARY KEY, table_name VARCHAR(64) NOT NULL, name VARCHAR(64) NOT NULL,
    is_foreign_key BOOLEAN NOT NULL, definition TEXT NOT NULL) ${options}`,
} as const

/** The name of the table that keeps the keys of a `list` table's rows. */
export function keyListName(table: string): string {
  const name = keyListPrefix + table
  if (name.length <= longestName) return name
  const hash = createHash('sha256').update(table).digest('hex').slice(0, 12)
  return `${name.slice(0, longestName - hash.length - 1)}_${hash}`
}

/** All of Headroom's tables that the database has. */
export async function ownTables(connection: Connection): Promise<readonly string[]> {
  const rows = await connection.rows(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'headroom!_%' ESCAPE '!'`,
  )
  const names = rows.map((row) => text(row.name))
  return names.filter((name) => name in ledgerTables || name.startsWith(keyListPrefix))
}

/** Whether there is a whole ledger. One that is being created or dropped when its process is killed says nothing. */
export async function hasLedger(connection: Connection): Promise<boolean> {
  const names = await ownTables(connection)
  return Object.keys(ledgerTables).every((name) => names.includes(name))
}

/** What the ledger in the database says. Throws `HR_LEDGER_FORMAT` for one that another version wrote. */
export async function readLedger(connection: Connection): Promise<Ledger> {
  if (!(await hasLedger(connection))) return { seed: null, tables: [], unfinished: null }
  const foreign = await connection.number('SELECT 1 AS n FROM headroom_run WHERE format <> ? LIMIT 1', [
    ledgerFormat,
  ])
  if (foreign !== null) {
    throw new Failure(
      'HR_LEDGER_FORMAT',
      l10n.t('Another version of Headroom seeded this database. Undo with that version first.'),
    )
  }
  const order = 'ORDER BY table_name, first_index'
  const reserved = segmentsByTable(await connection.rows(`SELECT * FROM headroom_reservation ${order}`))
  const made = segmentsByTable(await connection.rows(`SELECT *, 0 AS first_key FROM headroom_chunk ${order}`))
  const tables = (await connection.rows('SELECT * FROM headroom_table ORDER BY table_name')).map(
    (row): LedgerTable => {
      const table = text(row.table_name)
      return {
        table,
        key: {
          kind: row.key_kind === 'range' ? 'range' : 'list',
          columns: stringList(text(row.key_columns)),
        },
        reserved: reserved.get(table) ?? [],
        made: mergedSpans(made.get(table) ?? []),
        sequenceStarts: numberRecord(text(row.sequence_starts)),
      }
    },
  )
  const seed = await connection.number('SELECT seed AS n FROM headroom_run ORDER BY run LIMIT 1')
  return { seed, tables, unfinished: await unfinishedRun(connection) }
}

async function unfinishedRun(connection: Connection): Promise<UnfinishedRun | null> {
  const [row] = await connection.rows(
    'SELECT run, plan FROM headroom_run WHERE NOT is_complete ORDER BY run LIMIT 1',
  )
  if (row === undefined) return null
  const plan: SeedPlan = JSON.parse(text(row.plan))
  return { run: Number(row.run), plan }
}

function segmentsByTable(rows: readonly Row[]): ReadonlyMap<string, readonly Segment[]> {
  const segments = rows.map((row) => ({
    table: text(row.table_name),
    firstIndex: Number(row.first_index),
    rows: Number(row.row_count),
    firstKey: Number(row.first_key),
  }))
  return Map.groupBy(segments, ({ table }) => table)
}

/** Whether the database has a table of that name. */
export async function hasTable(connection: Connection, name: string): Promise<boolean> {
  const found = await connection.number(
    'SELECT count(*) AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
    [name],
  )
  return found === 1
}

/** Creates what of the ledger isn't there, with a list of keys for each of these tables. Each statement commits. */
export async function createLedger(
  connection: Connection,
  lists: readonly { readonly table: string; readonly columns: readonly string[] }[],
): Promise<void> {
  const leftOver = await ownTables(connection)
  // The run's table is the first to be dropped: without it, the others are what a kill has left of an empty ledger.
  if (!leftOver.includes('headroom_run'))
    for (const name of leftOver) await connection.run(`DROP TABLE IF EXISTS ${quoted(name)}`)
  for (const [name, definition] of Object.entries(ledgerTables))
    await connection.run(`CREATE TABLE IF NOT EXISTS ${name} ${definition}`)
  for (const { table, columns } of lists) {
    // Copies types, character sets and collations, so that keys compare as they do in the table itself.
    const keys = columns.map((column, i) => `${quoted(column)} AS k${i}`)
    await connection.run(
      `CREATE TABLE IF NOT EXISTS ${quoted(keyListName(table))} (id BIGINT UNSIGNED NOT NULL PRIMARY KEY)
       ENGINE = InnoDB SELECT 0 AS id, ${keys.join(', ')} FROM ${quoted(table)} LIMIT 0`,
    )
  }
}
