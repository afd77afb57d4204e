import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import process from 'node:process'

/** Sent by the guard: the server's own process id, its output, or its end. */
export type GuardMessage =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'exited'; readonly code: number | null }

export interface GuardOrder {
  readonly command: string
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** Where the server leaves what it counts: removed when the guard ends. */
  readonly countsFolder: string
}

function send(message: GuardMessage): void {
  if (process.connected) process.send?.(message, () => {})
}

/**
 * A process between Headroom and the dev server it starts, so that the server ends whenever Headroom does, even when
 * Headroom is killed: losing the channel to the parent stops the server's whole process group.
 */
function guard(order: GuardOrder): void {
  process.on('exit', () => rmSync(order.countsFolder, { recursive: true, force: true }))
  const windows = process.platform === 'win32'
  const { ELECTRON_RUN_AS_NODE: _, ...inherited } = process.env
  const server = spawn(order.command, {
    cwd: order.directory,
    env: { ...inherited, ...order.environment },
    shell: true,
    detached: !windows,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const pid = server.pid
  const signalGroup = (signal: NodeJS.Signals): void => {
    if (pid === undefined) return
    try {
      process.kill(-pid, signal)
    } catch {
      // The group is gone already.
    }
  }
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    if (pid === undefined) process.exit(0)
    if (windows) {
      spawn('taskkill', ['/pid', String(pid), '/T', '/F']).on('exit', () => process.exit(0))
      return
    }
    signalGroup('SIGTERM')
    setTimeout(() => {
      signalGroup('SIGKILL')
      process.exit(0)
    }, 2000)
  }
  if (pid !== undefined) send({ kind: 'started', pid })
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => send({ kind: 'output', text }))
  }
  server.on('error', (error) => send({ kind: 'output', text: error.message }))
  server.on('close', (code) => {
    send({ kind: 'exited', code })
    // A shell can end before what it started in the background.
    if (!windows) signalGroup('SIGKILL')
    process.exit(0)
  })
  process.on('disconnect', stop)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
}

process.once('message', (order: GuardOrder) => guard(order))
