import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** A process of this machine, whoever runs it. */
export interface LocalProcess {
  readonly pid: number
  /** What it is called inside its own container: its own id where it runs in none. */
  readonly innerPid: number
  readonly program: string
  /** What the process list shows: the arguments, or the title that a server has given itself. */
  readonly title: string
}

const run = promisify(execFile)
const answerMillis = 5_000
/** Of `starttime` in /proc, on every Linux that Node.js runs on. */
const ticksPerSecond = 100

/**
 * The processes called one of these names, in containers as well where the system shows those. Empty where the system
 * does not say. Never throws.
 */
export async function processesCalled(names: ReadonlySet<string>): Promise<readonly LocalProcess[]> {
  try {
    if (process.platform === 'linux') return await onLinux(names)
    return process.platform === 'win32' ? [] : await elsewhere(names)
  } catch {
    return []
  }
}

async function onLinux(names: ReadonlySet<string>): Promise<readonly LocalProcess[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0)
  const found = await Promise.all(pids.map((pid) => readProcess(pid, names).catch(() => [])))
  return found.flat()
}

async function readProcess(pid: number, names: ReadonlySet<string>): Promise<readonly LocalProcess[]> {
  const program = (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
  if (!names.has(program)) return []
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const inner = /^NSpid:.*?(\d+)$/m.exec(status)?.[1]
  const title = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim()
  return [{ pid, innerPid: Number(inner ?? pid), program, title }]
}

async function elsewhere(names: ReadonlySet<string>): Promise<readonly LocalProcess[]> {
  const { stdout } = await run('ps', ['-axo', 'pid=,ucomm=,command='], { timeout: answerMillis })
  return stdout.split('\n').flatMap((line) => {
    const [, id = '', program = '', title = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return names.has(program) ? [{ pid: Number(id), innerPid: Number(id), program, title }] : []
  })
}

/** For how long a process has run; null where the system does not say. Never throws. */
export async function ageSeconds(pid: number): Promise<number | null> {
  try {
    return process.platform === 'linux' ? await ageOnLinux(pid) : await ageElsewhere(pid)
  } catch {
    return null
  }
}

async function ageOnLinux(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // Field 22 of proc_pid_stat(5), counted behind the name, which may hold anything.
  const started = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) / ticksPerSecond
  return Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0]) - started
}

async function ageElsewhere(pid: number): Promise<number> {
  const { stdout } = await run('ps', ['-p', String(pid), '-o', 'etime='], { timeout: answerMillis })
  const [, days = '0', clock = ''] = /^(?:(\d+)-)?([\d:]+)$/.exec(stdout.trim()) ?? []
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400
}
