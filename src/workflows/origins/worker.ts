import '../../l10n.ts'
import { parentPort, workerData } from 'node:worker_threads'
import { failureData } from '../../model/failure.ts'
import { openOrigins, type OriginsAnswer, type OriginsQuestion } from './origins.ts'

const root: string = workerData
const origins = openOrigins(root)
let turn: Promise<void> = Promise.resolve()

parentPort?.on('message', (question: OriginsQuestion) => {
  turn = turn.then(async () => parentPort?.postMessage(await answer(question)))
})

async function answer(question: OriginsQuestion): Promise<OriginsAnswer> {
  try {
    return question.kind === 'attributed'
      ? { kind: 'attributed', attributed: await origins.attributed(question.files, question.overlays) }
      : { kind: 'changed', changed: await origins.changed() }
  } catch (error) {
    return { kind: 'failed', failure: failureData(error) }
  }
}
