import { readFileSync } from 'node:fs'

/**
 * Milliseconds that this process's main thread was ready to run and waited for a core, since it began; null where the
 * system doesn't say, which only Linux does: the second field of schedstat, in nanoseconds (Documentation/scheduler/
 * sched-stats.rst of the kernel).
 */
export function coreWaitMillis(): number | null {
  try {
    const [, waited] = readFileSync('/proc/self/schedstat', 'utf8').split(' ')
    return waited === undefined ? null : Number(waited) / 1e6
  } catch {
    return null
  }
}
