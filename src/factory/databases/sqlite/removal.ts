import { Failure } from '../../../model/failure.ts'
import type { Table } from '../../../model/schema.ts'
import type { Segment } from '../database.ts'
import { dependentsFailure } from '../dependents.ts'
import type { Connection } from './connection.ts'
import { quoted } from './connection.ts'
import { countDependents, isBetween } from './dependents.ts'
import { hasTable, keyListName, readLedger } from './ledger.ts'
import { youngestSegments } from '../segments.ts'

const fewestRows = 50

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
  const work = (): number | null => {
    if (!hasTable(connection, 'headroom_run')) return null
    const ledger = readLedger(connection)
    const own = ledger.tables.find((candidate) => candidate.table === table)
    if (own === undefined || own.made.length === 0) return null
    const exists = hasTable(connection, table)
    let removed = 0
    for (const segment of youngestSegments(own, maxRows)) {
      const span = { table, first: segment.firstKey, last: segment.firstKey + segment.rows - 1 }
      if (exists) {
        const dependents = countDependents(connection, tables, ledger, span)
        if (dependents.length > 0) throw dependentsFailure(dependents)
        removed += connection.run(`DELETE FROM ${quoted(table)} AS t WHERE ${isBetween(own.key, 't', span)}`)
      }
      if (own.key.kind === 'list') {
        connection.run(`DELETE FROM ${quoted(keyListName(table))} WHERE id BETWEEN ? AND ?`, [
          span.first,
          span.last,
        ])
      }
      forget(connection, table, segment, ledger.unfinished !== null)
    }
    return removed
  }
  try {
    return await connection.transaction(work, { signal, foreignKeys: false })
  } catch (error) {
    // The journal of fewer rows may still fit.
    const isFull = error instanceof Failure && error.data.code === 'HR_DATABASE_FULL'
    if (!isFull || maxRows <= fewestRows) throw error
    return removeYoungest(connection, tables, { table, maxRows: Math.ceil(maxRows / 4), signal })
  }
}

/**
 * Takes a segment, which the youngest entries cover to their end, out of the ledger. Without an unfinished run, which may
 * be resumed, it is not set aside any more either: what is seeded next goes on from the rows that are left.
 */
function forget(connection: Connection, table: string, { firstIndex }: Segment, isOpen: boolean): void {
  for (const name of isOpen ? ['made'] : ['made', 'segment']) {
    connection.run(`DELETE FROM headroom_${name} WHERE table_name = ? AND first_index >= ?`, [
      table,
      firstIndex,
    ])
    connection.run(
      `UPDATE headroom_${name} SET row_count = ?2 - first_index WHERE table_name = ?1 AND first_index + row_count > ?2`,
      [table, firstIndex],
    )
  }
}
