import { performance } from 'node:perf_hooks'
import process from 'node:process'
import pidusage from 'pidusage'
import { noServerCounters, type ServerCounters } from '../model/run.ts'
import { portOwner } from './port-owner.ts'
import { processTree } from './process-tree.ts'

/** Watches the processes that serve one port. */
export interface ServerWatch {
  /**
   * CPU since the last sample (1 is one core) and memory now, summed over the port's owner and its descendants. CPU is
   * null the first time, everything is null where it can't be measured. Never rejects.
   */
  readonly sample: () => Promise<ServerCounters>
  readonly dispose: () => void
}

interface Usage {
  readonly atMillis: number
  /** CPU milliseconds since each process began. */
  readonly cpuMillis: ReadonlyMap<number, number>
  readonly rssBytes: number
}

/** Listing processes costs more than reading counters: on Windows it starts a PowerShell. */
const treeMillis = process.platform === 'win32' ? 60_000 : 2_000

/**
 * Starts watching whatever listens on a loopback port. The owner is looked up again when it is gone, so that a server
 * that restarts itself stays watched. Samples asked for while one is being taken share it.
 */
export function watchServer(port: number): ServerWatch {
  let disposed = false
  let tree: readonly number[] = []
  let treeAtMillis = -Infinity
  let before: Usage | null = null
  let taking: Promise<ServerCounters> | null = null

  async function take(): Promise<ServerCounters> {
    if (performance.now() - treeAtMillis > treeMillis) await findTree()
    const usage = await usageOf(tree)
    if (usage === null || disposed) {
      treeAtMillis = -Infinity
      before = null
      return noServerCounters
    }
    const counters = { ...noServerCounters, cpu: cpuBetween(before, usage), rssBytes: usage.rssBytes }
    before = usage
    return counters
  }

  async function findTree(): Promise<void> {
    const owner = await portOwner(port)
    tree = owner === null ? [] : await processTree(owner)
    treeAtMillis = performance.now()
  }

  return {
    sample() {
      if (disposed) return Promise.resolve(noServerCounters)
      taking ??= take().finally(() => (taking = null))
      return taking
    },
    dispose() {
      disposed = true
    },
  }
}

async function usageOf(pids: readonly number[]): Promise<Usage | null> {
  if (pids.length === 0) return null
  try {
    const found = Object.values(await pidusage([...pids])).filter((status) => status !== undefined)
    if (found.length === 0) return null
    return {
      atMillis: performance.now(),
      cpuMillis: new Map(found.map((status) => [status.pid, status.ctime])),
      rssBytes: found.reduce((sum, status) => sum + status.memory, 0),
    }
  } catch {
    return null
  }
}

/** The processes in both samples; one that began in between has no time to compare with yet. */
function cpuBetween(before: Usage | null, after: Usage): number | null {
  if (before === null) return null
  const spent = [...after.cpuMillis].reduce((sum, [pid, cpuMillis]) => {
    const earlier = before.cpuMillis.get(pid)
    return earlier === undefined ? sum : sum + Math.max(0, cpuMillis - earlier)
  }, 0)
  const elapsed = after.atMillis - before.atMillis
  return elapsed > 0 ? spent / elapsed : null
}
