import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { RunEvent } from '../model/panel.ts'
import type { Run } from '../model/run.ts'
import type { ProjectConfig } from './config.ts'
import { needsConsent, unsafeMethod } from './consent.ts'
import { runLoadTest, type LoadTestRequest } from './load-test.ts'
import { budgetOf, prepareLoadTest, type LoadTestOrder } from './prepare.ts'
import { environmentWith, findCopy, findDatabase, projectDatabase } from './project-database.ts'
import { bringUp, findTarget } from './target.ts'
import { checkGrowth, VolumeSweep } from './volume.ts'

/** A load test as a face asks for it. `start`: whether starting the dev server is agreed to. */
export interface EndpointTest extends Omit<LoadTestOrder, 'target'> {
  readonly start: boolean
}

/**
 * The whole load test of one endpoint: finds the dev server or starts it, prepares the requests, runs the load, and stops
 * the server again if it was started for this. What can't be right is said before anything is started. Emits what
 * happens; throws the `Failure` that kept the endpoint from being measured.
 */
export async function testEndpoint(
  order: EndpointTest,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Run> {
  const { root, config, start } = order
  const onActivity = (activity: string): void => emit({ kind: 'activity', activity })
  budgetOf(order)
  const { method, path } = order.endpoint
  if (needsConsent(method) && order.writes !== true) throw unsafeMethod(`${method} ${path}`)
  const grows = order.profile === 'volume'
  if (grows) await checkGrowth(order)
  const found = await findTarget(root, config)
  const copy = order.database === undefined ? await seededCopy(root, config) : null
  const environment = copy?.environment ?? {}
  const { target, server } = await bringUp(root, found, { start, signal, onActivity, environment })
  const database = copy === null || server === null ? {} : { database: copy.databaseUrl }
  const counts = server === null ? {} : { countsFolder: server.countsFolder }
  if (copy !== null) onActivity(server === null ? copyUnused : copyUsed)
  try {
    throwIfStopped(signal)
    if (grows) return await testGrowing({ ...order, ...database, target }, counts, emit, signal)
    onActivity(l10n.t('Preparing the requests'))
    const request = await prepareLoadTest({ ...order, ...database, target })
    throwIfStopped(signal)
    return await runLoadTest({ ...request, ...counts }, emit, signal)
  } finally {
    await server?.stop()
  }
}

const copyUsed = l10n.t('The server uses the seeded copy of the database')
const copyUnused = l10n.t(
  'The seeded rows are in a copy of the database, which this server was not told to use: stop it, and Headroom starts it on the copy',
)

/** The copy that was seeded, and how a server is told to use it; null where there is none. */
export async function seededCopy(
  root: string,
  config: ProjectConfig,
): Promise<{ readonly databaseUrl: string; readonly environment: Record<string, string> } | null> {
  if ((await findDatabase(root, config)) === null) return null
  // A database that isn't there yet, or can't be asked, has no copy either; what needs it will say so.
  const database = await projectDatabase(root, config).catch(() => null)
  const databaseUrl = database === null ? null : await findCopy(database)
  if (databaseUrl === null || database === null || database.variable === null) return null
  return { databaseUrl, environment: environmentWith(database.variable, databaseUrl) }
}

/** The first level is there before the requests are prepared: parameter values are drawn from it, and stay the same. */
async function testGrowing(
  order: LoadTestOrder,
  counts: Pick<LoadTestRequest, 'countsFolder'>,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Run> {
  const sweep = await VolumeSweep.begin(order, emit, signal)
  try {
    throwIfStopped(signal)
    const growth = { table: sweep.plan.table, levels: sweep.plan.levels }
    const request = await prepareLoadTest({ ...order, growth })
    throwIfStopped(signal)
    return await runLoadTest({ ...request, ...counts, sweep }, emit, signal)
  } finally {
    await sweep.end()
  }
}

function throwIfStopped(signal: AbortSignal): void {
  if (!signal.aborted) return
  throw new Failure('HR_STOPPED', l10n.t('Stopped before anything was measured.'), { exitCode: 3 })
}
