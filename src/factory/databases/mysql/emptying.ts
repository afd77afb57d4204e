import { Failure } from '../../../model/failure.ts'
import type { Table } from '../../../model/schema.ts'
import type { LedgerTable, Segment } from '../database.ts'
import { madeSegments } from '../segments.ts'
import type { Connection } from './connection.ts'
import { readCounter, setCounter } from './counters.ts'
import { hasLedger, hasTable, readLedger } from './ledger.ts'
import { isInSegments } from './own-rows.ts'
import { forgetMade } from './removal.ts'
import { numberOrNull, quoted, text } from './sql.ts'

/** Fewer rows are gone chunk by chunk before the table is locked. */
const fewestRows = 20_000
/** Others wait for the table as long as Headroom waits to have it for itself. */
const lockPatienceSeconds = 1

/**
 * Empties a table that holds nothing but Headroom's rows, and that nothing else refers to: in no time, whatever its size.
 * Gives the number of rows, or null where it is not so, or where somebody uses the table. TRUNCATE commits by itself and
 * begins to number anew: the ledger keeps the counter before, and {@link settleEmptyings} does what a kill left undone.
 */
export async function emptyTable(
  connection: Connection,
  tables: readonly Table[],
  name: string,
): Promise<number | null> {
  const own = (await readLedger(connection)).tables.find(({ table }) => table === name)
  const table = tables.find((candidate) => candidate.name === name)
  if (own === undefined || table === undefined || !mayBeEmptied(own, table, tables)) return null
  const rows = own.made.reduce((sum, span) => sum + span.rows, 0)
  await connection.run(
    "INSERT INTO headroom_put_away (table_name, name, is_foreign_key, definition) VALUES (?, '', FALSE, ?)",
    [name, String((await readCounter(connection, name))?.next ?? '')],
  )
  try {
    return (await truncate(connection, own)) ? rows : null
  } catch (error) {
    if (!(error instanceof Failure && refusals.has(error.data.code))) throw error
    return null
  } finally {
    await settleEmptyings(connection)
  }
}

/** In use, not allowed, no room for the new file, or referred to from another database: then rows go chunk by chunk. */
const refusals: ReadonlySet<string> = new Set([
  'HR_DATABASE_LOCKED',
  'HR_DATABASE_PERMISSION',
  'HR_DATABASE_FULL',
  'HR_DATABASE',
])

function mayBeEmptied(own: LedgerTable, { triggers = [] }: Table, tables: readonly Table[]): boolean {
  const isReferred = tables.some(
    ({ name, foreignKeys }) =>
      name !== own.table && foreignKeys.some(({ referencedTable }) => referencedTable === own.table),
  )
  const rows = own.made.reduce((sum, span) => sum + span.rows, 0)
  return own.key.kind === 'range' && rows >= fewestRows && triggers.length === 0 && !isReferred
}

/** Has the table for itself from the look at its rows to their end. Gives false where somebody else has rows in it. */
async function truncate(connection: Connection, own: LedgerTable): Promise<boolean> {
  const name = quoted(own.table)
  const before = await readCounter(connection, own.table)
  // Then the server itself refuses where something refers to the table.
  await connection.enforceForeignKeys(true)
  await connection.waitForTables(lockPatienceSeconds)
  try {
    await connection.run(`LOCK TABLES ${name} WRITE`)
    const others = isOutside(own, madeSegments(own))
    const foreign = await connection.number(`SELECT 1 AS n FROM ${name} WHERE ${others} LIMIT 1`)
    if (foreign !== null || (await readCounter(connection, own.table))?.next !== before?.next) return false
    await connection.run(`TRUNCATE TABLE ${name}`)
    if (before !== null) await setCounter(connection, own.table, before.next)
    return true
  } finally {
    await connection.run('UNLOCK TABLES').catch(() => {})
    await connection.waitForTables(null).catch(() => {})
  }
}

/** SQL for "the key of this row is in none of these segments", as ranges that an index finds. */
function isOutside({ table, key }: LedgerTable, segments: readonly Segment[]): string {
  const column = `${quoted(table)}.${quoted(key.columns[0] ?? '')}`
  const ordered = segments.toSorted((a, b) => a.firstKey - b.firstKey)
  const gaps = ordered.map(({ firstKey, rows }, i) => {
    const next = ordered[i + 1]
    const above = `${column} > ${firstKey + rows - 1}`
    return next === undefined ? above : `(${above} AND ${column} < ${next.firstKey})`
  })
  return [`${column} < ${ordered[0]?.firstKey ?? 0}`, ...gaps].join(' OR ')
}

/** Ends what emptying a table has begun: the ledger forgets rows that are gone, and the counter is where it was. */
export async function settleEmptyings(connection: Connection): Promise<void> {
  for (const { table, counter } of await emptyings(connection)) {
    const own = (await readLedger(connection)).tables.find((known) => known.table === table)
    if (await hasTable(connection, table)) {
      const next = (await readCounter(connection, table))?.next
      if (counter !== null && next !== undefined && next < counter)
        await setCounter(connection, table, counter)
    }
    await connection.transaction(async () => {
      if (own !== undefined && !(await hasOwnRows(connection, own)))
        await forgetMade(connection, own, madeSegments(own).toReversed())
      await connection.run("DELETE FROM headroom_put_away WHERE table_name = ? AND name = ''", [table])
    })
  }
}

/** Whether a table is being emptied, or was when a process was killed. */
export async function isEmptying(connection: Connection): Promise<boolean> {
  return (await emptyings(connection)).length > 0
}

async function emptyings(
  connection: Connection,
): Promise<readonly { readonly table: string; readonly counter: number | null }[]> {
  if (!(await hasLedger(connection))) return []
  const rows = await connection.rows("SELECT * FROM headroom_put_away WHERE name = ''")
  return rows.map((row) => ({
    table: text(row.table_name),
    counter: text(row.definition) === '' ? null : numberOrNull(row.definition),
  }))
}

async function hasOwnRows(connection: Connection, own: LedgerTable): Promise<boolean> {
  if (!(await hasTable(connection, own.table))) return false
  const where = isInSegments(own.key, madeSegments(own), 't')
  const found = await connection.number(
    `SELECT 1 AS n FROM ${quoted(own.table)} AS t WHERE ${where} LIMIT 1 FOR UPDATE`,
  )
  return found !== null
}
