import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Schema, Table } from '../model/schema.ts'
import type { SeedPlan, SeedProgress, SeedResult } from '../model/seed-plan.ts'
import type { Database, Ledger, UnfinishedRun } from './databases/database.ts'
import { fillTables, missingSpans } from './filling.ts'
import { seedTarget } from './plan/keys.ts'
import { probePlan, requireSpace } from './probe.ts'
import { stepsOf } from './progress.ts'
import { readExistingKeys } from './existing-keys.ts'

/**
 * Adds a plan's rows, parents first, in chunks that are each committed together with their ledger row. Rows that earlier
 * runs made are continued: their indices, and so all values, go on where the ledger stands.
 * An abort of `signal` ends it after the chunk in progress, with all indexes put back; the result then counts the rows
 * made so far, and {@link resumeSeed} makes the others. Throws a `Failure` before the first row where the plan does not fit
 * the database any more (`HR_SEED_PLAN`), was made with another seed than the rows that are there (`HR_SEED_MISMATCH`),
 * another run was left unfinished (`HR_SEED_UNFINISHED`), there is no room (`HR_SEED_SPACE`), or the database refuses a
 * sample of its rows (`HR_DATABASE_CONSTRAINT`).
 */
export async function seedDatabase(
  database: Database,
  plan: SeedPlan,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedResult> {
  const startedAt = performance.now()
  checkPlan(plan, await database.readSchema())
  checkLedger(plan, await database.readLedger())
  const fixed = { ...plan, existingKeys: await readExistingKeys(database, plan) }
  await requireSpace(database, fixed, await probePlan(database, fixed))
  const counts = countsOf(plan)
  if (signal.aborted) {
    return { ...resultOf(database.display, counts, performance.now() - startedAt), complete: false }
  }
  const run = await database.beginRun(fixed, fixed.tables.map(seedTarget))
  return carryOut(database, { run, plan: fixed }, { onProgress, signal, startedAt })
}

/**
 * Makes what a stopped or killed run left out, the same rows as if it had never been interrupted. Throws
 * `HR_SEED_NOTHING_TO_RESUME` where there is no such run; otherwise as {@link seedDatabase}.
 */
export async function resumeSeed(
  database: Database,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedResult> {
  const startedAt = performance.now()
  const { unfinished } = await database.readLedger()
  if (unfinished === null) {
    throw new Failure(
      'HR_SEED_NOTHING_TO_RESUME',
      l10n.t('No seeding was interrupted here: there is nothing to resume.'),
    )
  }
  checkPlan(unfinished.plan, await database.readSchema())
  checkWhole(await database.readLedger())
  return carryOut(database, unfinished, { onProgress, signal, startedAt })
}

interface Progressing {
  readonly onProgress: (progress: SeedProgress) => void
  readonly signal: AbortSignal
  /** On performance.now's clock. */
  readonly startedAt: number
}

async function carryOut(
  database: Database,
  run: UnfinishedRun,
  { onProgress, signal, startedAt }: Progressing,
): Promise<SeedResult> {
  const counts = countsOf(run.plan)
  const complete = await withIndexesAway(database, run.plan, onProgress, () =>
    fillTables(database, run, { counts, onProgress, signal }),
  )
  if (complete) await database.finishRun(run.run)
  else await forgetEmptyRun(database)
  return { ...resultOf(database.display, counts, performance.now() - startedAt), complete }
}

/** What cannot be put back after a failure is in the ledger, and resuming or undoing tries again. */
async function withIndexesAway<T>(
  database: Database,
  plan: SeedPlan,
  onProgress: (progress: SeedProgress) => void,
  load: () => Promise<T>,
): Promise<T> {
  const putBack = () => database.putBack(stepsOf('index', onProgress))
  let result: T
  try {
    await database.putAway(plan.tables.map(seedTarget), stepsOf('prepare', onProgress))
    result = await load()
  } catch (error) {
    await putBack().catch(() => {})
    throw error
  }
  await putBack()
  return result
}

function countsOf({ tables }: SeedPlan): Map<string, number> {
  return new Map(tables.map(({ table }) => [table.name, 0]))
}

function checkPlan(plan: SeedPlan, schema: Schema): void {
  for (const { table } of plan.tables) {
    const live = schema.tables.find((candidate) => candidate.name === table.name)
    if (live !== undefined && shapeOf(live) === shapeOf(table)) continue
    throw new Failure(
      'HR_SEED_PLAN',
      l10n.t('`{0}` has changed since the plan was made. Plan again. Nothing was written.', table.name),
    )
  }
}

/** What of a table the plan depends on, without what rows change and what a killed run has put away. */
function shapeOf({ name, columns, primaryKey, triggers }: Table): string {
  const written = columns.map((column) => [
    column.name,
    column.declaredType,
    column.nullable,
    column.generated,
  ])
  return JSON.stringify([name, written, primaryKey, triggers ?? []])
}

function checkLedger(plan: SeedPlan, ledger: Ledger): void {
  if (ledger.unfinished !== null) {
    throw new Failure(
      'HR_SEED_UNFINISHED',
      l10n.t(
        'An earlier seeding was interrupted. Resume it, or undo it, before you seed more. Nothing was written.',
      ),
      {
        actions: [
          { id: 'resume-seed', title: l10n.t('Resume'), commandLine: '--resume' },
          { id: 'undo-seed', title: l10n.t('Undo'), commandLine: '--undo' },
        ],
      },
    )
  }
  checkWhole(ledger)
  if (ledger.seed === null || ledger.seed === plan.seed) return
  throw new Failure(
    'HR_SEED_MISMATCH',
    l10n.t(
      'This database already has rows made with seed {0}. Continue with --seed {0}, or undo them first. Nothing was written.',
      ledger.seed,
    ),
  )
}

/** Rows refer to those of earlier runs by their index: all of them must be there. */
function checkWhole({ tables, unfinished }: Ledger): void {
  const open = new Set(unfinished?.plan.tables.map(({ table }) => table.name))
  for (const { table, reserved, made } of tables) {
    const earlier = open.has(table) ? reserved.slice(0, -1) : reserved
    if (earlier.every((segment) => missingSpans(segment, made).length === 0)) continue
    throw new Failure(
      'HR_UNDO_UNFINISHED',
      l10n.t('An earlier undo was interrupted. Undo again, then seed. Nothing was written.'),
      { actions: [{ id: 'undo-seed', title: l10n.t('Undo'), commandLine: '--undo' }] },
    )
  }
}

/** A run that made no row leaves no ledger behind. */
async function forgetEmptyRun(database: Database): Promise<void> {
  const ledger = await database.readLedger()
  if (ledger.tables.every((table) => table.made.length === 0)) await database.dropLedger()
}

/** The result from the rows counted by table; `durationMillis` since the start. */
export function resultOf(
  database: string,
  counts: ReadonlyMap<string, number>,
  durationMillis: number,
): Omit<SeedResult, 'complete'> {
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
