import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { noServerCounters, type ServerCounters } from '../model/run.ts'
import { findPortOwners, type PortOwners } from './port-owner.ts'
import { processTree } from './process-tree.ts'
import { processUsages, type ProcessUsage } from './process-usage.ts'
import { ServerCounts } from './server-counts.ts'

/** Watches the processes that serve one port. */
export interface ServerWatch {
  /**
   * CPU since the last sample (1 is one core) and memory now, summed over the port's owners and their descendants. CPU is
   * null the first time and after a restart, everything is null where it can't be measured. Never rejects.
   */
  readonly sample: () => Promise<ServerCounters>
  /**
   * How often the port has passed to other processes since the watch began, looked up now. Workers that share the port
   * and take turns are one server: it has restarted when none is left of those that listened before. Never rejects.
   */
  readonly restarts: () => Promise<number>
  /**
   * Queries a request since this was last asked, null where they can't be counted: truer than the mean of samples where
   * answers are few. Never rejects.
   */
  readonly queriesPerRequest: () => Promise<number | null>
  readonly dispose: () => void
}

interface Usage {
  readonly atMillis: number
  readonly processes: readonly ProcessUsage[]
}

/** Listing processes costs more than reading counters: on Windows it starts a PowerShell. */
const treeMillis = process.platform === 'win32' ? 60_000 : 2_000
/** Whose port it is may stay unknown, when it belongs to another user: that is not asked with every sample. */
const unknownMillis = 2_000

/**
 * Starts watching whatever listens on a loopback port. The owners are looked up again when one is gone, so that a server
 * that restarts itself stays watched. Samples asked for while one is being taken share it. `countsFolder` is where the server
 * counts its own queries, null where it doesn't.
 */
export function watchServer(port: number, countsFolder: string | null = null): ServerWatch {
  const counts = new ServerCounts(countsFolder)
  let disposed = false
  let owners: PortOwners | null = null
  let restarts = 0
  let tree: readonly number[] = []
  let treeAtMillis = -Infinity
  let before: Usage | null = null
  let taking: Promise<ServerCounters> | null = null
  let lookAgainAtMillis = 0
  let looking: Promise<void> = Promise.resolve()

  async function take(): Promise<ServerCounters> {
    if (performance.now() >= lookAgainAtMillis) await look()
    if (performance.now() - treeAtMillis > treeMillis) {
      tree = await processTree(owners?.pids ?? [])
      treeAtMillis = performance.now()
    }
    const [processes, counted] = await Promise.all([processUsages(tree), counts.sample()])
    const usage = { atMillis: performance.now(), processes }
    if (processes.length === 0 || disposed) {
      treeAtMillis = -Infinity
      before = null
      return { ...noServerCounters, ...counted }
    }
    const rssBytes = processes.reduce((sum, each) => sum + each.rssBytes, 0)
    const counters = { ...counted, cpu: cpuBetween(before, usage), rssBytes }
    before = usage
    return counters
  }

  /** One look after the other: two at once could count one restart twice. */
  function look(): Promise<void> {
    looking = looking.then(lookOnce)
    return looking
  }

  async function lookOnce(): Promise<void> {
    if (disposed || (await owners?.unchanged())) return
    const found = await findPortOwners(port)
    // Between its end and its return a server has no owner; who comes next decides whether it restarted.
    if (found.pids.length === 0) {
      lookAgainAtMillis = performance.now() + unknownMillis
      return
    }
    const same = owners?.pids.some((pid) => found.pids.includes(pid)) ?? true
    if (!same) {
      restarts += 1
      before = null
    }
    owners = found
    treeAtMillis = -Infinity
  }

  function sample(): Promise<ServerCounters> {
    if (disposed) return Promise.resolve(noServerCounters)
    taking ??= take().finally(() => (taking = null))
    return taking
  }

  return {
    sample,
    async queriesPerRequest() {
      await sample()
      return counts.takeShare()
    },
    async restarts() {
      await look()
      return restarts
    },
    dispose() {
      disposed = true
    },
  }
}

/** The processes in both samples; one that began in between has no time to compare with yet. */
function cpuBetween(before: Usage | null, after: Usage): number | null {
  if (before === null) return null
  const earlier = new Map(before.processes.map(({ pid, cpuMillis }) => [pid, cpuMillis]))
  const spent = after.processes.reduce(
    (sum, { pid, cpuMillis }) => sum + Math.max(0, cpuMillis - (earlier.get(pid) ?? cpuMillis)),
    0,
  )
  const elapsed = after.atMillis - before.atMillis
  return elapsed > 0 ? spent / elapsed : null
}
