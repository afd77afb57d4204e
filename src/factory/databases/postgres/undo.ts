import { Failure } from '../../../model/failure.ts'
import type { Span } from '../database.ts'
import { dependentsFailure } from '../dependents.ts'
import type { Connection } from './connection.ts'
import { areIndexed, countDependents, type Ownership, referencesTo } from './dependents.ts'
import { manyRows, type StoredTable } from './ledger.ts'
import { fullName, keyListName } from './names.ts'
import { isForeign, type KeyRange, keyRanges, sameKey } from './own-rows.ts'
import { literal, quoted } from './sql.ts'
import type { TableStorage } from './storage.ts'

/** Where a reference can't be followed backwards by an index, each chunk reads the whole child: so few chunks then. */
const fewChunks = 8

/** How rows of one table are removed; found out once. */
export interface Removal {
  /** Whether the server may leave its own checks of references out, since this side made them under a lock. */
  readonly unchecked: boolean
  readonly indexed: boolean
  /** Whether the server's checks of references would stand in the way, or take too long. */
  readonly needsReferencesAway: boolean
}

/** Finds out how rows of a table can be removed, and makes its key list ready to be searched. */
export async function prepareRemoval(
  connection: Connection,
  ownership: Ownership,
  table: StoredTable,
): Promise<Removal> {
  const storage = ownership.storage.get(table.table)
  if (storage === undefined) return { unchecked: false, indexed: true, needsReferencesAway: false }
  if (table.key.kind === 'list') {
    const name = keyListName(table.number)
    await connection.query(`CREATE INDEX IF NOT EXISTS keys_${table.number}_id ON ${name} (id)`)
    await connection.query(`ANALYZE ${name}`)
  }
  const [row] = await connection.query(
    `SELECT pg_catalog.current_setting('is_superuser') = 'on' AND NOT EXISTS (
       SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = $1::oid AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 8 <> 0
     ) AS unchecked`,
    [storage.oid],
  )
  const references = referencesTo(ownership, table.table)
  const unchecked = row?.unchecked === true
  const indexed = await areIndexed(connection, ownership, references)
  // Children go first: one that still has rows closes a circle.
  const isCircle = references.some(
    ({ child }) => child.name !== table.table && (ownership.own.get(child.name)?.made.length ?? 0) > 0,
  )
  return { unchecked, indexed, needsReferencesAway: !unchecked && (isCircle || !indexed) }
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
 * Removes at most about `maxRows` of the youngest rows with their ledger entry; all of them where the table has no others.
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
  const all = table.made.reduce((sum, { rows }) => sum + rows, 0)
  if (all > maxRows && (await emptied(connection, table, storage, ownership))) return all
  const most = removal.indexed ? maxRows : Math.max(maxRows, Math.ceil(all / fewChunks))
  const segment = table.reserved.findLast(({ firstIndex }) => firstIndex < span.firstIndex + span.rows)
  const from = Math.max(span.firstIndex, segment?.firstIndex ?? 0, span.firstIndex + span.rows - most)
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
    return removed
  })
}

/** Keys of a `range` table, or numbers in the key list. */
function rangeOf(table: StoredTable, part: Span): KeyRange {
  if (table.key.kind === 'list') return { first: part.firstIndex + 1, last: part.firstIndex + part.rows }
  const [range] = keyRanges({ reserved: table.reserved, made: [part] })
  if (range === undefined) throw new Failure('HR_LEDGER_FORMAT', `The ledger has no keys for \`${table.table}\`.`)
  return range
}

/** Until the transaction ends, nobody adds or changes a row that could refer to one that is removed. */
async function lockReferences(connection: Connection, ownership: Ownership, table: string): Promise<void> {
  const children = referencesTo(ownership, table).flatMap(({ child }) => ownership.storage.get(child.name) ?? [])
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
    return connection.run(`DELETE FROM ${fullName(storage)} WHERE ${quoted(table.key.columns[0] ?? '')} ${between}`)
  const keys = keyListName(table.number)
  const removed = await connection.run(
    `DELETE FROM ${fullName(storage)} AS t USING ${keys} AS k WHERE k.id ${between} AND ${sameKey(table, 't')}`,
  )
  await connection.run(`DELETE FROM ${keys} WHERE id ${between}`)
  return removed
}

/** Empties a table that holds nothing but Headroom's rows, and that nothing refers to: in no time, whatever its size. */
async function emptied(
  connection: Connection,
  table: StoredTable,
  storage: TableStorage,
  ownership: Ownership,
): Promise<boolean> {
  if (table.key.kind === 'list' || referencesTo(ownership, table.table).some(({ child }) => child.name !== table.table))
    return false
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
    if (row?.kept !== false) return false
    await connection.query(`TRUNCATE ${name}`)
    await connection.query('DELETE FROM headroom.chunk WHERE table_name = $1', [table.table])
    return true
  }
  // Where somebody reads the table or this user may not empty it, its rows go one by one.
  return connection.transaction(work).catch(() => false)
}

/** Gives the room of many removed rows back, lest the search for references to their parents stumbles over them. */
export async function tidyUp(
  connection: Connection,
  storage: TableStorage | undefined,
  removed: number,
): Promise<void> {
  if (storage !== undefined && removed > manyRows) await connection.query(`VACUUM (ANALYZE) ${fullName(storage)}`)
}
