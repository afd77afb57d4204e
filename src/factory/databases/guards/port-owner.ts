import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { bareAddress } from './session.ts'

/** A process that listens where the database is expected. */
export interface Owner {
  readonly pid: number
  /** The program's file name, without its ending; null where this user may not see it. */
  readonly program: string | null
  /** Its arguments, the program included; empty where this user may not see them. */
  readonly commandLine: readonly string[]
}

const run = promisify(execFile)
const answerMillis = 5_000

/**
 * The processes that listen on a loopback address, or on all, at a port. Those of other users are missing where the
 * system hides them: none does not mean that nobody listens. Never throws.
 */
export async function findOwners(address: string, port: number): Promise<readonly Owner[]> {
  const pids = await pidsOn(address, port).catch(() => [])
  return Promise.all(pids.map(describeProcess))
}

async function pidsOn(address: string, port: number): Promise<readonly number[]> {
  // Loaded on demand: it takes a while, and only servers need it.
  const { portBindings } = await import('pid-port')
  const bindings = await portBindings(port, { host: '*' })
  const wanted = new Set(['*', '0.0.0.0', '::', address])
  const pids = bindings.filter(({ host }) => wanted.has(bareAddress(host))).map(({ pid }) => pid)
  return [...new Set(pids)]
}

/** What this user may know about a process. Never throws. */
export async function describeProcess(pid: number): Promise<Owner> {
  const read =
    { linux: describeOnLinux, win32: describeOnWindows }[process.platform as string] ?? describeElsewhere
  return { pid, ...(await read(pid).catch(() => ({ program: null, commandLine: [] }))) }
}

type Description = Pick<Owner, 'program' | 'commandLine'>

async function describeOnLinux(pid: number): Promise<Description> {
  const commandLine = (await readFile(`/proc/${pid}/cmdline`, 'utf8'))
    .split('\0')
    .filter((word) => word !== '')
  // The link can't be forged by the process, as its name and arguments can; only its own user may read it.
  const file = await readlink(`/proc/${pid}/exe`).catch(() => null)
  const name = file?.replace(/ \(deleted\)$/, '') ?? (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
  return { program: programName(name), commandLine }
}

async function describeElsewhere(pid: number): Promise<Description> {
  const ask = async (column: string) => {
    const { stdout } = await run('ps', ['-p', String(pid), '-o', `${column}=`], { timeout: answerMillis })
    return stdout.trim()
  }
  const [program, command] = [await ask('comm'), await ask('command')]
  return { program: programName(program), commandLine: command.split(/\s+/) }
}

async function describeOnWindows(pid: number): Promise<Description> {
  const args = ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']
  const { stdout } = await run('tasklist', args, { timeout: answerMillis, windowsHide: true })
  const name = /^"([^"]+)"/.exec(stdout.trim())?.[1]
  return { program: name === undefined ? null : programName(name), commandLine: [] }
}

function programName(path: string): string {
  return basename(path.replaceAll('\\', '/')).replace(/\.exe$/i, '')
}
