import process from 'node:process'
import { processStat } from './proc-stat.ts'

/** What one process has used since it began, and holds now. */
export interface ProcessUsage {
  readonly pid: number
  readonly cpuMillis: number
  readonly rssBytes: number
}

/** The usage of those of the processes that are alive. Never throws. */
export async function processUsages(pids: readonly number[]): Promise<ProcessUsage[]> {
  if (pids.length === 0) return []
  try {
    return process.platform === 'linux' ? await usagesOnLinux(pids) : await usagesElsewhere(pids)
  } catch {
    return []
  }
}

async function usagesOnLinux(pids: readonly number[]): Promise<ProcessUsage[]> {
  return (await Promise.all(pids.map(processStat))).filter((stat) => stat !== null)
}

async function usagesElsewhere(pids: readonly number[]): Promise<ProcessUsage[]> {
  // Loaded on demand: Linux does without.
  const { default: pidusage } = await import('pidusage')
  const statuses = Object.values(await pidusage([...pids])).filter((status) => status !== undefined)
  return statuses.map(({ pid, ctime, memory }) => ({ pid, cpuMillis: ctime, rssBytes: memory }))
}
