import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { capture, SetupError } from '../../lifetime.ts'

/** The server under test has a core of its own, and so has the generator. */
export const serverCore = 0
export const generatorCore = 1

/** The kernel counts CPU time in ticks of 10 ms on every Linux that Node.js supports. */
const ticksPerSecond = 100
/** Starting and stopping are left out of the measured time. */
const leadSeconds = 0.8
const tailSeconds = 0.3

/** Throws where processes can't be pinned to two cores and read in /proc. */
export function requireTwoCores(): void {
  if (process.platform !== 'linux' || cpus().length < 2) {
    throw new SetupError(
      "The engine's bench needs Linux and two cores: generator and server are pinned to one each.",
    )
  }
}

/** Command and arguments that run a program on one core, at the priority that Headroom's load child gives itself. */
export function onCore(core: number, command: string, args: readonly string[]): [string, string[]] {
  return ['taskset', ['-c', String(core), command, ...args]]
}

/** The same for a peer: as Headroom's load child yields to others (nice 10), so do the peers. */
export function generatorOnCore(command: string, args: readonly string[]): [string, string[]] {
  return onCore(generatorCore, 'nice', ['-n', '10', command, ...args])
}

/** Moves a running process, with all its threads, to one core. */
export async function pin(pid: number, core: number): Promise<void> {
  const { code, output } = await capture('taskset', ['-a', '-c', '-p', String(core), String(pid)])
  if (code !== 0) throw new SetupError(`taskset could not pin process ${pid}: ${output.trim()}`)
}

/** How many cores a process uses while load is held for `seconds` from now; 1 is one core fully used. */
export async function coresUsed(pid: number, seconds: number, signal: AbortSignal): Promise<number> {
  await sleep(leadSeconds * 1000, undefined, { signal })
  const before = { at: performance.now(), cpu: cpuSeconds(pid) }
  await sleep((seconds - leadSeconds - tailSeconds) * 1000, undefined, { signal })
  const after = { at: performance.now(), cpu: cpuSeconds(pid) }
  return (after.cpu - before.cpu) / ((after.at - before.at) / 1000)
}

/** User and system time of a process with all its threads, from /proc/<pid>/stat. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the program's name in parentheses, which may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Watches how long a process was ready to run while something else had its core. */
export function watchWaiting(pid: number): { readonly share: () => number } {
  const startedAt = performance.now()
  const before = waitedMillis(pid)
  return { share: () => (waitedMillis(pid) - before) / (performance.now() - startedAt) }
}

/** Time that a process's main thread has waited for a core, from /proc/<pid>/schedstat. */
function waitedMillis(pid: number): number {
  const [, waitedNanos] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')
  return Number(waitedNanos) / 1e6
}

/** What other programs on the machine cost a measurement, in words; without them, the figures are the engine's own. */
export function disturbance(shares: Readonly<Record<string, number>>): string {
  const texts = Object.entries(shares).map(
    ([who, share]) => `the ${who} ${(share * 100).toFixed(1)} % of the time`,
  )
  return `Kept waiting for a core: ${texts.join(', ')}.`
}

/** Memory that a process holds, in bytes. */
export function residentBytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kibibytes) * 1024
}
