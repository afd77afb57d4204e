import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { processIds } from './proc.ts'

/** What one process has used, as Linux counts it. */
export interface ProcessStat {
  readonly pid: number
  readonly parent: number
  /** User and system time since it began, without its children's. */
  readonly cpuMillis: number
  readonly rssBytes: number
}

/** The units in which the kernel counts; both are fixed while it runs. */
export interface KernelUnits {
  readonly ticksPerSecond: number
  readonly pageBytes: number
}

/** A process's counters; null when it has ended, a zombie included. Never throws. */
export async function processStat(pid: number): Promise<ProcessStat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return parseStat(text, await kernelUnits())
}

/** The counters of all processes. Throws where there is no /proc. */
export async function allProcessStats(): Promise<ProcessStat[]> {
  const stats = await Promise.all((await processIds()).map(processStat))
  return stats.filter((stat) => stat !== null)
}

/** One line of /proc/<pid>/stat, see proc_pid_stat(5); null for what is none, or is a zombie's. */
export function parseStat(text: string, { ticksPerSecond, pageBytes }: KernelUnits): ProcessStat | null {
  // pid (name) state ppid …; the name may itself hold parentheses and blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent] = fields
  const [ticks, pages] = [Number(fields[11]) + Number(fields[12]), Number(fields[21])]
  const pid = Number.parseInt(text, 10)
  if (state === 'Z' || state === 'X' || Number.isNaN(pid + Number(parent) + ticks + pages)) return null
  return {
    pid,
    parent: Number(parent),
    cpuMillis: (ticks * 1000) / ticksPerSecond,
    rssBytes: pages * pageBytes,
  }
}

let units: Promise<KernelUnits> | null = null

/** The kernel's units, from the vector that it hands to every process: no `getconf` needs to be started. */
export function kernelUnits(): Promise<KernelUnits> {
  units ??= readFile('/proc/self/auxv').then(parseAuxiliaryVector, () => usualUnits)
  return units
}

const usualUnits: KernelUnits = { ticksPerSecond: 100, pageBytes: 4096 }
/** AT_PAGESZ and AT_CLKTCK, see getauxval(3). */
const [pageSizeKey, clockTicksKey] = [6, 17]

/** Pairs of machine words, a key and its value. */
function parseAuxiliaryVector(vector: Buffer): KernelUnits {
  const wordBytes = ['arm', 'ia32', 'mips', 'mipsel'].includes(process.arch) ? 4 : 8
  const bigEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0
  // The values that matter fit the lower half of a word.
  const word = (at: number): number =>
    bigEndian ? vector.readUInt32BE(at + wordBytes - 4) : vector.readUInt32LE(at)
  const values = new Map<number, number>()
  for (let at = 0; at + 2 * wordBytes <= vector.length; at += 2 * wordBytes) {
    values.set(word(at), word(at + wordBytes))
  }
  return {
    ticksPerSecond: values.get(clockTicksKey) ?? usualUnits.ticksPerSecond,
    pageBytes: values.get(pageSizeKey) ?? usualUnits.pageBytes,
  }
}
