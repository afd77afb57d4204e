import assert from 'node:assert/strict'
import { performance } from 'node:perf_hooks'
import { test } from 'node:test'
import { startLoadEngine } from '../../src/load/client.ts'
import { openEngine } from '../../src/load/engine.ts'
import { asking, serve, step } from './servers.ts'

/** Keeps the event loop busy, as a handler that computes does: its server accepts one connection for each turn. */
function compute(millis: number): void {
  const end = performance.now() + millis
  while (performance.now() < end);
}

test('a computing server answers new users as soon as old ones: none waits to be accepted', async () => {
  await using server = await serve((_, response) => {
    compute(4)
    response.end('ok')
  })
  const engine = startLoadEngine()
  await engine.open(asking(server.baseUrl))
  const few = await engine.runStep(0, step(10, 1), () => undefined)
  const many = await engine.runStep(1, step(60, 2), () => undefined)
  await engine.dispose()
  // All users take turns: 60 users wait six times as long as 10, and none much longer than the others.
  const median = many.latencyMicros.p50 ?? 0
  assert.ok((many.latencyMicros.max ?? Infinity) < median * 2.5, JSON.stringify(many.latencyMicros))
  assert.ok(median > (few.latencyMicros.p50 ?? Infinity) * 3)
})

test('connections are opened before the load, in a server that is quiet', async () => {
  let open = 0
  const openAtRequest: number[] = []
  await using server = await serve(
    (_, response) => {
      openAtRequest.push(open)
      response.end('ok')
    },
    { connected: () => void (open += 1) },
  )
  const engine = await openEngine(asking(server.baseUrl))
  const result = await engine.runStep(0, step(150, 0.3), () => undefined)
  engine.stop()
  assert.equal(open, 150)
  assert.equal(result.requests, openAtRequest.length)
  assert.ok(openAtRequest.slice(1).every((count) => count === 150))
})
