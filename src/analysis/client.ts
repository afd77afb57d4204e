import { Worker } from 'node:worker_threads'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { CheckReport, Fix } from '../model/finding.ts'
import type { Table } from './facts.ts'
import type { CheckRequest, FixRequest, FromWorker, ToWorker } from './protocol.ts'

export type { CheckRequest, FixRequest }

/** The lasting analysis of one folder, in a thread of its own. */
export interface Analysis {
  /**
   * Routes, findings and problems of the folder as it is now, with the overlays in place of the files on disk.
   * Code that doesn't parse is a problem, never an error. Rejects with a `Failure`: `HR_NO_FOLDER`, `HR_NO_SOURCE`,
   * `HR_ANALYSIS_CRASHED` (the next call starts afresh) or `HR_ANALYSIS_CLOSED`.
   */
  check(request: CheckRequest): Promise<CheckReport>
  /** The edits of one fix, against the text that `check` with the same overlays sees. Rejects with `HR_FIX_UNAVAILABLE` when it no longer applies. */
  fix(request: FixRequest): Promise<Fix>
  /** The tables that schemas and entities in the code declare. Rejects as `check` does. */
  tables(): Promise<readonly Table[]>
  /** Stops the thread; calls under way are rejected. May be called again. */
  dispose(): Promise<void>
}

/** Opens the analysis of a folder. The thread starts with the first call and keeps what it read; it doesn't keep the process alive. */
export function openAnalysis(root: string): Analysis {
  return new AnalysisClient(root)
}

interface Pending {
  readonly resolve: (answer: FromWorker) => void
  readonly reject: (error: Failure) => void
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never

class AnalysisClient implements Analysis {
  readonly #root: string
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | null = null
  #lastId = 0
  #isClosed = false

  constructor(root: string) {
    this.#root = root
  }

  async check(request: CheckRequest): Promise<CheckReport> {
    const answer = await this.#ask({ kind: 'check', request })
    if (answer.kind === 'checked') return answer.report
    throw failureOf(answer)
  }

  async fix(request: FixRequest): Promise<Fix> {
    const answer = await this.#ask({ kind: 'fix', request })
    if (answer.kind === 'fixed') return answer.fix
    throw failureOf(answer)
  }

  async tables(): Promise<readonly Table[]> {
    const answer = await this.#ask({ kind: 'tables' })
    if (answer.kind === 'tables') return answer.tables
    throw failureOf(answer)
  }

  async dispose(): Promise<void> {
    this.#isClosed = true
    this.#rejectAll(closed())
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }

  #ask(message: WithoutId<ToWorker>): Promise<FromWorker> {
    if (this.#isClosed) return Promise.reject(closed())
    const worker = (this.#worker ??= this.#start())
    const id = ++this.#lastId
    worker.ref()
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      worker.postMessage({ ...message, id })
    })
  }

  #start(): Worker {
    const entry = import.meta.url.endsWith('.ts') ? './worker.ts' : './analysis-worker.cjs'
    const options = { workerData: this.#root, execArgv: [] }
    const worker = new Worker(new URL(entry, import.meta.url), options)
    worker.on('message', (answer: FromWorker) => this.#settle(worker, answer))
    worker.on('error', (error) => this.#crashed(worker, error))
    worker.on('exit', () => this.#crashed(worker, null))
    return worker
  }

  #settle(worker: Worker, answer: FromWorker): void {
    this.#pending.get(answer.id)?.resolve(answer)
    this.#pending.delete(answer.id)
    if (this.#pending.size === 0) worker.unref()
  }

  #crashed(worker: Worker, cause: Error | null): void {
    if (this.#worker !== worker) return
    this.#worker = null
    const message = cause
      ? l10n.t('The analysis stopped unexpectedly ({0}); try again, it starts afresh.', cause.message)
      : l10n.t('The analysis stopped unexpectedly; try again, it starts afresh.')
    this.#rejectAll(new Failure('HR_ANALYSIS_CRASHED', message, { cause }))
  }

  #rejectAll(failure: Failure): void {
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const call of pending) call.reject(failure)
  }
}

function failureOf(answer: FromWorker): Failure {
  if (answer.kind === 'failed') return Failure.from(answer.failure)
  return new Failure('HR_INTERNAL', l10n.t('The analysis answered "{0}" to another question.', answer.kind))
}

function closed(): Failure {
  return new Failure('HR_ANALYSIS_CLOSED', l10n.t('This analysis was closed; open a new one.'))
}
