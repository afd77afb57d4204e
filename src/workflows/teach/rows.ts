import { failureData } from '../../model/failure.ts'
import type { Baselines } from '../baselines.ts'
import type { ProjectConfig } from '../config.ts'
import { listRuns } from '../history.ts'
import { findDatabase, withFactory } from '../project-database.ts'
import { readRun } from '../runs.ts'

/** Rows by table as they were counted once, and the day of that: `2026-11-20`. */
export interface CountedRows {
  readonly rows: Readonly<Record<string, number>>
  readonly day: string
}

/** The baselines that have the parts of one: the file is committed, and may hold anything. */
export function readableBaselines(baselines: Baselines): Baselines {
  return Object.fromEntries(Object.entries(baselines).filter(([, baseline]) => isReadable(baseline)))
}

function isReadable(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { plan, verdict, conditions } = value
  return (
    isRecord(plan) &&
    Array.isArray(plan['steps']) &&
    plan['steps'].every(isRecord) &&
    isRecord(verdict) &&
    isRecord(conditions)
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Rows as the newest baseline has them, which is committed; null where none counted any. */
export function rowsOfBaselines(baselines: Baselines): CountedRows | null {
  const counted = Object.values(baselines).flatMap(({ conditions }) => countedIn(conditions) ?? [])
  return counted.toSorted((one, other) => (one.day < other.day ? 1 : -1))[0] ?? null
}

/**
 * Rows as only this machine knows them: those of the newest kept run that counted any, else those in the local database now.
 * Null where neither says any; then `why` is the sentence of what kept the database from being read.
 */
export async function rowsOfMachine(
  root: string,
  config: ProjectConfig,
): Promise<{ readonly counted: CountedRows | null; readonly why: string | null }> {
  for (const { file } of await listRuns(root).catch(() => [])) {
    const run = await readRun(file).catch(() => null)
    const counted = run === null ? null : countedIn(run.conditions)
    if (counted !== null) return { counted, why: null }
  }
  try {
    const url = await findDatabase(root, config)
    if (url === null) return { counted: null, why: null }
    const { tables } = await withFactory(root, url, (factory) => factory.schema())
    const rows = Object.fromEntries(tables.map(({ name, rowCount }) => [name, rowCount]))
    return { counted: countedIn({ rows, startedAt: new Date().toISOString() }), why: null }
  } catch (error) {
    return { counted: null, why: failureData(error).message }
  }
}

/** Null where no table has a row. Files may hold anything: what isn't a count is passed over. */
function countedIn(
  conditions: { readonly rows?: unknown; readonly startedAt?: unknown } | undefined,
): CountedRows | null {
  const { rows, startedAt } = conditions ?? {}
  const day = /^\d{4}-\d{2}-\d{2}/.exec(String(startedAt))?.[0]
  if (typeof rows !== 'object' || rows === null || day === undefined) return null
  const entries = Object.entries(rows).filter(
    (entry): entry is [string, number] =>
      typeof entry[1] === 'number' && entry[1] >= 0 && Number.isFinite(entry[1]),
  )
  return entries.some(([, count]) => count > 0) ? { rows: Object.fromEntries(entries), day } : null
}
