import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure } from '../model/failure.ts'
import type { GuardMessage, GuardOrder } from './server-guard.ts'

const guardEntry = new URL(
  import.meta.url.endsWith('.ts') ? './server-guard.ts' : './server-guard.cjs',
  import.meta.url,
)

/** Whether something accepts TCP connections there. */
export async function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 })
    const answer = (listening: boolean): void => {
      socket.destroy()
      resolve(listening)
    }
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
    socket.once('timeout', () => answer(false))
  })
}

export interface DevServer {
  /** The process id of the start command; its process group holds the server. */
  readonly pid: number
  /** The last lines the server printed. */
  readonly output: () => string
  /** Resolves when the server's processes are gone. */
  stop(): Promise<void>
}

export interface DevServerOrder extends GuardOrder {
  readonly host: string
  readonly port: number
  readonly timeoutSeconds?: number
  readonly signal?: AbortSignal
}

/**
 * Starts the project's dev server and waits until its port accepts connections. The server ends with {@link DevServer.stop}
 * and whenever this process ends, however that happens. Throws `HR_START_FAILED` with the server's last words when it
 * exits or does not listen in time, `HR_STOPPED` when the signal aborts.
 */
export async function startDevServer(order: DevServerOrder): Promise<DevServer> {
  const guard = fork(guardEntry, {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    execArgv: [],
    silent: true,
    // A process group of its own: killing ours as a whole must not keep the guard from ending the server.
    detached: process.platform !== 'win32',
  })
  let output = ''
  let pid = 0
  let exited = false
  guard.on('message', (message: GuardMessage) => {
    if (message.kind === 'started') pid = message.pid
    if (message.kind === 'output') output = (output + message.text).slice(-8000)
    if (message.kind === 'exited') exited = true
  })
  guard.on('exit', () => {
    exited = true
  })
  const stop = async (): Promise<void> => {
    if (guard.exitCode !== null || guard.signalCode !== null) return
    const gone = once(guard, 'exit')
    if (guard.connected) guard.disconnect()
    await gone
  }
  const { command, directory, environment } = order
  guard.send({ command, directory, environment } satisfies GuardOrder)
  const deadline = performance.now() + (order.timeoutSeconds ?? 60) * 1000
  while (!(await isListening(order.host, order.port))) {
    const aborted = order.signal?.aborted === true
    if (aborted || exited || performance.now() > deadline) {
      await stop()
      if (aborted)
        throw new Failure('HR_STOPPED', 'Stopped before the server was up. Nothing was sent.', {
          exitCode: 3,
        })
      const lastWords = lastWordsOf(output)
      const what = exited ? 'ended at once' : `did not listen on port ${order.port} in time`
      throw new Failure('HR_START_FAILED', `\`${command}\` ${what}${lastWords && `: ${lastWords}`}`, {
        exitCode: 3,
      })
    }
    await delay(100)
  }
  return { pid, output: () => output, stop }
}

/** What a server said of its failure: its last line that names an error, else its last lines. */
function lastWordsOf(output: string): string {
  const lines = output
    .trim()
    .split('\n')
    .map((line) => line.trim())
  const error = lines.findLast((line) => /^(\w*Error|error)\b.*:/.test(line))
  return (error ?? lines.slice(-3).join(' ')).slice(-400)
}
