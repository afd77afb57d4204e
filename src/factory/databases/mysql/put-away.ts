import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { Ledger, LoadStep, SeedTarget } from '../database.ts'
import { readCounter } from './counters.ts'
import type { Connection, Row } from './connection.ts'
import { hasLedger, hasTable, readLedger } from './ledger.ts'
import { quoted, text } from './sql.ts'

/** Below, an index is kept up faster than it is built again, and the app keeps it. */
const fewestRows = 50_000
/** Building an index again costs half as much for each row that is there as keeping it up for each that is added. */
const existingPerNewRow = 2

/** A secondary index or a foreign key, as SHOW CREATE TABLE words it. */
interface Part {
  readonly name: string
  readonly isForeignKey: boolean
  readonly definition: string
}

/**
 * Drops the secondary indexes and foreign keys of tables that get many rows for their size, each table's in one statement;
 * the ledger has their definitions before. Unique ones stay, for programs that count on them, and so do those that
 * something else needs.
 */
export async function putPartsAway(
  connection: Connection,
  targets: readonly SeedTarget[],
  onStep: (step: LoadStep) => void,
): Promise<void> {
  const ledger = await readLedger(connection)
  const work: { readonly table: string; readonly parts: readonly Part[] }[] = []
  for (const { table } of targets) {
    if (!(await paysFor(connection, table.name, ledger))) continue
    const parts = await droppableParts(connection, table.name, table.primaryKey)
    if (parts.length > 0) work.push({ table: table.name, parts })
  }
  for (const [done, { table, parts }] of work.entries()) {
    onStep({ name: l10n.t('indexes of {0}', table), done, total: work.length })
    await dropParts(connection, table, parts)
  }
}

async function paysFor(
  connection: Connection,
  table: string,
  { tables, unfinished }: Ledger,
): Promise<boolean> {
  const own = tables.find((known) => known.table === table)
  if (own === undefined || unfinished === null) return false
  const made = own.made.reduce((sum, { rows }) => sum + rows, 0)
  const missing = own.reserved.reduce((sum, { rows }) => sum + rows, 0) - made
  if (missing < fewestRows) return false
  return (await estimatedRows(connection, table)) <= missing * existingPerNewRow
}

/** The number of rows by the server's statistics. */
export async function estimatedRows(connection: Connection, table: string): Promise<number> {
  const rows = await connection.number(
    'SELECT TABLE_ROWS AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
    [table],
  )
  return rows ?? 0
}

async function droppableParts(
  connection: Connection,
  table: string,
  primaryKey: readonly string[],
): Promise<readonly Part[]> {
  const counter = await readCounter(connection, table)
  const isNeeded = counter !== null && counter.column !== primaryKey[0]
  if (isNeeded || (await isReferredToByIndex(connection, table))) return []
  const parts = await partsOf(connection, table)
  return parts.some(({ isForeignKey }) => !isForeignKey) ? parts : []
}

/** Whether a foreign key refers to columns that only a secondary index that isn't unique finds. */
async function isReferredToByIndex(connection: Connection, table: string): Promise<boolean> {
  const found = await connection.number(
    `SELECT count(*) AS n FROM information_schema.KEY_COLUMN_USAGE AS r
     WHERE r.REFERENCED_TABLE_SCHEMA = DATABASE() AND r.REFERENCED_TABLE_NAME = ? AND r.POSITION_IN_UNIQUE_CONSTRAINT = 1
     AND NOT EXISTS (SELECT 1 FROM information_schema.STATISTICS AS s
       WHERE s.TABLE_SCHEMA = DATABASE() AND s.TABLE_NAME = ? AND s.NON_UNIQUE = 0 AND s.SEQ_IN_INDEX = 1
         AND s.COLUMN_NAME = r.REFERENCED_COLUMN_NAME)`,
    [table, table],
  )
  return found !== 0
}

async function partsOf(connection: Connection, table: string): Promise<readonly Part[]> {
  const [row] = await connection.rows(`SHOW CREATE TABLE ${quoted(table)}`)
  const lines = text(row?.['Create Table']).split('\n')
  return lines.flatMap((line): readonly Part[] => {
    const definition = line.trim().replace(/,$/, '')
    const [, kind = '', name] = /^(KEY|CONSTRAINT) `((?:[^`]|``)+)` /.exec(definition) ?? []
    if (
      name === undefined ||
      (kind === 'CONSTRAINT' && !/^CONSTRAINT `(?:[^`]|``)+` FOREIGN KEY /.test(definition))
    )
      return []
    return [{ name: name.replaceAll('``', '`'), isForeignKey: kind === 'CONSTRAINT', definition }]
  })
}

async function dropParts(connection: Connection, table: string, parts: readonly Part[]): Promise<void> {
  await connection.transaction(async () => {
    for (const { name, isForeignKey, definition } of parts)
      await connection.run(
        'INSERT INTO headroom_put_away (table_name, name, is_foreign_key, definition) VALUES (?, ?, ?, ?)',
        [table, name, isForeignKey, definition],
      )
  })
  const ordered = parts.toSorted((a, b) => Number(b.isForeignKey) - Number(a.isForeignKey))
  const drops = ordered.map(
    ({ name, isForeignKey }) => `DROP ${isForeignKey ? 'FOREIGN KEY' : 'KEY'} ${quoted(name)}`,
  )
  await connection.enforceForeignKeys(false)
  try {
    await connection.run(`ALTER TABLE ${quoted(table)} ${drops.join(', ')}`)
  } catch (error) {
    // Somebody uses the table right now: then it is loaded as it stands.
    if (!(error instanceof Failure && error.data.code === 'HR_DATABASE_LOCKED')) throw error
    await forget(connection, table)
  }
}

/**
 * Builds what is away again, each table's in one statement, without a look at each row's reference: that is
 * `verifyReferences`' part. Then has the server look at the tables' statistics again.
 */
export async function putPartsBack(connection: Connection, onStep: (step: LoadStep) => void): Promise<void> {
  if (!(await hasLedger(connection))) return
  const rows = await connection.rows("SELECT * FROM headroom_put_away WHERE name <> '' ORDER BY id")
  const away = [...Map.groupBy(rows, (row) => text(row.table_name))]
  for (const [done, [table, parts]] of away.entries()) {
    onStep({ name: l10n.t('indexes of {0}', table), done, total: away.length })
    if (await hasTable(connection, table)) await buildParts(connection, table, parts)
    await forget(connection, table)
  }
  if (away.length > 0) onStep({ name: l10n.t('statistics'), done: away.length, total: away.length })
  for (const { table } of (await readLedger(connection)).tables) {
    if (await hasTable(connection, table))
      await connection.rows(`ANALYZE NO_WRITE_TO_BINLOG TABLE ${quoted(table)}`)
  }
}

async function buildParts(connection: Connection, table: string, parts: readonly Row[]): Promise<void> {
  const present = await partsOf(connection, table)
  const missing = parts.filter(
    (row) =>
      !present.some(
        (part) => part.name === text(row.name) && part.isForeignKey === (Number(row.is_foreign_key) === 1),
      ),
  )
  if (missing.length === 0) return
  await connection.enforceForeignKeys(false)
  const additions = missing.map((row) => `ADD ${text(row.definition)}`)
  await connection.run(`ALTER TABLE ${quoted(table)} ${additions.join(', ')}`)
}

async function forget(connection: Connection, table: string): Promise<void> {
  await connection.run("DELETE FROM headroom_put_away WHERE table_name = ? AND name <> ''", [table])
}
