import { copyFile, link } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { endGroup, spawnGroup, temporaryFolder } from '../../scripts/lifetime.ts'

const script = fileURLToPath(new URL('forward.ts', import.meta.url))

/** A process of its own that listens on a loopback port and passes everything on, as a tunnel does. */
export interface Forwarder {
  readonly port: number
  readonly pid: number
  /** How many it has taken. */
  connections(): number
  stop(): Promise<void>
}

export interface ForwarderOptions {
  /** What its program is called; Node.js' own name where not given. */
  readonly program?: string
  /** Further arguments, for all to see. */
  readonly arguments?: readonly string[]
  /** A Unix socket to listen on instead of a port. */
  readonly socket?: string
}

/** Starts a forwarder to a port of this machine. */
export async function startForwarder(to: number, options: ForwarderOptions = {}): Promise<Forwarder> {
  await using cleanup = new AsyncDisposableStack()
  const program =
    options.program === undefined ? process.execPath : await copyOfNode(options.program, cleanup)
  const args = [script, options.socket ?? '0', String(to), '127.0.0.1', ...(options.arguments ?? [])]
  const child = spawnGroup(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  cleanup.defer(() => endGroup(child))
  let connections = 0
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => reject(new Error(`the forwarder ended with ${code}`)))
    if (child.stdout === null) return
    createInterface(child.stdout).on('line', (line) => {
      if (line === 'connection') connections += 1
      else resolve(Number(line.split(' ')[1]))
    })
  })
  const lifetime = cleanup.move()
  return { port, pid: child.pid ?? 0, connections: () => connections, stop: () => lifetime.disposeAsync() }
}

/** The running program's real name can't be changed by an argument: the file itself must be called so. */
async function copyOfNode(name: string, cleanup: AsyncDisposableStack): Promise<string> {
  const folder = cleanup.use(await temporaryFolder('hr-forwarder-'))
  const path = join(folder.path, name)
  await link(process.execPath, path).catch(() => copyFile(process.execPath, path))
  return path
}
