import { setTimeout as sleep } from 'node:timers/promises'

import { Failure } from '../model/failure.ts'
import type { Schema, Table } from '../model/schema.ts'
import type { SeedPlan, SeedProgress, SeedResult, TablePlan } from '../model/seed-plan.ts'
import { ChunkSize } from './chunk-size.ts'
import type { Chunk, Database, Ledger } from './databases/database.ts'
import { rowKeyOf, seedTarget } from './plan/keys.ts'
import { mostExistingKeys } from './plan/rows.ts'
import { ProgressReporter } from './progress.ts'
import type { ExistingKeys } from './row-values.ts'
import { referenceName, RowValues } from './row-values.ts'

const probedRows = 50
/** Between chunks the database is left alone for so long, lest the app's own writes never get their turn. */
const pauseMillis = 1

/**
 * Adds a plan's rows, parents first, in chunks that are each committed together with their ledger row. Rows that earlier
 * runs made are continued: their indices, and so all values, go on where the ledger stands.
 * An abort of `signal` ends it after the current chunk; the result then counts the rows made so far. Throws a `Failure`
 * before the first row where the plan does not fit the database any more (`HR_SEED_PLAN`), was made with another seed than
 * the rows that are there (`HR_SEED_MISMATCH`), or the database refuses a sample of its rows (`HR_DATABASE_CONSTRAINT`).
 */
export async function seedDatabase(
  database: Database,
  plan: SeedPlan,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedResult> {
  const startedAt = performance.now()
  checkPlan(plan, await database.readSchema())
  checkSeed(plan, await database.readLedger())
  const run = await database.beginRun(plan.seed, plan.tables.map(seedTarget))
  const ledger = await database.readLedger()
  const counts = new Map(plan.tables.map(({ table }) => [table.name, 0]))
  try {
    const existing = await readExistingKeys(database, plan)
    await probe(database, plan, new RowValues(plan, ledger, existing), run)
    const values = new RowValues(plan, ledger, existing)
    const total = plan.tables.reduce((sum, table) => sum + table.rows, 0)
    const reporter = new ProgressReporter('insert', total, onProgress)
    let done = 0
    for (const table of plan.tables) {
      const size = new ChunkSize()
      for await (const rows of addRows(database, table, values, { run, size, signal })) {
        done += rows
        counts.set(table.table.name, (counts.get(table.table.name) ?? 0) + rows)
        reporter.update(table.table.name, done)
      }
    }
  } catch (error) {
    await forgetEmptyRun(database)
    if (!(error instanceof Failure && error.data.code === 'HR_STOPPED')) throw error
  }
  if (signal.aborted) await forgetEmptyRun(database)
  return resultOf(database.display, counts, performance.now() - startedAt)
}

async function* addRows(
  database: Database,
  table: TablePlan,
  values: RowValues,
  { run, size, signal }: { readonly run: number; readonly size: ChunkSize; readonly signal: AbortSignal },
): AsyncGenerator<number> {
  const start = values.startOf(table.table.name)
  let done = 0
  while (done < table.rows && !signal.aborted) {
    const rows = size.next(table.rows - done)
    const beganAt = performance.now()
    await database.append(chunkOf(table, values, { run, firstIndex: start + done, rows }), signal)
    size.took(rows, performance.now() - beganAt)
    done += rows
    yield rows
    await sleep(pauseMillis)
  }
}

function chunkOf(
  { table, ...rest }: TablePlan,
  values: RowValues,
  { run, firstIndex, rows }: { readonly run: number; readonly firstIndex: number; readonly rows: number },
): Chunk {
  return {
    run,
    table: table.name,
    key: rowKeyOf({ table, ...rest }),
    firstIndex,
    rows,
    columns: values.columnsOf(table.name),
    onFirstKey: (firstKey) => values.allot(table.name, { firstIndex, rows, firstKey }),
  }
}

/** Lets the database try rows from all over each table before any is written for good. */
async function probe(database: Database, plan: SeedPlan, values: RowValues, run: number): Promise<void> {
  for (const table of plan.tables) {
    const firstIndex = values.startOf(table.table.name)
    const count = Math.min(probedRows, table.rows)
    const indices = Array.from({ length: count }, (_, n) => firstIndex + Math.floor((n * table.rows) / count))
    try {
      await database.probe(chunkOf(table, values, { run, firstIndex, rows: table.rows }), indices)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const advice = `Leave the table out with --exclude ${table.table.name}. Nothing was written.`
      throw new Failure(error.data.code, `\`${table.table.name}\`: ${error.message} ${advice}`, {
        cause: error,
      })
    }
  }
}

/** The keys that rows can refer to: of tables that the plan fills those of others' rows, of all other tables any. */
async function readExistingKeys(database: Database, plan: SeedPlan): Promise<ExistingKeys> {
  const planned = new Set(plan.tables.map(({ table }) => table.name))
  const schema = await database.readSchema()
  const keys = new Map<string, Awaited<ReturnType<Database['readKeys']>>>()
  for (const { referencedTable, referencedColumns } of plan.tables.flatMap(
    ({ table }) => table.foreignKeys,
  )) {
    const table = schema.tables.find((candidate) => candidate.name === referencedTable)
    const name = referenceName(referencedTable, referencedColumns)
    if (table === undefined || keys.has(name)) continue
    const options = { limit: mostExistingKeys, foreignOnly: planned.has(referencedTable) }
    keys.set(name, await database.readKeys(table, referencedColumns, options))
  }
  return keys
}

function checkPlan(plan: SeedPlan, schema: Schema): void {
  for (const { table } of plan.tables) {
    const live = schema.tables.find((candidate) => candidate.name === table.name)
    if (live !== undefined && shapeOf(live) === shapeOf(table)) continue
    throw new Failure(
      'HR_SEED_PLAN',
      `\`${table.name}\` has changed since the plan was made. Plan again. Nothing was written.`,
    )
  }
}

/** What of a table the plan depends on, without what rows change. */
function shapeOf({ name, columns, primaryKey, foreignKeys, uniques, triggers }: Table): string {
  const written = columns.map((column) => [
    column.name,
    column.declaredType,
    column.nullable,
    column.generated,
  ])
  return JSON.stringify([name, written, primaryKey, foreignKeys, uniques, triggers ?? []])
}

function checkSeed(plan: SeedPlan, ledger: Ledger): void {
  if (ledger.seed === null || ledger.seed === plan.seed) return
  throw new Failure(
    'HR_SEED_MISMATCH',
    `This database already has rows made with seed ${ledger.seed}. Continue with --seed ${ledger.seed}, or undo them first. Nothing was written.`,
  )
}

/** A run that made no row leaves no ledger behind. */
async function forgetEmptyRun(database: Database): Promise<void> {
  const ledger = await database.readLedger()
  if (ledger.tables.every((table) => table.segments.length === 0)) await database.dropLedger()
}

/** The result from the rows counted by table; `durationMillis` since the start. */
export function resultOf(
  database: string,
  counts: ReadonlyMap<string, number>,
  durationMillis: number,
): SeedResult {
  const tables = [...counts].map(([table, rows]) => ({ table, rows }))
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  return {
    schema: 'headroom.seed/1',
    database,
    tables,
    rows,
    durationMillis: Math.round(durationMillis),
    rowsPerSecond: durationMillis > 0 ? Math.round((rows * 1000) / durationMillis) : 0,
  }
}
