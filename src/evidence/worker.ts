import { parentPort, workerData } from 'node:worker_threads'
import { watchServer } from './process-counters.ts'

/** Answers every message with one sample of the processes behind the port that the worker was started with. */
const watch = watchServer(Number(workerData))
parentPort?.on('message', () => void watch.sample().then((counters) => parentPort?.postMessage(counters)))
