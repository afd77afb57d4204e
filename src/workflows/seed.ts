import { openFactory, type Factory } from '../factory/client.ts'
import { Failure } from '../model/failure.ts'
import type { SeedPlan, SeedProgress, SeedResult } from '../model/seed-plan.ts'
import { fromEnvironment, readConfig, type ProjectConfig } from './config.ts'
import { projectEnvironment } from './env-files.ts'
import { type PlanOptions, planOptions, readProjectData } from './plan-options.ts'

/** Opens the factory for one use and closes it whatever happens. */
export async function withFactory<T>(
  root: string,
  databaseUrl: string,
  use: (factory: Factory) => Promise<T>,
): Promise<T> {
  const factory = openFactory({ root, databaseUrl })
  try {
    return await use(factory)
  } finally {
    await factory.dispose()
  }
}

/**
 * The URL of the project's local database: as given, else from the configuration, else `DATABASE_URL` of the environment
 * or `.env`. Null when none of them says.
 */
export async function findDatabase(
  root: string,
  config: ProjectConfig,
  given?: string,
): Promise<string | null> {
  const environment = await projectEnvironment(root)
  const url = given ?? config.database
  if (url !== undefined) return fromEnvironment(url, environment)
  return environment['DATABASE_URL'] ?? null
}

/** As {@link findDatabase}, but a database is needed: throws `HR_NO_DATABASE` when none is known. */
export async function requireDatabase(root: string, config: ProjectConfig, given?: string): Promise<string> {
  const url = await findDatabase(root, config, given)
  if (url !== null) return url
  throw new Failure(
    'HR_NO_DATABASE',
    'No database is known. Set "database" in headroom.config.json. Nothing was written.',
    {
      actions: [
        {
          id: 'open-config',
          title: 'Open Configuration',
          commandLine: '--database sqlite:./data/app.sqlite',
        },
      ],
    },
  )
}

/** A database of a project. */
export interface DatabaseOrder {
  readonly root: string
  readonly databaseUrl: string
}

/** One plan for each set of options; nothing is written. */
export function planSeeds(
  { root, databaseUrl, options }: DatabaseOrder & { readonly options: readonly PlanOptions[] },
  _onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedPlan[]> {
  return withFactory(root, databaseUrl, async (factory) => {
    const plans: SeedPlan[] = []
    const project = await readProjectData(root, await readConfig(root))
    for (const each of options) {
      if (!signal.aborted) plans.push(await factory.plan(await planOptions(factory, project, each)))
    }
    return plans
  })
}

/** Carries a plan out. When `signal` aborts, resolves to what was added until then. */
export function seedDatabase(
  { root, databaseUrl, plan }: DatabaseOrder & { readonly plan: SeedPlan },
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedResult> {
  return withFactory(root, databaseUrl, (factory) => factory.seed(plan, onProgress, signal))
}

/** Adds what an interrupted seeding left out, as {@link seedDatabase}. */
export function resumeSeed(
  { root, databaseUrl }: DatabaseOrder,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedResult> {
  return withFactory(root, databaseUrl, (factory) => factory.resume(onProgress, signal))
}

/** Removes exactly the rows that seeding added. */
export function undoSeed(
  { root, databaseUrl }: DatabaseOrder,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedResult> {
  return withFactory(root, databaseUrl, (factory) => factory.undo(onProgress, signal))
}
