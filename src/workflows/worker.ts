import '../l10n.ts'
import { parentPort, workerData } from 'node:worker_threads'
import { failureData } from '../model/failure.ts'
import type { ApartCall, ApartMessage } from './apart.ts'
import { calls, type CallName, type OrderOf, type ProgressOf, type ResultOf } from './calls.ts'

/** The calls once more, so that TypeScript ties order, progress and result to a name. */
type Calls = {
  readonly [Name in CallName]: (
    order: OrderOf<Name>,
    onProgress: (progress: ProgressOf<Name>) => void,
    signal: AbortSignal,
  ) => Promise<ResultOf<Name>>
}
const callsByName: Calls = calls

const abort = new AbortController()
parentPort?.once('message', () => abort.abort())

function post<Name extends CallName>(message: ApartMessage<Name>): void {
  parentPort?.postMessage(message)
}

/** Performs the one call that the worker was started for. */
async function perform<Name extends CallName>({ name, order }: ApartCall<Name>): Promise<void> {
  const call = callsByName[name]
  try {
    const onProgress = (progress: ProgressOf<Name>): void => post<Name>({ kind: 'progress', progress })
    post<Name>({ kind: 'result', result: await call(order, onProgress, abort.signal) })
  } catch (error) {
    post<Name>({ kind: 'failure', failure: failureData(error) })
  }
  parentPort?.close()
}

const order: ApartCall = workerData
void perform(order)
