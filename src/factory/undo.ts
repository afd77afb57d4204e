import { setTimeout as sleep } from 'node:timers/promises'

import { Failure } from '../model/failure.ts'
import type { SeedProgress, SeedResult } from '../model/seed-plan.ts'
import { ChunkSize } from './chunk-size.ts'
import type { Database, Ledger } from './databases/database.ts'
import { dependentsFailure } from './databases/dependents.ts'
import { insertionOrder } from './plan/order.ts'
import { ProgressReporter } from './progress.ts'
import { resultOf } from './seed.ts'

const pauseMillis = 1

/**
 * Removes exactly the rows that the ledger names, children first, in chunks, then restores the counters and drops the
 * ledger. Nothing to undo gives a result with 0 rows. An abort of `signal` ends it after the current chunk; the ledger
 * then knows what is left. Throws `HR_UNDO_DEPENDENTS`, before anything is removed, where rows that Headroom did not make
 * refer to rows that it did.
 */
export async function undoSeed(
  database: Database,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedResult> {
  const startedAt = performance.now()
  const ledger = await database.readLedger()
  const dependents = await database.findDependents()
  if (dependents.length > 0) throw dependentsFailure(dependents)
  const order = await removalOrder(database, ledger)
  const counts = new Map(order.map((table) => [table, 0]))
  const total = ledger.tables
    .flatMap(({ segments }) => segments)
    .reduce((sum, segment) => sum + segment.rows, 0)
  const reporter = new ProgressReporter('undo', total, onProgress)
  let done = 0
  try {
    for (const table of order) {
      for await (const rows of removeRows(database, table, signal)) {
        done += rows
        counts.set(table, (counts.get(table) ?? 0) + rows)
        reporter.update(table, done)
      }
    }
    if (!signal.aborted) await database.dropLedger()
  } catch (error) {
    if (!(error instanceof Failure && error.data.code === 'HR_STOPPED')) throw error
  }
  return resultOf(database.display, counts, performance.now() - startedAt)
}

async function* removeRows(database: Database, table: string, signal: AbortSignal): AsyncGenerator<number> {
  const size = new ChunkSize()
  while (!signal.aborted) {
    const beganAt = performance.now()
    const removed = await database.removeChunk(table, size.next(Number.POSITIVE_INFINITY), signal)
    if (removed === null) return
    size.took(Math.max(1, removed), performance.now() - beganAt)
    yield removed
    await sleep(pauseMillis)
  }
}

/** Children before their parents, as the foreign keys are now; tables that are gone come last. */
async function removalOrder(database: Database, ledger: Ledger): Promise<readonly string[]> {
  const { tables } = await database.readSchema()
  const known = insertionOrder(tables, { breakRequired: true }).tables.map((table) => table.name)
  const position = (name: string) => known.indexOf(name)
  return ledger.tables.map(({ table }) => table).toSorted((a, b) => position(b) - position(a))
}
