import type { SeedPlan, SeedProgress, SeedResult } from '../model/seed-plan.ts'
import { findCopy, type ProjectDatabase, withFactory } from './project-database.ts'
import { seedDatabase, undoSeed } from './seed.ts'

export interface DataOrder extends ProjectDatabase {
  /** What the run's rows were seeded by. */
  readonly plan: SeedPlan
  /** Rows by table, as they were when the run began. */
  readonly rows: Readonly<Record<string, number>>
}

/**
 * Brings a database back to the rows that a run began with: where a table has another number of rows now, the same plan is
 * seeded once more, which makes the same rows. Null where nothing had changed. Throws what keeps it from being seeded.
 */
export async function restoreData(
  { plan, rows, ...database }: DataOrder,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedResult | null> {
  if (await hasRows(database, rows)) return null
  if (database.variable === null) await undoSeed(database, onProgress, signal)
  return seedDatabase({ ...database, plan }, onProgress, signal)
}

async function hasRows(database: ProjectDatabase, rows: DataOrder['rows']): Promise<boolean> {
  const url = (await findCopy(database)) ?? database.databaseUrl
  const { tables } = await withFactory(database.root, url, (factory) => factory.schema())
  return tables.every(({ name, rowCount }) => (rows[name] ?? rowCount) === rowCount)
}
