import { readdirSync, readFileSync } from 'node:fs'
import { openFactory } from '../../../src/factory/client.ts'
import { rowsOf, type Dataset } from './dataset.ts'

/** What one seeding took. */
export interface Seeded {
  /** From the plan to the last index and the last statistics. */
  readonly seconds: number
  readonly rowsPerSecond: number
  /** The most memory of the process that makes and sends the rows; null where the system doesn't tell. */
  readonly peakBytes: number | null
}

/** Seeds a database as `headroom seed --yes` does: plan, probe, rows, indexes, statistics. Throws where a row is missing. */
export async function seedWithHeadroom(
  databaseUrl: string,
  dataset: Dataset,
  signal: AbortSignal,
): Promise<Seeded> {
  const factory = openFactory({ root: '/', databaseUrl })
  let peakBytes: number | null = null
  try {
    const beganAt = performance.now()
    const { users, activitiesEach } = dataset
    const plan = await factory.plan({ rows: { users }, per: { activities: activitiesEach } })
    const child = factoryChild()
    const result = await factory.seed(plan, () => (peakBytes = peakOf(child)), signal)
    signal.throwIfAborted()
    if (!result.complete || result.rows !== rowsOf(dataset)) throw new Error(`${result.rows} rows were made`)
    const seconds = (performance.now() - beganAt) / 1000
    return { seconds, rowsPerSecond: result.rows / seconds, peakBytes: peakOf(child) ?? peakBytes }
  } finally {
    await factory.dispose()
  }
}

/** This process' child that works on the database. */
function factoryChild(): number | null {
  if (process.platform !== 'linux') return null
  const children = readdirSync('/proc/self/task').flatMap((thread) =>
    textOf(`/proc/self/task/${thread}/children`).split(' ').filter(Boolean),
  )
  const factory = children.find((pid) => /factory[-/]child/.test(textOf(`/proc/${pid}/cmdline`)))
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
