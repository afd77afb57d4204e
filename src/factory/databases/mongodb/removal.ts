import type { Table } from '../../../model/schema.ts'
import { dependentsFailure } from '../dependents.ts'
import { youngestSegments } from '../segments.ts'
import type { Connection } from './connection.ts'
import { countDependents } from './dependents.ts'
import { DocumentKeys } from './keys.ts'
import { asLedger, readEntries, removeSpan, type SpanEntry, writeSpan } from './ledger.ts'

/** Which documents {@link removeYoungest} takes. */
export interface Removal {
  readonly table: string
  readonly maxRows: number
  readonly tables: readonly Table[]
  readonly seed: number
}

/**
 * Removes up to `maxRows` of one collection's youngest documents and what the ledger says of them. Gives the number of
 * documents that were still there, or null where the ledger has none left. Throws `HR_UNDO_DEPENDENTS` and changes nothing
 * where somebody else's documents refer to them.
 */
export async function removeYoungest(
  connection: Connection,
  { table, maxRows, tables, seed }: Removal,
): Promise<number | null> {
  const ledger = asLedger(await readEntries(connection))
  const own = ledger.tables.find((candidate) => candidate.table === table)
  if (own === undefined || own.made.length === 0) return null
  const segments = youngestSegments(own, maxRows)
  const dependents = await countDependents(connection, { tables, ledger, seed, only: { table, segments } })
  if (dependents.length > 0) throw dependentsFailure(dependents)
  let removed = 0
  for (const segment of segments) {
    const entry = { table, ...segment, run: 0 }
    // Said before it is done: killed in between, what is left of them goes with the next change.
    await writeSpan(connection, 'intents', entry)
    removed += await retract(connection, entry, keysOf(tables, table, seed))
  }
  return removed
}

/** Removes what a killed process has begun to add or to remove. */
export async function retractIntents(
  connection: Connection,
  tables: readonly Table[],
  seed: number,
): Promise<void> {
  const { intents } = await readEntries(connection)
  for (const intent of intents) await retract(connection, intent, keysOf(tables, intent.table, seed))
}

function keysOf(tables: readonly Table[], name: string, seed: number): DocumentKeys {
  return new DocumentKeys(seed, tables.find((table) => table.name === name) ?? { name, columns: [] })
}

/** Takes documents out of the ledger first, then out of the collection, and the intent last. Can be done again. */
async function retract(
  connection: Connection,
  span: Omit<SpanEntry, '_id'>,
  keys: DocumentKeys,
): Promise<number> {
  const { chunks, reservations, runs, intents } = await readEntries(connection)
  const complete = new Set(runs.filter((run) => run.complete).map(({ _id }) => _id))
  await cutOut(connection, 'chunks', chunks, span)
  // What a complete run had set aside and has no document of any more was never asked for: further ones begin there again.
  await cutOut(
    connection,
    'reservations',
    reservations.filter(({ run }) => complete.has(run)),
    span,
  )
  const where = keys.inSegments([span]) ?? {}
  const { deletedCount } = await connection.with(() => connection.collection(span.table).deleteMany(where))
  const done = intents.filter(
    ({ table, firstIndex }) => table === span.table && firstIndex === span.firstIndex,
  )
  for (const { _id } of done) await removeSpan(connection, 'intents', _id)
  return deletedCount
}

/** Shortens or removes the entries that hold rows of the span: it covers the end of each that it meets. */
async function cutOut(
  connection: Connection,
  collection: 'chunks' | 'reservations',
  entries: readonly SpanEntry[],
  span: Omit<SpanEntry, '_id'>,
): Promise<void> {
  const end = span.firstIndex + span.rows
  for (const entry of entries) {
    if (entry.table !== span.table || entry.firstIndex >= end) continue
    const kept = span.firstIndex - entry.firstIndex
    if (kept >= entry.rows) continue
    if (kept <= 0) await removeSpan(connection, collection, entry._id)
    else await writeSpan(connection, collection, { ...entry, rows: kept })
  }
}
