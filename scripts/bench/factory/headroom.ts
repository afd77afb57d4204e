import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { workflows } from '../../../src/editor/workflows.ts'
import { temporaryFolder } from '../../lifetime.ts'
import { inRepository } from '../../repository.ts'
import { rowsOf, type Dataset } from './dataset.ts'

/** What one seeding took. */
export interface Seeded {
  /** From the plan to the last index and the last statistics. */
  readonly seconds: number
  readonly rowsPerSecond: number
  /** The most memory of the process that makes and sends the rows; null where the system doesn't tell. */
  readonly peakBytes: number | null
}

/** As it is built for users: the sources would be compiled first, and take the compiler's memory. */
function builtWorkflows(): typeof workflows {
  const built: { workflows: typeof workflows } = createRequire(import.meta.url)(
    inRepository('dist', 'workflows.cjs'),
  )
  return built.workflows
}

/**
 * Seeds a database as the editor does: plan, probe, rows, indexes, statistics; where the server is told its database by an
 * environment variable, a copy, which is made first. Throws where a row is missing.
 */
export async function seedWithHeadroom(
  databaseUrl: string,
  dataset: Dataset,
  signal: AbortSignal,
  variable: string | null = null,
): Promise<Seeded> {
  await using folder = await temporaryFolder('headroom-project-')
  const { callApart } = await builtWorkflows().apart()
  const database = { root: folder.path, databaseUrl, variable }
  const { users, activitiesEach } = dataset
  const options = [{ rows: { users }, per: { activities: activitiesEach } }]
  let peakBytes: number | null = null
  const beganAt = performance.now()
  const [plan] = await callApart('planSeeds', { ...database, options }, () => undefined, signal)
  if (plan === undefined) throw new Error('There is no plan.')
  const onProgress = (): void => {
    peakBytes = peakOf(factoryChild()) ?? peakBytes
  }
  const result = await callApart('seedDatabase', { ...database, plan }, onProgress, signal)
  signal.throwIfAborted()
  if (!result.complete || result.rows !== rowsOf(dataset)) throw new Error(`${result.rows} rows were made`)
  const seconds = (performance.now() - beganAt) / 1000
  return { seconds, rowsPerSecond: result.rows / seconds, peakBytes }
}

/** This process' child that works on the database. */
function factoryChild(): number | null {
  if (process.platform !== 'linux') return null
  const children = readdirSync('/proc/self/task').flatMap((thread) =>
    textOf(`/proc/self/task/${thread}/children`).split(' ').filter(Boolean),
  )
  const factory = children.find((pid) => textOf(`/proc/${pid}/cmdline`).includes('factory-child'))
  return factory === undefined ? null : Number(factory)
}

/** The most memory that a process has held so far, as Linux keeps it. */
function peakOf(pid: number | null): number | null {
  const kibibytes = /VmHWM:\s+(\d+)/.exec(textOf(`/proc/${pid ?? 0}/status`))?.[1]
  return kibibytes === undefined ? null : Number(kibibytes) * 1024
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
