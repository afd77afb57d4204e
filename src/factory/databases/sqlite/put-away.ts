import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { LoadStep, SeedTarget } from '../database.ts'
import type { Connection } from './connection.ts'
import { quoted } from './connection.ts'
import { text } from './introspection.ts'
import { hasTable, readLedger } from './ledger.ts'
import { hasStatistics, keepStatistics, refreshStatistics } from './statistics.ts'

/** Below, an index is kept up faster than it is built again, and the app keeps it. */
const fewestRows = 50_000
/** Sorting so many rows into an index takes less than adding one to it, with the pages that each commit writes again. */
const existingPerNewRow = 8

interface Index {
  readonly name: string
  readonly table: string
  readonly sql: string
}

/**
 * Drops the indexes of tables that get many rows for their size; the ledger has their SQL from the same transaction on.
 * Those stay that a foreign key needs to find its parents.
 */
export async function putIndexesAway(
  connection: Connection,
  targets: readonly SeedTarget[],
  onStep: (step: LoadStep) => void,
): Promise<void> {
  // Dropping an index would take statistics along that this SQLite cannot make again.
  if (hasTable(connection, 'sqlite_stat4')) return
  const indexes = targets
    .filter((target) => paysFor(connection, target))
    .flatMap(({ table }) => droppableIndexes(connection, table.name))
  for (const [done, index] of indexes.entries()) {
    onStep({ name: l10n.t('index {0}', index.name), done, total: indexes.length })
    const work = () => {
      keepStatistics(connection)
      connection.run('INSERT INTO headroom_away (name, table_name, sql) VALUES (?, ?, ?)', [
        index.name,
        index.table,
        index.sql,
      ])
      connection.run(`DROP INDEX ${quoted(index.name)}`)
    }
    await connection.transaction(work, { foreignKeys: false })
  }
}

function paysFor(connection: Connection, { table }: SeedTarget): boolean {
  const { tables, unfinished } = readLedger(connection)
  const own = tables.find((known) => known.table === table.name)
  if (own === undefined || unfinished === null) return false
  const made = own.made.reduce((sum, { rows }) => sum + rows, 0)
  const missing = own.reserved.reduce((sum, { rows }) => sum + rows, 0) - made
  if (missing < fewestRows) return false
  const existing = connection.number(`SELECT count(*) AS n FROM ${quoted(table.name)}`) ?? 0
  return existing <= missing * existingPerNewRow
}

function droppableIndexes(connection: Connection, table: string): readonly Index[] {
  const isReferenced = connection.all(
    `SELECT 1 FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f
     WHERE s.type = 'table' AND lower(f."table") = lower(?) LIMIT 1`,
    [table],
  )
  const kept = isReferenced.length > 0 ? 'AND NOT l."unique"' : ''
  return connection
    .all(
      `SELECT s.name, s.sql FROM pragma_index_list(?) AS l JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = l.name
       WHERE s.sql IS NOT NULL ${kept} ORDER BY s.rowid`,
      [table],
    )
    .map((row) => ({ name: text(row.name), table, sql: text(row.sql) }))
}

/**
 * Builds the indexes again that the ledger has, each in a transaction of its own, and refreshes the planner's statistics.
 * One that rows of others don't let be unique any more stays in the ledger; `HR_DATABASE_CONSTRAINT` is thrown for it
 * once the others are built.
 */
export async function putIndexesBack(
  connection: Connection,
  onStep: (step: LoadStep) => void,
): Promise<void> {
  if (!hasTable(connection, 'headroom_away')) return
  const away = connection.all('SELECT * FROM headroom_away ORDER BY id')
  let refused: unknown = null
  for (const [done, row] of away.entries()) {
    const name = text(row.name)
    onStep({ name: l10n.t('index {0}', name), done, total: away.length })
    const work = () => {
      const isThere = connection.all('SELECT 1 FROM sqlite_schema WHERE name = ?', [name]).length > 0
      if (!isThere && hasTable(connection, text(row.table_name))) connection.runSorting(text(row.sql))
      connection.run('DELETE FROM headroom_away WHERE id = ?', [Number(row.id)])
    }
    try {
      await connection.transaction(work, { foreignKeys: false })
    } catch (error) {
      if (!(error instanceof Failure && error.data.code === 'HR_DATABASE_CONSTRAINT')) throw error
      refused = new Failure(
        'HR_DATABASE_CONSTRAINT',
        l10n.t(
          'The unique index {0} of `{1}` cannot be built again: rows that were added meanwhile have the same values. Remove them, then resume or undo.',
          name,
          text(row.table_name),
        ),
        { cause: error },
      )
    }
  }
  if (refused !== null) throw refused
  if (!hasStatistics(connection)) return
  onStep({ name: l10n.t('statistics'), done: away.length, total: away.length })
  const tables = readLedger(connection).tables.map(({ table }) => table)
  await connection.transaction(() => refreshStatistics(connection, tables), { foreignKeys: false })
}
