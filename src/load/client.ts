import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Step } from '../model/load-plan.ts'
import type { Answer, Preflight, StepResult, Tick } from '../model/run.ts'
import type {
  FromLoadChild,
  LoadCall,
  LoadReply,
  OpenRequest,
  PreflightRequest,
  ToLoadChild,
} from './protocol.ts'

export type { OpenRequest, PreflightRequest } from './protocol.ts'

/**
 * Load generation in a child process of low priority. Calls reject with a `Failure`: `HR_LOAD_CHILD` when the child ended
 * unexpectedly, otherwise what the call itself found (`HR_NOT_LOOPBACK`, `HR_NO_SERVER`, `HR_PARAMETER` …).
 */
export interface LoadEngine {
  /** Sends one request and describes its answer. */
  readonly preflight: (request: PreflightRequest) => Promise<Preflight>
  /** One user asks for the last request of each flow, in order. */
  readonly askEach: (request: PreflightRequest) => Promise<readonly Answer[]>
  /** Sets the endpoint that the following steps load. */
  readonly open: (request: OpenRequest) => Promise<void>
  /** Runs one step; `onTick` hears of it up to four times a second, with the server's counters all null. */
  readonly runStep: (index: number, step: Step, onTick: (tick: Tick) => void) => Promise<StepResult>
  /** Holds the load of the step in progress no longer: it resolves, complete, when what is in flight is answered. */
  readonly release: () => Promise<void>
  /** Within half a second the step in progress has resolved with `complete: false`, or the child is gone. */
  readonly stop: () => Promise<void>
  /** Ends the child; calls that are still waiting reject. */
  readonly dispose: () => Promise<void>
  /** The child's process id, for people who watch processes. */
  readonly pid: number | undefined
}

interface Waiting {
  readonly settle: (reply: LoadReply) => void
  readonly reject: (error: Failure) => void
  readonly onTick: (tick: Tick) => void
}

const stopMillis = 450
const exitMillis = 1000

/** Starts the load child. It ends when it is disposed of or when this process ends, however that happens. */
export function startLoadEngine(): LoadEngine {
  const entry = new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './load-child.cjs', import.meta.url)
  const child = fork(fileURLToPath(entry), [], {
    env: childEnvironment(),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let gone: Failure | null = null
  let complaint = ''

  child.stderr?.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(-2000)))
  child.on('message', (message: FromLoadChild) => receive(message))
  child.on('error', (error) => end(childFailure(error.message, complaint)))
  child.on('exit', (code, signal) =>
    end(childFailure(signal ?? l10n.t('exit code {0}', String(code)), complaint)),
  )

  function receive(message: FromLoadChild): void {
    const call = waiting.get(message.id)
    if (call === undefined) return
    if (message.kind === 'tick') {
      call.onTick(message.tick)
      return
    }
    waiting.delete(message.id)
    if (message.kind === 'reply') call.settle(message)
    else call.reject(Failure.from(message.failure))
  }

  function end(failure: Failure): void {
    gone ??= failure
    for (const call of waiting.values()) call.reject(gone)
    waiting.clear()
  }

  function ask<Name extends LoadCall['call']>(
    request: LoadCall & { readonly call: Name },
    onTick: (tick: Tick) => void = () => undefined,
  ): Promise<ReplyTo<Name>> {
    if (gone !== null) return Promise.reject(gone)
    lastId += 1
    const message: ToLoadChild = { ...request, id: lastId }
    return new Promise((resolve, reject) => {
      const settle = (reply: LoadReply): void => {
        if (isReplyTo(reply, request.call)) resolve(reply)
      }
      waiting.set(message.id, { settle, reject, onTick })
      child.send(message, (error) => {
        if (error !== null) end(childFailure(error.message, complaint))
      })
    })
  }

  async function stop(): Promise<void> {
    if (gone !== null) return
    const killer = setTimeout(() => child.kill('SIGKILL'), stopMillis)
    try {
      await ask({ call: 'stop', input: null }).catch(() => undefined)
    } finally {
      clearTimeout(killer)
    }
  }

  async function dispose(): Promise<void> {
    end(new Failure('HR_STOPPED', l10n.t('The load generator was shut down.'), { exitCode: 3 }))
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    const exited = once(child, 'exit')
    const killer = setTimeout(() => child.kill('SIGKILL'), exitMillis)
    if (child.connected) child.disconnect()
    await exited
    clearTimeout(killer)
  }

  return {
    preflight: async (input) => (await ask({ call: 'preflight', input })).output,
    askEach: async (input) => (await ask({ call: 'ask-each', input })).output,
    async open(input) {
      await ask({ call: 'open', input })
    },
    runStep: async (index, step, onTick) =>
      (await ask({ call: 'run-step', input: { index, step } }, onTick)).output,
    async release() {
      await ask({ call: 'release', input: null })
    },
    stop,
    dispose,
    pid: child.pid,
  }
}

type ReplyTo<Name extends LoadReply['call']> = Extract<LoadReply, { readonly call: Name }>

function isReplyTo<Name extends LoadReply['call']>(reply: LoadReply, name: Name): reply is ReplyTo<Name> {
  return reply.call === name
}

/** The child is plain Node.js even inside an editor, and no debugger attaches to it. */
function childEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, VSCODE_INSPECTOR_OPTIONS: _inspector, ...inherited } = process.env
  return { ...inherited, ELECTRON_RUN_AS_NODE: '1' }
}

function childFailure(how: string, complaint: string): Failure {
  const lastLine = complaint
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => /^\w*Error\b/.test(line))
  const detail = lastLine === undefined ? how : `${how}, ${lastLine}`
  return new Failure(
    'HR_LOAD_CHILD',
    l10n.t(
      'The load generator stopped unexpectedly ({0}). What was measured before is kept; run the load test again.',
      detail,
    ),
  )
}
