import { setTimeout as sleep } from 'node:timers/promises'

import { Failure } from '../model/failure.ts'
import type { SeedProgress, SeedResult } from '../model/seed-plan.ts'
import { ChunkSize } from './chunk-size.ts'
import type { Database, Ledger } from './databases/database.ts'
import { dependentsFailure } from './databases/dependents.ts'
import { insertionOrder } from './plan/order.ts'
import { ProgressReporter, stepsOf } from './progress.ts'
import { resultOf } from './seed.ts'

const pauseMillis = 1

/**
 * Removes exactly the rows that the ledger names, children first, in chunks, then restores the counters and drops the
 * ledger. What a killed run has left put away is put back first, and last where only Headroom's rows stood in its way.
 * Nothing to undo gives a result with 0 rows. An abort of `signal` ends it after the current chunk; the ledger then knows
 * what is left. Throws `HR_UNDO_DEPENDENTS`, before anything is removed, where rows that Headroom did not make refer to
 * rows that it did. `atMost` leaves all but so many of each table's youngest rows, with their ledger.
 */
export async function undoSeed(
  database: Database,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
  atMost?: Readonly<Record<string, number>>,
): Promise<SeedResult> {
  const startedAt = performance.now()
  await putBackIfPossible(database, onProgress)
  const ledger = await database.readLedger()
  const dependents = await database.findDependents()
  if (dependents.length > 0) throw dependentsFailure(dependents)
  const order = await removalOrder(database, ledger)
  const counts = new Map(order.map((table) => [table, 0]))
  const kept = new Map(order.map((table) => [table, keptRows(ledger, table, atMost)]))
  const total = order.reduce((sum, table) => sum + madeRows(ledger, table) - (kept.get(table) ?? 0), 0)
  const reporter = new ProgressReporter('undo', total, onProgress)
  let done = 0
  try {
    for (const table of order) {
      for await (const rows of removeRows(database, table, signal, kept.get(table) ?? 0)) {
        done += rows
        counts.set(table, (counts.get(table) ?? 0) + rows)
        reporter.update(table, done)
      }
    }
    if (!signal.aborted) {
      await database.putBack(stepsOf('index', onProgress))
      if (isEmpty(await database.readLedger())) await database.dropLedger()
    }
  } catch (error) {
    if (!(error instanceof Failure && error.data.code === 'HR_STOPPED')) throw error
  }
  return { ...resultOf(database.display, counts, performance.now() - startedAt), complete: !signal.aborted }
}

const onceRowsAreGone: ReadonlySet<string> = new Set(['HR_DATABASE_CONSTRAINT', 'HR_DATABASE_FULL'])

/** A unique index may only be possible again once Headroom's rows are gone, and on a full disk any index. */
async function putBackIfPossible(
  database: Database,
  onProgress: (progress: SeedProgress) => void,
): Promise<void> {
  try {
    await database.putBack(stepsOf('index', onProgress))
  } catch (error) {
    if (!(error instanceof Failure && onceRowsAreGone.has(error.data.code))) throw error
  }
}

function madeRows({ tables }: Ledger, table: string): number {
  const made = tables.find((known) => known.table === table)?.made ?? []
  return made.reduce((sum, { rows }) => sum + rows, 0)
}

function keptRows(ledger: Ledger, table: string, atMost?: Readonly<Record<string, number>>): number {
  return atMost === undefined ? 0 : Math.max(0, madeRows(ledger, table) - (atMost[table] ?? 0))
}

function isEmpty({ tables }: Ledger): boolean {
  return tables.every(({ made }) => made.length === 0)
}

async function* removeRows(
  database: Database,
  table: string,
  signal: AbortSignal,
  kept: number,
): AsyncGenerator<number> {
  const size = new ChunkSize(madeRows(await database.readLedger(), table) - kept)
  const all = kept === 0 && !signal.aborted ? ((await database.removeAll?.(table)) ?? null) : null
  if (all !== null) yield all
  while (!signal.aborted) {
    // Rows that the application has removed itself are in the ledger all the same.
    const left = kept === 0 ? Number.POSITIVE_INFINITY : madeRows(await database.readLedger(), table) - kept
    if (left <= 0) return
    const beganAt = performance.now()
    const removed = await database.removeChunk(table, size.next(left), signal)
    if (removed === null) return
    size.took(Math.max(1, removed), performance.now() - beganAt)
    yield removed
    await sleep(pauseMillis)
  }
}

/** Children before their parents, as the foreign keys are now; tables that are gone come last. */
async function removalOrder(database: Database, ledger: Ledger): Promise<readonly string[]> {
  const { tables } = await database.readSchema()
  const known = insertionOrder(tables).tables.map((table) => table.name)
  const position = (name: string) => known.indexOf(name)
  return ledger.tables.map(({ table }) => table).toSorted((a, b) => position(b) - position(a))
}
