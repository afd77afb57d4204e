import { Worker } from 'node:worker_threads'
import * as l10n from '@vscode/l10n'
import { Failure, type FailureData } from '../model/failure.ts'
import type { CallName, OrderOf, ProgressOf, ResultOf } from './calls.ts'

/** What the worker is started with. */
export interface ApartCall<Name extends CallName = CallName> {
  readonly name: Name
  readonly order: OrderOf<Name>
}

export type ApartMessage<Name extends CallName> =
  | { readonly kind: 'progress'; readonly progress: ProgressOf<Name> }
  | { readonly kind: 'result'; readonly result: ResultOf<Name> }
  | { readonly kind: 'failure'; readonly failure: FailureData }

const workerEntry = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './workflow-worker.cjs',
  import.meta.url,
)

/** The calls that run, each with what ends it early. */
const calls = new Map<Promise<unknown>, () => void>()

/**
 * Calls a workflow in a worker thread of its own, so that the caller's thread stays free; order, progress and result are
 * copied. Rejects with the workflow's `Failure`, or with `HR_WORKFLOW_ENDED` when the thread ends without a word.
 */
export async function callApart<Name extends CallName>(
  name: Name,
  order: OrderOf<Name>,
  onProgress: (progress: ProgressOf<Name>) => void,
  signal: AbortSignal,
): Promise<ResultOf<Name>> {
  const workerData: ApartCall<Name> = { name, order }
  const worker = new Worker(workerEntry, { workerData, execArgv: [] })
  const stop = (): void => worker.postMessage('abort')
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  const answer = answerOf<Name>(worker, onProgress)
  calls.set(answer, stop)
  try {
    return await answer
  } finally {
    calls.delete(answer)
    signal.removeEventListener('abort', stop)
  }
}

/** Ends all calls early; resolves when each has cleaned up behind itself. */
export async function endCalls(): Promise<void> {
  for (const stop of calls.values()) stop()
  await Promise.allSettled(calls.keys())
}

function answerOf<Name extends CallName>(
  worker: Worker,
  onProgress: (progress: ProgressOf<Name>) => void,
): Promise<ResultOf<Name>> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: ApartMessage<Name>) => {
      if (message.kind === 'progress') onProgress(message.progress)
      else if (message.kind === 'result') resolve(message.result)
      else reject(Failure.from(message.failure))
    })
    worker.once('error', reject)
    worker.once('exit', () =>
      reject(new Failure('HR_WORKFLOW_ENDED', l10n.t('The run ended unexpectedly; try again.'))),
    )
  })
}
