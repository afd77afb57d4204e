import type { Table } from '../../../model/schema.ts'
import type { LedgerTable, Segment } from '../database.ts'
import { dependentsFailure } from '../dependents.ts'
import { youngestSegments } from '../segments.ts'
import type { Connection } from './connection.ts'
import { hasTable, keyListName, readLedger } from './ledger.ts'
import { countDependents, isInSegments, listedRows, refersToKey } from './own-rows.ts'
import { quoted } from './sql.ts'

/** Which rows {@link removeYoungest} takes. */
export interface Removal {
  readonly table: string
  readonly maxRows: number
  readonly signal: AbortSignal
}

/**
 * Removes up to `maxRows` of one table's youngest rows and what the ledger says of them. Gives the number of rows that
 * were still there, or null where the ledger has none left. Throws `HR_UNDO_DEPENDENTS` and changes nothing where somebody
 * else's rows refer to them. Foreign keys are not enforced meanwhile: the check replaces them, so that no cascade can take
 * a row that the ledger does not know.
 */
export async function removeYoungest(
  connection: Connection,
  tables: readonly Table[],
  { table, maxRows, signal }: Removal,
): Promise<number | null> {
  const ledger = await readLedger(connection)
  const own = ledger.tables.find((candidate) => candidate.table === table)
  if (own === undefined || own.made.length === 0) return null
  const exists = await hasTable(connection, table)
  const segments = youngestSegments(own, maxRows)
  const check = async () => {
    const dependents = await countDependents(connection, tables, ledger, { table, segments })
    if (dependents.length > 0) throw dependentsFailure(dependents)
  }
  const work = async (): Promise<number> => {
    let removed = 0
    if (exists) {
      // Whoever wants to refer to the rows now waits for the end of this transaction, and finds them gone.
      if (isReferredToOtherwise(tables, own)) {
        await lockRows(connection, own, segments)
        await check()
        removed = await removeRows(connection, own, segments)
      } else {
        removed = await removeRows(connection, own, segments)
        await check()
      }
    }
    await forgetMade(connection, own, segments)
    return removed
  }
  await connection.enforceForeignKeys(false)
  return connection.transaction(work, { signal })
}

/** Whether foreign keys refer to columns that the ledger doesn't have: once rows are gone, who refers to them can't be told. */
function isReferredToOtherwise(tables: readonly Table[], { table, key }: LedgerTable): boolean {
  const foreignKeys = tables.flatMap((each) => each.foreignKeys)
  return foreignKeys.some((each) => each.referencedTable === table && !refersToKey(each, key))
}

async function lockRows(
  connection: Connection,
  own: LedgerTable,
  segments: readonly Segment[],
): Promise<void> {
  const { from, where } = rowsIn(own, segments)
  await connection.rows(`SELECT count(*) AS n FROM ${from} WHERE ${where} FOR UPDATE`)
}

async function removeRows(
  connection: Connection,
  own: LedgerTable,
  segments: readonly Segment[],
): Promise<number> {
  const { from, where } = rowsIn(own, segments)
  const name = quoted(own.table)
  // Deleting from one table takes a quarter less than from joined ones.
  const sql =
    own.key.kind === 'list'
      ? `DELETE t FROM ${from} WHERE ${where}`
      : `DELETE FROM ${name} WHERE ${isInSegments(own.key, segments, name)}`
  return (await connection.run(sql)).affectedRows
}

function rowsIn(
  own: LedgerTable,
  segments: readonly Segment[],
): { readonly from: string; readonly where: string } {
  if (own.key.kind === 'list') return listedRows(own, segments)
  return { from: `${quoted(own.table)} AS t`, where: isInSegments(own.key, segments, 't') }
}

/** Takes segments, which the youngest entries cover to their end, out of the ledger. */
export async function forgetMade(
  connection: Connection,
  { table, key }: LedgerTable,
  segments: readonly Segment[],
): Promise<void> {
  if (key.kind === 'list' && (await hasTable(connection, keyListName(table)))) {
    const where = isInSegments({ kind: 'range', columns: ['id'] }, segments, 'k')
    await connection.run(`DELETE k FROM ${quoted(keyListName(table))} AS k WHERE ${where}`)
  }
  const oldest = segments.at(-1)?.firstIndex ?? 0
  await connection.run('DELETE FROM headroom_chunk WHERE table_name = ? AND first_index >= ?', [
    table,
    oldest,
  ])
  await connection.run(
    'UPDATE headroom_chunk SET row_count = ? - first_index WHERE table_name = ? AND first_index + row_count > ?',
    [oldest, table, oldest],
  )
  // What a complete run had set aside and has no row of any more was never asked for: further rows begin there again.
  await connection.run(
    `DELETE r FROM headroom_reservation AS r JOIN headroom_run AS u USING (run)
     WHERE r.table_name = ? AND r.first_index >= ? AND u.is_complete`,
    [table, oldest],
  )
  await connection.run(
    `UPDATE headroom_reservation AS r JOIN headroom_run AS u USING (run) SET r.row_count = ? - r.first_index
     WHERE r.table_name = ? AND r.first_index + r.row_count > ? AND u.is_complete`,
    [oldest, table, oldest],
  )
}
