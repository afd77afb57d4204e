import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown } from 'node:fs/promises'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { endGroup, spawnGroup, temporaryFolder } from '../../scripts/lifetime.ts'
import { findServerPrograms, type ServerKind } from './programs.ts'

/** A database server of a test's own: on 127.0.0.1, a free port, with its data in a temporary folder. */
export interface TestServer {
  /** Of an empty database, as superuser. */
  readonly url: string
  /** Where it listens besides 127.0.0.1: the folder of PostgreSQL's socket, the path of MariaDB's. */
  readonly socket: string
  readonly dataFolder: string
  readonly port: number
  /** Of the first start. */
  readonly pid: number
  /** The user and group it runs as, for folders that it shall own; null where they are this process' own. */
  readonly owner: { readonly uid: number; readonly gid: number } | null
  /** Makes an empty database and gives its URL. */
  createDatabase(name?: string): Promise<string>
  /** Kills the server at once; its data stays until {@link stop}. */
  kill(): Promise<void>
  /** Starts it again, on the same data and port, after a {@link kill}. */
  restart(): Promise<void>
  /** Ends the server and removes its data. Also done at the end of the process. */
  stop(): Promise<void>
}

/** This machine has no such server; the message says how to get one. */
export class ServerMissing extends Error {}

const remedies: Readonly<Record<ServerKind, string>> = {
  postgres: 'on Debian: sudo apt-get install --no-install-recommends postgresql',
  mariadb: 'on Debian: sudo apt-get install --no-install-recommends mariadb-server-core',
  mongodb: 'install MongoDB, or Go from 1.22 on and run npm test once, which builds FerretDB',
}

/** The programs of a server. Throws {@link ServerMissing} where this machine has none. */
export function requirePrograms(kind: ServerKind): Readonly<Record<string, string>> {
  const programs = findServerPrograms(kind)
  if (programs !== null) return programs
  throw new ServerMissing(`no ${kind} server on this machine (${remedies[kind]})`)
}

/**
 * Why tests with this server are skipped, for node:test's `skip`; false where they run. In CI on Linux it is always
 * false for servers that Debian has: a missing one fails there.
 */
export function skipReason(kind: ServerKind): string | false {
  if (kind !== 'mongodb' && process.env['CI'] && process.platform === 'linux') return false
  try {
    requirePrograms(kind)
    return false
  } catch (error) {
    if (error instanceof ServerMissing) return error.message
    throw error
  }
}

/** Servers refuse to run as root: then they run as nobody. */
export const serverOwner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null

/** A temporary folder that the server's user owns. */
export async function serverFolder(prefix: string): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await temporaryFolder(prefix)
  if (serverOwner !== null) await chown(folder.path, serverOwner.uid, serverOwner.gid)
  return folder
}

/** Starts a server's program as the server's user. Where the system can do it, the process also ends when this one is killed. */
export function spawnServer(program: string, args: readonly string[], folder: string): ChildProcess {
  const environment = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, LC_ALL: 'C', TZ: 'UTC' }
  const options = { cwd: folder, env: environment, ...serverOwner }
  const stdio = ['pipe', 'ignore', 'pipe'] as const
  const setpriv = '/usr/bin/setpriv'
  return existsSync(setpriv)
    ? spawnGroup(setpriv, ['--pdeathsig=KILL', program, ...args], { ...options, stdio: [...stdio] })
    : spawnGroup(program, args, { ...options, stdio: [...stdio] })
}

/** Resolves when the server has printed `ready`; rejects with what it printed where it ends before. */
export function serverIsReady(child: ChildProcess, ready: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = ''
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`the server ended with ${code}:\n${printed}`)))
    if (child.stderr === null) return
    createInterface(child.stderr).on('line', (line) => {
      printed = `${printed}${line}\n`.slice(-4_000)
      if (ready.test(line)) resolve()
    })
  })
}

/** Resolves when the program, given `input`, has ended well; rejects with what it printed where not. */
export async function runToEnd(child: ChildProcess, input = ''): Promise<void> {
  let printed = ''
  child.stderr?.on('data', (data) => (printed = (printed + String(data)).slice(-4_000)))
  child.stdin?.on('error', () => undefined).end(input)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  await endGroup(child)
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}:\n${printed}`)
}

/** A port of 127.0.0.1 that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      )
    })
  })
}
