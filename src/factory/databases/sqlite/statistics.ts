import type { Connection } from './connection.ts'
import { quoted } from './connection.ts'
import { hasTable } from './ledger.ts'

/** Enough for the planner, and done in milliseconds however large the table is. */
const analysedRows = 1000

/**
 * Whether the database was ever analysed, in the form that this SQLite writes. One that was not stays so: its queries
 * would be planned differently from then on.
 */
export function hasStatistics(connection: Connection): boolean {
  return hasTable(connection, 'sqlite_stat1') && !hasTable(connection, 'sqlite_stat4')
}

/** Keeps the statistics as they are for the undo, once. An index that is dropped takes its own along. */
export function keepStatistics(connection: Connection): void {
  if (hasStatistics(connection) && !hasTable(connection, 'headroom_stat'))
    connection.run('CREATE TABLE headroom_stat AS SELECT rowid AS id, tbl, idx, stat FROM sqlite_stat1')
}

/** Brings the planner's statistics up to date. Must be called inside a transaction. */
export function refreshStatistics(connection: Connection, tables: readonly string[]): void {
  keepStatistics(connection)
  connection.all(`PRAGMA analysis_limit = ${analysedRows}`)
  for (const table of tables) if (hasTable(connection, table)) connection.run(`ANALYZE ${quoted(table)}`)
}

/** Sets the planner's statistics back to what they were before the first refresh. */
export function restoreStatistics(connection: Connection): void {
  if (!hasTable(connection, 'headroom_stat')) return
  if (hasTable(connection, 'sqlite_stat1')) {
    connection.run('DELETE FROM sqlite_stat1')
    connection.run(
      'INSERT INTO sqlite_stat1 (rowid, tbl, idx, stat) SELECT id, tbl, idx, stat FROM headroom_stat',
    )
  }
  connection.run('DROP TABLE headroom_stat')
}
