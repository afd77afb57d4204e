import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { watchServerApart } from '../../src/evidence/client.ts'
import type { ServerCounters } from '../../src/model/run.ts'
import { startDevServer, type DevServer } from '../../src/workflows/server.ts'

/** Answers each request after three queries. */
export const program = fileURLToPath(new URL('./counted-server.ts', import.meta.url))

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Starts a server as a load test does. */
export async function started(command: string): Promise<DevServer> {
  const port = await freePort()
  const environment = { PORT: String(port), NODE_NO_WARNINGS: '1' }
  return startDevServer({ command, directory: import.meta.dirname, environment, host: '127.0.0.1', port })
}

/** Asks the server until its counters tell of it. */
export async function counted(
  server: DevServer,
  tells: (counters: ServerCounters) => boolean,
): Promise<ServerCounters & { readonly overall: number | null }> {
  const watch = watchServerApart(server.port, server.countsFolder)
  try {
    const deadline = performance.now() + 20_000
    for (;;) {
      for (let n = 0; n < 10; n++) await (await fetch(`http://127.0.0.1:${server.port}/`)).text()
      const counters = await watch.sample()
      if (tells(counters)) return { ...counters, overall: await watch.queriesPerRequest() }
      assert.ok(performance.now() < deadline, `never told: ${JSON.stringify(counters)}`)
      await pause(100)
    }
  } finally {
    watch.dispose()
  }
}

/** The queries a request that are counted through a driver. */
export async function queriesThrough(driver: string, url = ''): Promise<number | null> {
  const server = await started(`"${process.execPath}" "${program}" ${driver} "${url}"`)
  try {
    // The first sample also tells of what the driver asked when it connected.
    const { queriesPerRequest, overall } = await counted(server, (now) => now.queriesPerRequest === 3)
    assert.ok(Math.abs((overall ?? 0) - 3) < 1, `3 over all, not ${overall}`)
    return queriesPerRequest
  } finally {
    await server.stop()
  }
}
