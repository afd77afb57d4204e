import { modelsOnlyUrl, type DocumentModel } from '../../../model/document-model.ts'
import type { Database } from '../database.ts'
import { appendChunk, probeChunk } from './chunks.ts'
import { Connection } from './connection.ts'
import { countDependents } from './dependents.ts'
import { introspect } from './introspection.ts'
import { asLedger, finishRun, readEntries, readSeed } from './ledger.ts'
import { Ownership } from './owner.ts'
import { removeYoungest, retractIntents } from './removal.ts'
import { beginRun, dropLedger } from './runs.ts'
import { readChildCounts, readKeys, readValues } from './values.ts'
import { modelsOnly } from './models-only.ts'

/**
 * Opens the MongoDB database that `url` names, whose documents `models` describe; for {@link modelsOnlyUrl} what stands for
 * none. Throws a `Failure`: of the guards, or what keeps it from connecting.
 */
export async function openMongodb(url: string, models: readonly DocumentModel[]): Promise<Database> {
  return url === modelsOnlyUrl ? modelsOnly(models) : asDatabase(await Connection.open(url), models)
}

function asDatabase(connection: Connection, models: readonly DocumentModel[]): Database {
  const ownership = new Ownership(connection)
  const readSchema = () => introspect(connection, models)
  const readLedger = async () => asLedger(await readEntries(connection))
  const tablesOnce = once(async () => (await readSchema()).tables)
  const seedOf = () => readSeed(connection)
  const making = async () => ({
    seed: await seedOf(),
    tables: new Map((await tablesOnce()).map((table) => [table.name, table])),
  })
  /** A change that no other Headroom run may make at the same time. */
  const owning =
    <Arguments extends readonly unknown[], T>(change: (...values: Arguments) => Promise<T>) =>
    async (...values: Arguments): Promise<T> => {
      await ownership.own()
      return change(...values)
    }
  const tidy = owning(async () => retractIntents(connection, await tablesOnce(), await seedOf()))
  return {
    dialect: 'mongodb',
    display: connection.target.display,
    writers: 1,
    // Nobody else makes such ids.
    keepsReservedKeysFree: true,
    readSchema,
    readValues: (table, column, limit) => readValues(connection, table, column, limit),
    readChildCounts: (reference, places) => readChildCounts(connection, reference, places),
    readKeys: async (table, columns, { limit, foreignOnly }) =>
      readKeys(connection, table, columns, {
        limit,
        ledger: foreignOnly ? await readLedger() : null,
        seed: await seedOf(),
      }),
    readLedger: async () => {
      const ledger = await readLedger()
      // Whoever reads an unfinished run goes on to resume or undo it: not while it is in progress elsewhere.
      if (ledger.unfinished !== null) await ownership.own()
      return ledger
    },
    freeBytes: () => freeBytes(connection),
    beginRun: owning((plan, targets) => beginRun(connection, plan, targets)),
    probe: owning(async (chunk, indices) => probeChunk(connection, chunk, indices, await making())),
    // Nothing is put away: what a killed run has begun is taken back.
    putAway: tidy,
    append: owning(async (chunk, signal) => appendChunk(connection, chunk, await making(), signal)),
    putBack: tidy,
    finishRun: owning((run) => finishRun(connection, run)),
    findDependents: async () =>
      countDependents(connection, {
        tables: await tablesOnce(),
        ledger: await readLedger(),
        seed: await seedOf(),
      }),
    removeChunk: owning(async (table, maxRows) =>
      removeYoungest(connection, { table, maxRows, tables: await tablesOnce(), seed: await seedOf() }),
    ),
    dropLedger: owning(() => dropLedger(connection)),
    close: async () => {
      await ownership.release().catch(() => undefined)
      await connection.close()
    },
  }
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | null = null
  return () => (known ??= read())
}

/** Free bytes where the server keeps its data, as it says itself. */
async function freeBytes(connection: Connection): Promise<number | null> {
  const stats = await connection.with((db) => db.command({ dbStats: 1 }))
  const [total, used]: readonly unknown[] = [stats['fsTotalSize'], stats['fsUsedSize']]
  return typeof total === 'number' && typeof used === 'number' ? total - used : null
}
