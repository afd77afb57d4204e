import { parentPort, workerData } from 'node:worker_threads'
import { watchServer } from './process-counters.ts'
import type { EvidenceCall, EvidenceReply, WatchOrder } from './protocol.ts'

const { port, countsFolder }: WatchOrder = workerData
/** Answers calls about the processes behind the port that the worker was started with. */
const watch = watchServer(port, countsFolder)
parentPort?.on('message', ({ id, call }: EvidenceCall) => {
  void watch[call]().then((answer) => parentPort?.postMessage({ id, answer } satisfies EvidenceReply))
})
