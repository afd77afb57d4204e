import { createHash } from 'node:crypto'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../../model/failure.ts'
import type { Span } from '../database.ts'
import { dependentsFailure } from '../dependents.ts'
import type { Connection } from './connection.ts'
import { countDependents, type Ownership, type Reference, referencesTo, withoutIndex } from './dependents.ts'
import { codeOf } from './failures.ts'
import { ranks } from './fixtures.ts'
import { manyRows, type StoredTable } from './ledger.ts'
import { fullName, keyListName } from './names.ts'
import { isForeign, type KeyRange, keyRanges, sameKey } from './own-rows.ts'
import { putReferencesAway, spendOnIndexes } from './put-away.ts'
import { literal, quoted, quotedList } from './sql.ts'
import type { TableStorage } from './storage.ts'

/** How rows of one table are removed; found out once. */
export interface Removal {
  /** Whether the server may leave its own checks of references out, since this side made them under a lock. */
  readonly unchecked: boolean
}

/**
 * Finds out how rows of a table can be removed, and makes ready what the search for references to them needs: statistics
 * and an index of the key list, an index on every foreign key that has none, and, in a circle of tables, that the server
 * lets the references among Headroom's rows dangle until the last of them is gone. The ledger has all that must be put back.
 */
export async function prepareRemoval(
  connection: Connection,
  ownership: Ownership,
  table: StoredTable,
): Promise<Removal> {
  const storage = ownership.storage.get(table.table)
  if (storage === undefined) return { unchecked: false }
  if (table.key.kind === 'list') {
    const name = keyListName(table.number)
    await connection.query(`CREATE INDEX IF NOT EXISTS keys_${table.number}_id ON ${name} (id)`)
    await connection.query(`ANALYZE ${name}`)
  }
  const references = referencesTo(ownership, table.table)
  await spendOnIndexes(connection)
  for (const reference of await withoutIndex(connection, ownership, references))
    await lendIndex(connection, ownership, reference)
  const [row] = await connection.query(
    `SELECT pg_catalog.current_setting('is_superuser') = 'on' AND NOT EXISTS (
       SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = $1::oid AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 8 <> 0
     ) AS unchecked`,
    [storage.oid],
  )
  const unchecked = row?.unchecked === true
  // Children go first: one that still has rows closes a circle.
  const isCircle = references.some(
    ({ child }) => child.name !== table.table && (ownership.own.get(child.name)?.made.length ?? 0) > 0,
  )
  if (isCircle && !unchecked) await putReferencesAway(connection, storage, ownership.schema)
  return { unchecked }
}

/** Makes an index for the time of the undo; the ledger has the statement that drops it. */
async function lendIndex(
  connection: Connection,
  { storage }: Ownership,
  { child, foreignKey }: Reference,
): Promise<void> {
  const stored = storage.get(child.name)
  if (stored === undefined) return
  const columns = foreignKey.columns
  const name = `headroom_undo_${createHash('sha1')
    .update(JSON.stringify([stored.oid, columns]))
    .digest('hex')
    .slice(0, 16)}`
  await connection.transaction(async () => {
    await connection.query(
      `CREATE INDEX IF NOT EXISTS ${name} ON ${fullName(stored)} (${quotedList(columns)})`,
    )
    await connection.query(
      'INSERT INTO headroom.put_away (rank, object, name, stages) VALUES ($1, $2, $3, $4)',
      [
        ranks.lentIndex,
        name,
        l10n.t('temporary index of {0}', child.name),
        JSON.stringify([[`DROP INDEX IF EXISTS ${quoted(stored.schema)}.${name}`]]),
      ],
    )
  })
}

/** Joins the ledger's chunks of a table to the few spans that they are. */
export async function joinChunks(connection: Connection, { table, made }: StoredTable): Promise<void> {
  await connection.transaction(async () => {
    await connection.query('DELETE FROM headroom.chunk WHERE table_name = $1', [table])
    for (const { firstIndex, rows } of made)
      await connection.query('INSERT INTO headroom.chunk VALUES ($1, $2, $3, 0)', [table, firstIndex, rows])
  })
}

/**
 * Removes at most `maxRows` of the youngest rows with their ledger entry.
 * Nobody can add a reference to them meanwhile. Throws `HR_UNDO_DEPENDENTS` and changes nothing where somebody else's rows
 * refer to them: no cascade ever takes a row that the ledger does not know.
 */
export async function removeYoungest(
  connection: Connection,
  ownership: Ownership,
  table: StoredTable,
  removal: Removal,
  maxRows: number,
): Promise<number> {
  const span = table.made.at(-1)
  if (span === undefined) return 0
  const storage = ownership.storage.get(table.table)
  if (storage === undefined) {
    await connection.query('DELETE FROM headroom.chunk WHERE table_name = $1', [table.table])
    return 0
  }
  const segment = table.reserved.findLast(({ firstIndex }) => firstIndex < span.firstIndex + span.rows)
  const from = Math.max(span.firstIndex, segment?.firstIndex ?? 0, span.firstIndex + span.rows - maxRows)
  const part = { firstIndex: from, rows: span.firstIndex + span.rows - from }
  return connection.transaction(async () => {
    const only = rangeOf(table, part)
    await lockReferences(connection, ownership, table.table)
    const dependents = await countDependents(connection, ownership, table, only)
    if (dependents.length > 0) throw dependentsFailure(dependents)
    if (removal.unchecked) await connection.query('SET LOCAL session_replication_role = replica')
    const removed = await deleteRows(connection, table, storage, only)
    await connection.query(
      part.rows === span.rows
        ? `DELETE FROM headroom.chunk WHERE table_name = ${literal(table.table)} AND first_index = ${span.firstIndex}`
        : `UPDATE headroom.chunk SET row_count = row_count - ${part.rows} WHERE table_name = ${literal(table.table)} AND first_index = ${span.firstIndex}`,
    )
    await giveReservationsBack(connection, table.table, part.firstIndex)
    return removed
  })
}

/** What a finished run set aside from `end` on is no longer meant to be there; an unfinished one may still be resumed. */
async function giveReservationsBack(connection: Connection, table: string, end: number): Promise<void> {
  const own = `table_name = ${literal(table)} AND run IN (SELECT run FROM headroom.run WHERE finished)`
  await connection.query(`DELETE FROM headroom.reservation WHERE ${own} AND first_index >= ${end}`)
  await connection.query(
    `UPDATE headroom.reservation SET row_count = ${end} - first_index WHERE ${own} AND first_index + row_count > ${end}`,
  )
}

/** Keys of a `range` table, or numbers in the key list. */
function rangeOf(table: StoredTable, part: Span): KeyRange {
  if (table.key.kind === 'list') return { first: part.firstIndex + 1, last: part.firstIndex + part.rows }
  const [range] = keyRanges({ reserved: table.reserved, made: [part] })
  if (range === undefined)
    throw new Failure('HR_LEDGER_FORMAT', l10n.t('The ledger has no keys for `{0}`.', table.table))
  return range
}

/** Until the transaction ends, nobody adds or changes a row that could refer to one that is removed. */
async function lockReferences(connection: Connection, ownership: Ownership, table: string): Promise<void> {
  const children = referencesTo(ownership, table).flatMap(
    ({ child }) => ownership.storage.get(child.name) ?? [],
  )
  const names = [...new Set(children.toSorted((a, b) => a.oid - b.oid).map(fullName))]
  if (names.length > 0) await connection.query(`LOCK TABLE ${names.join(', ')} IN SHARE MODE`)
}

async function deleteRows(
  connection: Connection,
  table: StoredTable,
  storage: TableStorage,
  { first, last }: KeyRange,
): Promise<number> {
  const between = `BETWEEN ${first} AND ${last}`
  if (table.key.kind === 'range')
    return connection.run(
      `DELETE FROM ${fullName(storage)} WHERE ${quoted(table.key.columns[0] ?? '')} ${between}`,
    )
  const keys = keyListName(table.number)
  const removed = await connection.run(
    `DELETE FROM ${fullName(storage)} AS t USING ${keys} AS k WHERE k.id ${between} AND ${sameKey(table, 't')}`,
  )
  await connection.run(`DELETE FROM ${keys} WHERE id ${between}`)
  return removed
}

/**
 * Empties a table that holds many rows and nothing but Headroom's, and that nothing refers to: in no time, whatever its
 * size. Gives the number of rows, or null where it is not so.
 */
export async function removeAll(
  connection: Connection,
  ownership: Ownership,
  table: StoredTable,
): Promise<number | null> {
  const all = table.made.reduce((sum, { rows }) => sum + rows, 0)
  const storage = ownership.storage.get(table.table)
  const isReferred = referencesTo(ownership, table.table).some(({ child }) => child.name !== table.table)
  if (all <= manyRows || storage === undefined || table.key.kind === 'list' || isReferred) return null
  const name = fullName(storage)
  const work = async () => {
    await connection.query(`SET LOCAL lock_timeout = '500ms'`)
    await connection.query(`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`)
    const [row] = await connection.query(
      `SELECT EXISTS (SELECT FROM ${name} AS t WHERE ${isForeign(table, 't')}) OR EXISTS (
         SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = $1::oid AND NOT tgisinternal) OR EXISTS (
         SELECT FROM pg_catalog.pg_constraint WHERE contype = 'f' AND confrelid = $1::oid AND conrelid <> $1::oid) AS kept`,
      [storage.oid],
    )
    if (row?.kept !== false) return null
    await connection.query(`TRUNCATE ${name}`)
    await connection.query('DELETE FROM headroom.chunk WHERE table_name = $1', [table.table])
    return all
  }
  // Where somebody reads the table or this user may not empty it, its rows go chunk by chunk.
  return connection.transaction(work).catch((error: unknown) => {
    if (/^(?:55P03|42501|0A000)$/.test(codeOf(error))) return null
    throw error
  })
}

/** Gives the room of many removed rows back, lest the search for references to their parents stumbles over them. */
export async function tidyUp(
  connection: Connection,
  storage: TableStorage | undefined,
  removed: number,
): Promise<void> {
  if (storage !== undefined && removed > manyRows)
    await connection.query(`VACUUM (ANALYZE) ${fullName(storage)}`)
}
