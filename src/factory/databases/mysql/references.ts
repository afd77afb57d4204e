import type { ForeignKey } from '../../../model/schema.ts'
import type { LedgerTable, Segment } from '../database.ts'
import { referencesFailure } from '../references-failure.ts'
import type { Connection } from './connection.ts'
import { hasTable, readLedger } from './ledger.ts'
import { isInSegments, listedRows } from './own-rows.ts'
import { estimatedRows } from './put-away.ts'
import { markComplete } from './runs.ts'
import { quoted, quotedList } from './sql.ts'

/** Up to this share of a table, its rows are looked at by their keys; above, all different references at once. */
const smallShare = 0.25

/**
 * Records that a run is complete, after a look at its references, since foreign keys are not enforced while it is loaded.
 * Throws `HR_SEED_REFERENCES` where somebody removed rows meanwhile that its rows refer to.
 */
export async function finishRun(connection: Connection, run: number): Promise<void> {
  const { unfinished, tables } = await readLedger(connection)
  if (unfinished?.run !== run) return
  for (const { table } of unfinished.plan.tables) {
    const own = tables.find((candidate) => candidate.table === table.name)
    const segment = own?.reserved.at(-1)
    if (own === undefined || segment === undefined || !(await hasTable(connection, table.name))) continue
    for (const foreignKey of table.foreignKeys) {
      const rows = await countBroken(connection, own, segment, foreignKey)
      if (rows > 0) throw referencesFailure(table.name, foreignKey.referencedTable, rows)
    }
  }
  await markComplete(connection, run)
}

/** How many rows of a segment refer to nothing. */
async function countBroken(
  connection: Connection,
  own: LedgerTable,
  segment: Segment,
  foreignKey: ForeignKey,
): Promise<number> {
  const { columns } = foreignKey
  const isMost = segment.rows > (await estimatedRows(connection, own.table)) * smallShare
  if (isMost) {
    const isSet = columns.map((name) => `${quoted(name)} IS NOT NULL`).join(' AND ')
    const all = `(SELECT DISTINCT ${quotedList(columns)} FROM ${quoted(own.table)} WHERE ${isSet}) AS t`
    if ((await countOrphans(connection, all, 'TRUE', foreignKey)) === 0) return 0
  }
  const { from, where } =
    own.key.kind === 'list'
      ? listedRows(own, [segment])
      : { from: `${quoted(own.table)} AS t`, where: isInSegments(own.key, [segment], 't') }
  const isSet = columns.map((name) => `t.${quoted(name)} IS NOT NULL`).join(' AND ')
  return countOrphans(connection, from, `(${where}) AND ${isSet}`, foreignKey)
}

async function countOrphans(
  connection: Connection,
  from: string,
  where: string,
  { columns, referencedTable, referencedColumns }: ForeignKey,
): Promise<number> {
  const matches = columns.map((name, i) => `p.${quoted(referencedColumns[i] ?? '')} = t.${quoted(name)}`)
  const isMissing = `p.${quoted(referencedColumns[0] ?? '')} IS NULL`
  const parents = referencedTable.includes('.')
    ? referencedTable.split('.').map(quoted).join('.')
    : quoted(referencedTable)
  const sql = `SELECT count(*) AS n FROM ${from} LEFT JOIN ${parents} AS p ON ${matches.join(' AND ')} WHERE ${where} AND ${isMissing}`
  return (await connection.number(sql)) ?? 0
}
