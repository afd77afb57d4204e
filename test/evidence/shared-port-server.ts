import cluster from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:http'
import process from 'node:process'

/**
 * Two workers on one port, as production servers run. `none` lets them share the socket itself; without it the primary
 * holds the socket and hands connections out. Told `replace`, the primary ends a worker and starts another.
 */
cluster.schedulingPolicy = process.argv.includes('none') ? cluster.SCHED_NONE : cluster.SCHED_RR

async function startWorker(): Promise<number> {
  const worker = cluster.fork()
  const [address] = await once(worker, 'listening')
  return address.port
}

async function replaceWorker(): Promise<void> {
  const [first] = Object.values(cluster.workers ?? {})
  if (first === undefined) return
  const exited = once(first, 'exit')
  first.process.kill('SIGKILL')
  await exited
  await startWorker()
  process.send?.('replaced')
}

if (cluster.isPrimary) {
  await startWorker()
  const port = await startWorker()
  process.on('message', () => void replaceWorker())
  const workers = Object.values(cluster.workers ?? {}).map((worker) => worker?.process.pid)
  process.send?.({ port, workers })
} else {
  createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
}
process.on('disconnect', () => process.exit(0))
