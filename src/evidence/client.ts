import { Worker } from 'node:worker_threads'
import { noServerCounters } from '../model/run.ts'
import type { ServerWatch } from './process-counters.ts'
import type { EvidenceAnswers, EvidenceCall, EvidenceReply, WatchOrder } from './protocol.ts'

const workerEntry = new URL(
  import.meta.url.endsWith('.ts') ? './worker.ts' : './evidence-worker.cjs',
  import.meta.url,
)

/**
 * Watches the processes behind a loopback port from a worker thread, as {@link ServerWatch} says: listing processes is no
 * work for an editor's thread. A worker that fails measures nothing; it never takes the run along.
 */
export function watchServerApart(port: number, countsFolder: string | null = null): ServerWatch {
  const order: WatchOrder = { port, countsFolder }
  const worker = new Worker(workerEntry, { workerData: order, execArgv: [] })
  worker.unref()
  const waiting = new Map<number, (answer: EvidenceReply['answer'] | null) => void>()
  let lastId = 0
  let restarts = 0
  let ended = false
  const end = (): void => {
    ended = true
    for (const settle of waiting.values()) settle(null)
    waiting.clear()
  }
  worker.on('message', ({ id, answer }: EvidenceReply) => {
    waiting.get(id)?.(answer)
    waiting.delete(id)
    if (waiting.size === 0) worker.unref()
  })
  worker.once('error', end)
  worker.once('exit', end)

  function ask(call: keyof EvidenceAnswers): Promise<EvidenceReply['answer'] | null> {
    if (ended) return Promise.resolve(null)
    lastId += 1
    const message: EvidenceCall = { id: lastId, call }
    return new Promise((settle) => {
      waiting.set(message.id, settle)
      worker.postMessage(message)
      worker.ref()
    })
  }

  return {
    async sample() {
      const answer = await ask('sample')
      return typeof answer === 'object' && answer !== null ? answer : noServerCounters
    },
    async restarts() {
      const answer = await ask('restarts')
      if (typeof answer === 'number') restarts = answer
      return restarts
    },
    async queriesPerRequest() {
      const answer = await ask('queriesPerRequest')
      return typeof answer === 'number' ? answer : null
    },
    dispose: () => void worker.terminate(),
  }
}
