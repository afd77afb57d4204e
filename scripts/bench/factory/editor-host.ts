import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import { callApart } from '../../../src/workflows/apart.ts'

/** What the stand-in for the extension host is asked to do. */
export interface HostOrder {
  readonly databaseUrl: string
  readonly users: number
  readonly activitiesEach: number
}

/** Delays of its event loop, in milliseconds, as `monitorEventLoopDelay` with a resolution of 1 ms sees them. */
export interface HostReport {
  readonly p50: number
  readonly p99: number
  readonly max: number
  readonly reports: number
  readonly rowsPerSecond: number
}

async function host({ databaseUrl, users, activitiesEach }: HostOrder): Promise<HostReport> {
  const project = { root: '/', databaseUrl, variable: null }
  const never = new AbortController().signal
  const options = [{ rows: { users }, per: { activities: activitiesEach } }]
  let reports = 0
  const monitor = monitorEventLoopDelay({ resolution: 1 })
  monitor.enable()
  const [plan] = await callApart('planSeeds', { ...project, options }, () => undefined, never)
  if (plan === undefined) throw new Error('There is no plan.')
  const result = await callApart('seedDatabase', { ...project, plan }, () => (reports += 1), never)
  monitor.disable()
  const at = (percent: number): number => monitor.percentile(percent) / 1e6
  const { rowsPerSecond } = result
  return { p50: at(50), p99: at(99), max: monitor.max / 1e6, reports, rowsPerSecond }
}

const order: HostOrder = JSON.parse(process.argv[2] ?? '{}')
process.stdout.write(JSON.stringify(await host(order)))
