import * as l10n from '@vscode/l10n'
import { BSON } from 'mongodb'
import { Failure } from '../../../model/failure.ts'
import type { Table } from '../../../model/schema.ts'
import type { Chunk, Probe } from '../database.ts'
import type { Connection, Keyed } from './connection.ts'
import { documentMaker } from './documents.ts'
import { entryId, removeSpan, writeSpan } from './ledger.ts'

/** So many documents are in memory at a time, and in one message. */
const batch = 1000
const probeCollection = 'headroom_probe'
/** Of each index entry, besides the key itself. */
const entryBytes = 16

/** What documents are made with besides their chunk. */
export interface Making {
  readonly seed: number
  /** The project's collections, for the keys that references hold. */
  readonly tables: ReadonlyMap<string, Table>
}

/**
 * Adds a chunk's documents. The ledger says so before (an intent) and after: killed in between, the next change removes
 * what is there of them by their keys, and they are made again, the same. Throws `HR_STOPPED`, with nothing added, after
 * an abort.
 */
export async function appendChunk(
  connection: Connection,
  chunk: Chunk,
  { seed, tables }: Making,
  signal: AbortSignal,
): Promise<void> {
  requireGoing(signal)
  const { table, firstIndex, rows, firstKey, run } = chunk
  const span = { table: table.name, firstIndex, rows, firstKey, run }
  await writeSpan(connection, 'intents', span)
  const make = documentMaker({ table, columns: chunk.columns, tables, seed })
  for (let done = 0; done < rows; done += batch) {
    const count = Math.min(batch, rows - done)
    await insert(
      connection,
      table.name,
      documentsFrom(make, count, (n) => firstIndex + done + n),
    )
    if (signal.aborted) break
  }
  requireGoing(signal)
  await writeSpan(connection, 'chunks', span)
  await removeSpan(connection, 'intents', entryId(table.name, firstIndex))
}

/** What has begun of a chunk goes before the next change: its intent stays. */
function requireGoing(signal: AbortSignal): void {
  if (signal.aborted) throw new Failure('HR_STOPPED', l10n.t('Stopped.'))
}

function documentsFrom(
  make: (index: number) => Keyed,
  count: number,
  indexAt: (n: number) => number,
): Keyed[] {
  return Array.from({ length: count }, (_, n) => make(indexAt(n)))
}

async function insert(connection: Connection, collection: string, documents: Keyed[]): Promise<void> {
  await connection.with(() => connection.collection(collection).insertMany(documents, { ordered: false }))
}

/** The bytes that documents take, uncompressed, and those of their entries in so many indexes. */
export function bytesOf(documents: readonly Keyed[], indexes: number): number {
  const bytes = documents.reduce((sum, document) => sum + BSON.calculateObjectSize(document), 0)
  return bytes + documents.length * indexes * entryBytes * 2
}

/**
 * Inserts the documents of these indices into a collection of its own with the validator and the unique indexes of the chunk's,
 * and drops it: nobody else's documents are met. Throws what the database says about them.
 */
export async function probeChunk(
  connection: Connection,
  { table, columns }: Chunk,
  indices: readonly number[],
  { seed, tables }: Making,
): Promise<Probe> {
  const make = documentMaker({ table, columns, tables, seed })
  const documents = indices.map(make)
  await connection.with((db) => db.dropCollection(probeCollection).catch(() => false))
  try {
    const indexes = await createAlike(connection, table.name)
    const half = Math.floor(documents.length / 2)
    if (half > 0) await insert(connection, probeCollection, documents.slice(0, half))
    // Only the second half is timed: code that has just been loaded is slow.
    const beganAt = performance.now()
    await insert(connection, probeCollection, documents.slice(half))
    const millis = (performance.now() - beganAt) * (indices.length / Math.max(1, indices.length - half))
    return { rows: indices.length, bytes: bytesOf(documents, indexes), millis }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(error.data.code, error.message.replaceAll(probeCollection, table.name), {
      cause: error.cause,
    })
  } finally {
    await connection.with((db) => db.dropCollection(probeCollection)).catch(() => false)
  }
}

/** Gives the number of indexes. */
async function createAlike(connection: Connection, name: string): Promise<number> {
  return connection.with(async (db) => {
    const [found] = await db.listCollections({ name }, { nameOnly: false }).toArray()
    const options = found !== undefined && 'options' in found ? (found.options ?? {}) : {}
    const { validator, validationLevel, validationAction, collation } = options
    const kept = { validator, validationLevel, validationAction, collation }
    await db.createCollection(
      probeCollection,
      Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
    )
    if (found === undefined) return 1
    const indexes = await db.collection(name).indexes()
    // Only these refuse documents.
    for (const { v: _version, ns: _namespace, ...index } of indexes.filter(({ unique }) => unique === true))
      await db.collection(probeCollection).createIndexes([index])
    return indexes.length
  })
}
