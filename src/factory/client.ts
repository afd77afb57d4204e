import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as l10n from '@vscode/l10n'

import { Failure, type FailureAction } from '../model/failure.ts'
import type { Schema } from '../model/schema.ts'
import type { SeedPlan, SeedProgress, SeedResult } from '../model/seed-plan.ts'
import type { ColumnValues } from './databases/database.ts'
import type { WantedValues } from './parameter-values.ts'
import type { PlanOptions } from './plan.ts'
import type {
  FactoryCall,
  FactoryCallName,
  FactoryResults,
  FactoryTarget,
  FromFactory,
  ToFactory,
} from './protocol.ts'

/** A local database that can be filled and emptied again, handled by a process of its own. Every call may reject with a `Failure`. */
export interface Factory {
  /** The tables as they are now. */
  schema(): Promise<Schema>
  /** What seeding with these options would do. Changes nothing. */
  plan(options: PlanOptions): Promise<SeedPlan>
  /** Adds the plan's rows. After an abort the result counts the rows that were made; the ledger knows them. */
  seed(
    plan: SeedPlan,
    onProgress: (progress: SeedProgress) => void,
    signal?: AbortSignal,
  ): Promise<SeedResult>
  /** Makes the rows that a stopped or killed run left out, as {@link seed}. */
  resume(onProgress: (progress: SeedProgress) => void, signal?: AbortSignal): Promise<SeedResult>
  /**
   * Removes exactly the rows that Headroom made, of each table in `atMost` only so many of the youngest, and none of others;
   * 0 rows when there are none. After an abort it can be called again.
   */
  undo(
    onProgress: (progress: SeedProgress) => void,
    signal?: AbortSignal,
    atMost?: Readonly<Record<string, number>>,
  ): Promise<SeedResult>
  /** Values of a column as a load test should ask for them, always the same ones. */
  values(wanted: WantedValues): Promise<ColumnValues>
  /** Makes a copy beside the database, in the place of an earlier one of that name, and gives its URL. */
  makeCopy(name: string): Promise<string>
  /** A factory for that copy in the same process, which ends with this one's. */
  onCopy(databaseUrl: string): Omit<Factory, 'dispose'>
  /** The URL of that copy, or null where there is none. */
  findCopy(name: string): Promise<string | null>
  /** Removes that copy; nothing where there is none. */
  removeCopy(name: string): Promise<void>
  /** Ends the process after its current chunk, with all indexes put back. Pending calls reject. */
  dispose(): Promise<void>
}

interface PendingCall {
  /** What arrives under a call's id is that call's result: only this type is lost on the way. */
  readonly resolve: (result: never) => void
  readonly reject: (failure: Failure) => void
  readonly onProgress: (progress: SeedProgress) => void
  readonly name: FactoryCallName
}

/** In MB. Values live for one chunk: more room only keeps more dead ones, for twice the memory and no more speed. */
const heap = ['--max-semi-space-size=4', '--max-old-space-size=512']
/** So long may the child take to put indexes back; killed then, its ledger knows which are away. */
const patienceMillis = 10_000
const shownErrorCharacters = 2000

/**
 * A factory for the database that `databaseUrl` names, relative paths against `root`. The process starts with the first
 * call, which is also the first that can fail: a missing, foreign or unsupported database. One that dies is started
 * again by the next call.
 */
export function openFactory(target: FactoryTarget): Factory {
  const connection = new FactoryProcess()
  return { ...factoryIn(connection, target), dispose: () => connection.dispose() }
}

function factoryIn(connection: FactoryProcess, target: FactoryTarget): Omit<Factory, 'dispose'> {
  return {
    schema: () => connection.call(target, { name: 'schema' }),
    plan: (options) => connection.call(target, { name: 'plan', options }),
    seed: (plan, onProgress, signal) =>
      connection.call(target, { name: 'seed', plan }, { onProgress, signal }),
    resume: (onProgress, signal) => connection.call(target, { name: 'resume' }, { onProgress, signal }),
    undo: (onProgress, signal, atMost) =>
      connection.call(target, { name: 'undo', atMost }, { onProgress, signal }),
    values: (wanted) => connection.call(target, { name: 'values', ...wanted }),
    makeCopy: (copy) => connection.call(target, { name: 'makeCopy', copy }),
    onCopy: (databaseUrl) => factoryIn(connection, { ...target, databaseUrl }),
    findCopy: (copy) => connection.call(target, { name: 'findCopy', copy }),
    removeCopy: async (copy) => {
      await connection.call(target, { name: 'removeCopy', copy })
    },
  }
}

class FactoryProcess {
  private readonly pending = new Map<number, PendingCall>()
  private child: ChildProcess | null = null
  private lastId = 0
  private disposed = false

  async call<Name extends FactoryCallName>(
    target: FactoryTarget,
    call: FactoryCall & { readonly name: Name },
    options: {
      readonly onProgress?: (progress: SeedProgress) => void
      readonly signal?: AbortSignal | undefined
    } = {},
  ): Promise<FactoryResults[Name]> {
    if (this.disposed)
      throw new Failure('HR_FACTORY_CLOSED', l10n.t('The connection to the database was closed.'))
    const id = ++this.lastId
    const child = (this.child ??= this.start())
    const cancel = () => post(child, { kind: 'cancel', id })
    try {
      return await new Promise<FactoryResults[Name]>((resolve, reject) => {
        this.pending.set(id, { resolve, reject, onProgress: options.onProgress ?? ignore, name: call.name })
        post(child, { kind: 'call', id, target, call, cancelled: options.signal?.aborted ?? false })
        options.signal?.addEventListener('abort', cancel, { once: true })
      })
    } finally {
      options.signal?.removeEventListener('abort', cancel)
      this.pending.delete(id)
    }
  }

  async dispose(): Promise<void> {
    this.disposed = true
    const { child } = this
    this.rejectAll(
      () => new Failure('HR_FACTORY_CLOSED', l10n.t('The connection to the database was closed.')),
    )
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    if (child.connected) child.disconnect()
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMillis)
    await exited
    clearTimeout(timer)
  }

  private start(): ChildProcess {
    const entry = new URL(
      import.meta.url.endsWith('.ts') ? './child.ts' : './factory-child.cjs',
      import.meta.url,
    )
    const child = fork(fileURLToPath(entry), [], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      execArgv: heap,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let errors = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-shownErrorCharacters)
    })
    child.on('message', (message: FromFactory<never>) => this.receive(message))
    const ended = (how: string) => {
      if (this.child !== child) return
      this.child = null
      this.rejectAll((name) => died(name, how, errors))
    }
    child.on('error', (error) => ended(error.message))
    child.on('exit', (code, signal) => ended(signal ?? exitText(code)))
    return child
  }

  private receive(message: FromFactory<never>): void {
    const call = this.pending.get(message.id)
    if (message.kind === 'progress') call?.onProgress(message.progress)
    else if (message.kind === 'result') call?.resolve(message.result)
    else call?.reject(Failure.from(message.failure))
  }

  private rejectAll(failureOf: (name: FactoryCallName) => Failure): void {
    for (const call of this.pending.values()) call.reject(failureOf(call.name))
    this.pending.clear()
  }
}

function resume(): FailureAction {
  return { id: 'resume-seed', title: l10n.t('Resume'), commandLine: '--resume' }
}

function undo(): FailureAction {
  return { id: 'undo-seed', title: l10n.t('Undo'), commandLine: '--undo' }
}

function exitText(code: number | null): string {
  return code === null ? l10n.t('exit code unknown') : l10n.t('exit code {0}', code)
}

/** The child ended in the middle of a call: what it has changed decides what can be done. */
function died(name: FactoryCallName, how: string, errors: string): Failure {
  const [sentence, actions] =
    name === 'seed' || name === 'resume'
      ? [
          l10n.t(
            'The process that works on the database ended unexpectedly ({0}). The rows that it made can be undone, and the others added.',
            how,
          ),
          [resume(), undo()],
        ]
      : name === 'undo'
        ? [
            l10n.t(
              'The process that works on the database ended unexpectedly ({0}). Undo again for the rows that are left.',
              how,
            ),
            [undo()],
          ]
        : [l10n.t('The process that works on the database ended unexpectedly ({0}).', how), []]
  return new Failure('HR_FACTORY_DIED', sentence, { cause: errors, actions })
}

/** A child that has just died is noticed by its exit, not here. */
function post(child: ChildProcess, message: ToFactory): void {
  if (child.connected) child.send(message, ignore)
}

function ignore(): void {}
