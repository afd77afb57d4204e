import { parentPort, workerData } from 'node:worker_threads'
import { watchServer } from './process-counters.ts'
import type { EvidenceCall, EvidenceReply } from './protocol.ts'

/** Answers calls about the processes behind the port that the worker was started with. */
const watch = watchServer(Number(workerData))
parentPort?.on('message', ({ id, call }: EvidenceCall) => {
  void watch[call]().then((answer) => parentPort?.postMessage({ id, answer } satisfies EvidenceReply))
})
