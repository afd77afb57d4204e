import '../l10n.ts'
import { parentPort, workerData } from 'node:worker_threads'
import { failureData } from '../model/failure.ts'
import { Inspection } from './inspection.ts'
import type { FromWorker, ToWorker } from './protocol.ts'

/** The analysis thread: owns the inspection of one folder and answers one request after the other. */
const inspection = new Inspection(String(workerData))

parentPort?.on('message', (message: ToWorker) => parentPort?.postMessage(answer(message)))

function answer(message: ToWorker): FromWorker {
  const { id } = message
  try {
    if (message.kind === 'tables') return { kind: 'tables', id, tables: inspection.tables() }
    return message.kind === 'check'
      ? { kind: 'checked', id, report: inspection.check(message.request) }
      : { kind: 'fixed', id, fix: inspection.fix(message.request) }
  } catch (error) {
    return { kind: 'failed', id, failure: failureData(error) }
  }
}
