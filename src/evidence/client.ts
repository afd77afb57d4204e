import { Worker } from 'node:worker_threads'
import { noServerCounters, type ServerCounters } from '../model/run.ts'
import type { ServerWatch } from './process-counters.ts'

const workerEntry = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './evidence-worker.cjs',
  import.meta.url,
)

/**
 * Watches the processes behind a loopback port from a worker thread, as {@link ServerWatch} says: listing processes is no
 * work for an editor's thread. A worker that fails measures nothing; it never takes the run along.
 */
export function watchServerApart(port: number): ServerWatch {
  const worker = new Worker(workerEntry, { workerData: port, execArgv: [] })
  worker.unref()
  const waiting: ((counters: ServerCounters) => void)[] = []
  let ended = false
  const end = (): void => {
    ended = true
    for (const answer of waiting.splice(0)) answer(noServerCounters)
  }
  worker.on('message', (counters: ServerCounters) => waiting.shift()?.(counters))
  worker.once('error', end)
  worker.once('exit', end)
  return {
    sample: () =>
      new Promise((resolve) => {
        if (ended) return resolve(noServerCounters)
        waiting.push(resolve)
        return worker.postMessage('sample')
      }),
    dispose: () => void worker.terminate(),
  }
}
