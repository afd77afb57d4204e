import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { lstat, mkdir, stat } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { text as textOf } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { TouchedLines } from './context.ts'

/** What the warm process is asked, one request a connection. No code in it. */
export interface WarmRequest {
  readonly touched: readonly TouchedLines[]
  /** How Headroom is started in a shell. */
  readonly command: string
  /** Leads from the agent's folder to the project; empty, or with a slash at its end. */
  readonly prefix: string
}

export interface WarmAnswer {
  /** What the agent is told; null where there is nothing to say. */
  readonly context: string | null
  /** Why nothing could be said, in one sentence for people. */
  readonly problem: string | null
}

/** What the warm process is started with, as one argument. */
export interface WarmOrder {
  readonly root: string
  readonly address: string
  readonly idleMillis: number
}

const idleMillis = 10 * 60_000
/** Unix sockets take no longer paths on macOS; Linux has four more. */
const maximumAddressLength = 103

const childEntry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './hook-child.cjs', import.meta.url),
)

/** Where the code of the warm process is; another build is another process. */
export async function warmBuild(): Promise<string> {
  return `${childEntry}:${(await stat(childEntry)).mtimeMs}`
}

/**
 * Where the warm process of a project listens: in a folder that only this user can enter, by a name of project and build.
 * Null where there is no such folder, because somebody else made it.
 */
export async function warmAddress(root: string): Promise<string | null> {
  const key = createHash('sha256')
    .update([root, await warmBuild(), process.version].join('\n'))
    .digest('hex')
    .slice(0, 20)
  if (process.platform === 'win32') return `\\\\.\\pipe\\headroom-${userInfo().username}-${key}`
  const name = `headroom-${process.getuid?.() ?? 'user'}-hooks`
  const folder = join(
    join(tmpdir(), name).length + key.length > maximumAddressLength - 6 ? '/tmp' : tmpdir(),
    name,
  )
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { mode, uid, isDirectory } = await ownership(folder)
  return isDirectory && uid === process.getuid?.() && (mode & 0o077) === 0
    ? join(folder, `${key}.sock`)
    : null
}

async function ownership(folder: string): Promise<{ mode: number; uid: number; isDirectory: boolean }> {
  const found = await lstat(folder)
  return { mode: found.mode, uid: found.uid, isDirectory: found.isDirectory() }
}

/** When an answer comes too late: from a process that runs, and from one that must be started and read the project first. */
export interface TooLate {
  readonly warm: AbortSignal
  readonly cold: AbortSignal
}

/**
 * Asks the warm process of a project, and starts it where there is none. Null when no answer came in time: the process goes
 * on, and says with its next answer what it could not say with this one.
 */
export async function askWarm(
  root: string,
  request: WarmRequest,
  tooLate: TooLate,
): Promise<WarmAnswer | null> {
  const address = await warmAddress(root)
  if (address === null || tooLate.cold.aborted) return null
  const running = await connectWarm(address)
  const signal = running === null ? tooLate.cold : tooLate.warm
  if (running === null) await startWarm({ root, address, idleMillis }, signal)
  const socket = running ?? (await connectWarm(address))
  if (socket === null) return null
  const stop = (): void => void socket.destroy()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    socket.write(`${JSON.stringify(request)}\n`)
    return parseAnswer(await textOf(socket))
  } catch {
    return null
  } finally {
    signal.removeEventListener('abort', stop)
    socket.destroy()
  }
}

/** A connection to who listens at an address, or null where nobody does. */
export function connectWarm(address: string): Promise<Socket | null> {
  const socket = createConnection(address)
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      // Whoever reads or writes next sees that it is closed.
      socket.on('error', () => undefined)
      resolve(socket)
    })
    socket.once('error', () => resolve(null))
  })
}

/** Starts a warm process that outlives this one; resolves when it, or another one, listens, or when `signal` aborts. */
export async function startWarm(order: WarmOrder, signal: AbortSignal): Promise<number | null> {
  // What models read is English, whatever the editor speaks that started the agent.
  const { HEADROOM_L10N: _, NODE_OPTIONS: __, ...environment } = process.env
  const child = fork(childEntry, [JSON.stringify(order)], {
    cwd: tmpdir(),
    detached: true,
    env: environment,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child.once('error', () => undefined)
  const ended = new AbortController()
  const both = AbortSignal.any([signal, ended.signal])
  child.once('exit', () => ended.abort())
  await once(child, 'message', { signal: both }).catch(() => undefined)
  if (child.connected) child.disconnect()
  child.unref()
  return child.pid ?? null
}

function parseAnswer(text: string): WarmAnswer | null {
  if (text === '') return null
  const { context, problem }: Partial<WarmAnswer> = JSON.parse(text)
  return { context: context ?? null, problem: problem ?? null }
}
