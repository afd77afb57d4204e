import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import * as l10n from '@vscode/l10n'
import { processTree } from '../evidence/process-tree.ts'
import { portsOfProcesses } from '../evidence/project-ports.ts'
import { countingEnvironment } from '../evidence/server-counts.ts'
import { Failure } from '../model/failure.ts'
import { otherAddresses } from './addresses.ts'
import type { GuardMessage, GuardOrder } from './server-guard.ts'
import { askPort } from './server-probe.ts'

const guardEntry = new URL(
  import.meta.url.endsWith('.ts') ? './server-guard.ts' : './server-guard.cjs',
  import.meta.url,
)

/** Where a started server can be asked. */
interface ServedPort {
  readonly port: number
  readonly protocol: 'http' | 'https'
}

export interface DevServer extends ServedPort {
  /** The process id of the start command; its process group holds the server. */
  readonly pid: number
  /** Where the server counts its queries, as long as it lives. */
  readonly countsFolder: string
  /** The last lines the server printed. */
  readonly output: () => string
  /** Resolves when the server's processes are gone. */
  stop(): Promise<void>
}

export interface DevServerOrder extends Omit<GuardOrder, 'countsFolder'> {
  readonly host: string
  readonly port: number
  /** Whether the port is no more than a guess, and the server may come up on another. */
  readonly anyPort?: boolean
  readonly timeoutSeconds?: number
  readonly signal?: AbortSignal
}

/** A server that takes a connection and then says nothing for so long is up: what keeps it is the preflight's to say. */
const answerMillis = 10_000
const pollMillis = 100
/** A port other than the expected one is taken when the expected one hasn't opened for so long. */
const otherPortMillis = 1500

/**
 * Starts the project's dev server and waits until it answers a request. The server ends with {@link DevServer.stop} and
 * whenever this process ends, however that happens. Throws `HR_START_FAILED` with the server's last words when it exits or
 * does not answer in time, `HR_STOPPED` when the signal aborts.
 */
export async function startDevServer(order: DevServerOrder): Promise<DevServer> {
  const countsFolder = await mkdtemp(join(tmpdir(), 'headroom-counts-'))
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
  const { command, directory } = order
  const counting = countingEnvironment(countsFolder, { ...process.env, ...order.environment })
  const environment = { ...order.environment, ...counting }
  guard.send({ command, directory, environment, countsFolder } satisfies GuardOrder)
  try {
    const served = await waitForAnswer(order, { pid: () => pid, exited: () => exited, output: () => output })
    return { pid, countsFolder, ...served, output: () => output, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A server that is coming up, as its guard tells of it. */
interface Starting {
  readonly pid: () => number
  readonly exited: () => boolean
  readonly output: () => string
}

async function waitForAnswer(order: DevServerOrder, starting: Starting): Promise<ServedPort> {
  const deadline = performance.now() + (order.timeoutSeconds ?? 60) * 1000
  const watch = watchOtherPorts(order, starting)
  for (;;) {
    throwIfStopped(order)
    const expected = await askedPort(order.host, order.port, order.signal)
    if (expected !== null) return expected
    const other = await watch()
    throwIfStopped(order)
    if (other !== null && order.anyPort === true) return other
    if (starting.exited()) {
      throw startFailed(
        l10n.t('`{0}` ended at once', order.command),
        starting.output(),
        'The start command ended at once',
      )
    }
    if (performance.now() > deadline) {
      throw other === null
        ? startFailed(
            l10n.t('`{0}` did not answer on port {1} in time', order.command, order.port),
            starting.output(),
            `The server did not answer on port ${order.port} in time`,
          )
        : listensElsewhere(order, other)
    }
    await delay(pollMillis)
  }
}

/** The port as a server that answers; null as long as it doesn't. */
async function askedPort(host: string, port: number, signal?: AbortSignal): Promise<ServedPort | null> {
  const answer = await askPort({ host, port }, answerMillis, signal)
  if (answer === 'none' || answer === 'closed') return null
  return { port, protocol: answer === 'https' ? 'https' : 'http' }
}

/** Looks where the server listens when it isn't where it was expected: the same other port twice, some time apart. */
function watchOtherPorts(
  { host, port }: DevServerOrder,
  { pid }: Starting,
): () => Promise<ServedPort | null> {
  let seen: ServedPort | null = null
  let confirmed: ServedPort | null = null
  let lookedAtMillis = -Infinity
  return async () => {
    if (pid() === 0 || performance.now() - lookedAtMillis < otherPortMillis) return confirmed
    lookedAtMillis = performance.now()
    const ports = await portsOfProcesses(await processTree([pid()]))
    const elsewhere = ports.filter((each) => each !== port)
    const found = await firstServer(host, elsewhere)
    confirmed = found !== null && found.port === seen?.port ? found : null
    seen = found
    return confirmed
  }
}

async function firstServer(host: string, ports: readonly number[]): Promise<ServedPort | null> {
  for (const port of ports) {
    const answer = await askPort({ host, port }, 1000)
    if (answer === 'http' || answer === 'https') return { port, protocol: answer }
  }
  return null
}

function throwIfStopped({ signal }: DevServerOrder): void {
  if (signal?.aborted !== true) return
  throw new Failure('HR_STOPPED', l10n.t('Stopped before the server was up. Nothing was sent.'), {
    exitCode: 3,
  })
}

/** People read what the server said; models don't, because it may hold secrets or orders. */
function startFailed(what: string, output: string, forModels: string): Failure {
  const said = lastWordsOf(output)
  return new Failure('HR_START_FAILED', `${what}${said && `: ${said}`}`, {
    exitCode: 3,
    forModels: `${forModels}. What it printed is left out here.`,
  })
}

function listensElsewhere({ command, port: asked }: DevServerOrder, { port }: ServedPort): Failure {
  return new Failure(
    'HR_START_FAILED',
    l10n.t('`{0}` did not answer on port {1} in time; it listens on port {2}.', command, asked, port),
    { exitCode: 3, actions: otherAddresses([port]) },
  )
}

/** What a server said of its failure: its last line that names an error, else its last lines. */
function lastWordsOf(output: string): string {
  const lines = stripVTControlCharacters(output)
    .trim()
    .split('\n')
    .map((line) => line.trim())
  const error = lines.findLast((line) => /^(\w*Error|error)\b.*:/.test(line))
  return (error ?? lines.slice(-3).join(' ')).slice(-400)
}
