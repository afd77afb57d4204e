import type { Failure } from '../../../model/failure.ts'
import type { ForeignKey, Table } from '../../../model/schema.ts'
import type { SeedPlan } from '../../../model/seed-plan.ts'
import type { KeySpan } from './dependents.ts'
import { isBetween } from './dependents.ts'
import type { LedgerTable, Segment } from '../database.ts'
import { referencesFailure } from '../references-failure.ts'
import type { Connection } from './connection.ts'
import { quoted } from './connection.ts'
import { hasTable, readLedger } from './ledger.ts'

/**
 * Records that a run is complete, in a transaction with a look at its references, since foreign keys were not enforced
 * while it was loaded. Throws `HR_SEED_REFERENCES` where somebody removed rows meanwhile that its rows refer to.
 */
export async function finishRun(connection: Connection, run: number): Promise<void> {
  const work = () => {
    const { unfinished, tables } = readLedger(connection)
    if (unfinished?.run !== run) return
    const broken = brokenReferences(connection, unfinished.plan, tables)
    if (broken !== null) throw broken
    connection.run('UPDATE headroom_run SET plan = NULL WHERE run = ?', [run])
  }
  await connection.transaction(work, { foreignKeys: false })
}

/** Looking each reference of so many rows up takes no longer than the rest of finishing. */
const fewRows = 100_000

/**
 * References are valid by construction: they can only be broken where a row is gone that they may refer to. So those of
 * many rows are looked up one by one only where that is so.
 */
function brokenReferences(
  connection: Connection,
  plan: SeedPlan,
  own: readonly LedgerTable[],
): Failure | null {
  const ledger = new Map(own.map((table) => [table.table, table]))
  for (const { table } of plan.tables) {
    const child = ledger.get(table.name)
    const segment = child?.reserved.at(-1)
    if (child === undefined || segment === undefined || !hasTable(connection, table.name)) continue
    const span = { table: table.name, first: segment.firstKey, last: segment.firstKey + segment.rows - 1 }
    for (const foreignKey of table.foreignKeys) {
      const parent = ledger.get(foreignKey.referencedTable)
      if (segment.rows > fewRows && areParentsThere(connection, plan, foreignKey, parent)) continue
      const rows = countBroken(connection, table, foreignKey, isBetween(child.key, 'c', span))
      if (rows > 0) return referencesFailure(table.name, foreignKey.referencedTable, rows)
    }
  }
  return null
}

function areParentsThere(
  connection: Connection,
  plan: SeedPlan,
  { referencedTable, referencedColumns }: ForeignKey,
  own: LedgerTable | undefined,
): boolean {
  if (!hasTable(connection, referencedTable)) return false
  if (own?.reserved.some((segment) => !isWhole(connection, own, segment)) === true) return false
  const existing = plan.existingKeys?.find(
    ({ table, columns }) => table === referencedTable && columns.join() === referencedColumns.join(),
  )
  const [column, ...more] = referencedColumns
  const keys = (existing?.keys ?? []).map(([key]) => key)
  if (keys.length === 0) return true
  if (column === undefined || more.length > 0) return false
  const missing = `SELECT count(*) AS n FROM json_each(?) AS k WHERE NOT EXISTS (SELECT 1 FROM ${quoted(referencedTable)} AS p WHERE p.${quoted(column)} = k.value)`
  return connection.number(missing, [JSON.stringify(keys)]) === 0
}

function isWhole(connection: Connection, { table, key }: LedgerTable, { firstKey, rows }: Segment): boolean {
  const span: KeySpan = { table, first: firstKey, last: firstKey + rows - 1 }
  const there = `SELECT count(*) AS n FROM ${quoted(table)} AS t WHERE ${isBetween(key, 't', span)}`
  return connection.number(there) === rows
}

function countBroken(
  connection: Connection,
  table: Table,
  { columns, referencedTable, referencedColumns }: ForeignKey,
  isOwn: string,
): number {
  const isSet = columns.map((name) => `c.${quoted(name)} IS NOT NULL`).join(' AND ')
  const matches = columns.map((name, i) => `p.${quoted(referencedColumns[i] ?? '')} = c.${quoted(name)}`)
  const parent = hasTable(connection, referencedTable)
    ? ` AND NOT EXISTS (SELECT 1 FROM ${quoted(referencedTable)} AS p WHERE ${matches.join(' AND ')})`
    : ''
  const sql = `SELECT count(*) AS n FROM ${quoted(table.name)} AS c WHERE ${isOwn} AND ${isSet}${parent}`
  return connection.number(sql) ?? 0
}
