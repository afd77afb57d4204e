import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../model/failure.ts'
import type { SeedPlan, SeedProgress, TablePlan } from '../model/seed-plan.ts'
import { ChunkSize } from './chunk-size.ts'
import type { Chunk, Database, LedgerTable, Segment, Span, UnfinishedRun } from './databases/database.ts'
import { existingKeys } from './existing-keys.ts'
import { holdingRows } from './holding-rows.ts'
import { rowKeyOf } from './plan/keys.ts'
import { ProgressReporter } from './progress.ts'
import { RowValues } from './row-values.ts'

/** Between chunks a database with one writer is left alone for so long, lest the app's own writes never get their turn. */
const pauseMillis = 1

export interface Filling {
  /** Rows made by table, counted up as they are. */
  readonly counts: Map<string, number>
  readonly onProgress: (progress: SeedProgress) => void
  readonly signal: AbortSignal
}

/** One table's part of a run. */
interface TableWork {
  readonly run: UnfinishedRun
  readonly table: TablePlan
  readonly signal: AbortSignal
  readonly onRows: (rows: number) => void
}

/**
 * Makes all rows of a run that the ledger doesn't have, table by table, with as many chunks at a time as the database
 * takes. Gives false where an abort ended it before the last row.
 */
export async function fillTables(
  database: Database,
  run: UnfinishedRun,
  { counts, onProgress, signal }: Filling,
): Promise<boolean> {
  let values = await valuesOf(database, run.plan)
  const { tables } = await database.readLedger()
  const missing = run.plan.tables.flatMap((table) => spansOf(table, values, tables))
  const total = missing.reduce((sum, { rows }) => sum + rows, 0)
  const reporter = new ProgressReporter('insert', total, onProgress)
  let done = 0
  for (const table of run.plan.tables) {
    const { name } = table.table
    const onRows = (rows: number) => {
      done += rows
      counts.set(name, (counts.get(name) ?? 0) + rows)
      reporter.update(name, done)
    }
    const work: TableWork = { run, table, signal, onRows }
    if (!database.keepsReservedKeysFree && rowKeyOf(table).kind === 'range')
      values = await holdKeys(database, work, values)
    await fillTable(database, work, values)
    if (signal.aborted) break
  }
  return done === total
}

/** All values of a run that was begun. */
async function valuesOf(database: Database, plan: SeedPlan): Promise<RowValues> {
  const { tables } = await database.readLedger()
  return new RowValues(plan, tables, existingKeys(plan.existingKeys ?? []))
}

/**
 * Makes the rows that keep the others' keys free. Where somebody else was faster, the run's keys have been moved behind
 * theirs: gives the values with those keys then.
 */
async function holdKeys(database: Database, work: TableWork, before: RowValues): Promise<RowValues> {
  const { run, table, signal, onRows } = work
  for (let values = before; ; values = await valuesOf(database, run.plan)) {
    const spans = spansOf(table, values, (await database.readLedger()).tables)
    try {
      for (const firstIndex of holdingRows(table, values, spans)) {
        if (signal.aborted) return values
        await database.append(chunkOf(table, values, run.run, { firstIndex, rows: 1 }), signal)
        onRows(1)
      }
      return values
    } catch (error) {
      if (isStop(error)) return values
      if (!(error instanceof Failure && error.data.code === 'HR_SEED_KEYS_MOVED')) throw error
    }
  }
}

async function fillTable(database: Database, work: TableWork, values: RowValues): Promise<void> {
  const { run, table, signal, onRows } = work
  const queue = spansOf(table, values, (await database.readLedger()).tables).map((span) => ({ ...span }))
  const size = new ChunkSize(queue.reduce((sum, { rows }) => sum + rows, 0))
  let failed = false
  const take = (): Span | null => {
    const [span] = queue
    if (span === undefined || failed || signal.aborted) return null
    const taken = { firstIndex: span.firstIndex, rows: size.next(span.rows) }
    span.firstIndex += taken.rows
    span.rows -= taken.rows
    if (span.rows === 0) queue.shift()
    return taken
  }
  const write = async () => {
    for (let span = take(); span !== null; span = take()) {
      const beganAt = performance.now()
      await database.append(chunkOf(table, values, run.run, span), signal)
      size.took(span.rows, performance.now() - beganAt)
      onRows(span.rows)
      if (database.writers === 1) await sleep(pauseMillis)
    }
  }
  const writers = Array.from({ length: database.writers }, () =>
    write().catch((error: unknown) => {
      failed = true
      if (!isStop(error)) throw error
    }),
  )
  const outcomes = await Promise.allSettled(writers)
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}

function isStop(error: unknown): boolean {
  return error instanceof Failure && error.data.code === 'HR_STOPPED'
}

/** A chunk of a table's rows, ready for the database. */
export function chunkOf(table: TablePlan, values: RowValues, run: number, { firstIndex, rows }: Span): Chunk {
  const segment = values.segmentOf(table.table.name)
  return {
    run,
    table: table.table,
    key: rowKeyOf(table),
    firstIndex,
    rows,
    firstKey: segment.firstKey + (firstIndex - segment.firstIndex),
    columns: values.columnsOf(table.table.name),
  }
}

/** What of a table the run has yet to make. */
function spansOf(table: TablePlan, values: RowValues, ledger: readonly LedgerTable[]): readonly Span[] {
  const { name } = table.table
  const made = ledger.find((known) => known.table === name)?.made ?? []
  return missingSpans(values.segmentOf(name), made)
}

/** What of a segment is not among `made`, which is in order of index. */
export function missingSpans({ firstIndex, rows }: Segment, made: readonly Span[]): readonly Span[] {
  const end = firstIndex + rows
  const missing: Span[] = []
  let next = firstIndex
  for (const span of made) {
    if (span.firstIndex > next && next < end) {
      missing.push({ firstIndex: next, rows: Math.min(span.firstIndex, end) - next })
    }
    next = Math.max(next, span.firstIndex + span.rows)
  }
  if (next < end) missing.push({ firstIndex: next, rows: end - next })
  return missing
}
