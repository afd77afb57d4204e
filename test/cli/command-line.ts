import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const sample = fileURLToPath(new URL('../../samples/activity-api', import.meta.url))

export interface Outcome {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command line that runs: its process, what it has said so far, and how it ends. */
export interface RunningHeadroom {
  readonly child: ChildProcess
  readonly stderr: () => string
  readonly outcome: Promise<Outcome>
}

/** Starts the command line as a user does, in a directory. */
export function startHeadroom(directory: string, ...args: readonly string[]): RunningHeadroom {
  const child = spawn(process.execPath, ['--no-warnings', main, ...args], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const outcome = once(child, 'close').then(([exitCode]): Outcome => ({ exitCode, stdout, stderr }))
  return { child, stderr: () => stderr, outcome }
}

/** Runs the command line to its end. */
export function headroom(directory: string, ...args: readonly string[]): Promise<Outcome> {
  return startHeadroom(directory, ...args).outcome
}

/** A copy of the sample in a folder of its own that is removed with `await using`. */
export async function sampleCopy(): Promise<AsyncDisposable & { root: string }> {
  const root = await mkdtemp(join(tmpdir(), 'headroom-cli-'))
  const skipped = ['node_modules', 'data', '.headroom'].map((name) => join(sample, name))
  await cp(sample, root, { recursive: true, filter: (source) => !skipped.includes(source) })
  await symlink(join(sample, 'node_modules'), join(root, 'node_modules'), 'junction')
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) }
}

/** An HTTP server on a free loopback port that is closed with `await using`. */
export async function serve(
  listener: RequestListener,
): Promise<AsyncDisposable & { port: number; server: Server }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  await using served = await serve(() => {})
  return served.port
}
