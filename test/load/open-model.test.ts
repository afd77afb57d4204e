import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEngine } from '../../src/load/engine.ts'
import type { Step } from '../../src/model/load-plan.ts'
import { failedRequests } from '../../src/model/run.ts'
import { asking, serve } from './servers.ts'

const ignore = (): void => undefined

function arrivals(rate: number, durationSeconds: number, users = 200): Step {
  return { phase: 'ramp', users, rate, durationSeconds, maxDurationSeconds: durationSeconds, minRequests: 0 }
}

test('arrivals come at the rate that was asked for, over as few connections as they need', async () => {
  const connections = new Set<unknown>()
  await using server = await serve((request, response) => {
    connections.add(request.socket)
    response.end('ok')
  })
  const engine = await openEngine(asking(server.baseUrl))
  const result = await engine.runStep(0, arrivals(200, 2), ignore)
  engine.stop()
  const offered = result.arrivals?.offered ?? 0
  assert.ok(Math.abs(offered - 400) <= 4, `${offered} offered`)
  assert.equal(result.requests, offered)
  assert.equal(result.arrivals?.unsent, 0)
  assert.equal(result.offeredRate, 200)
  assert.equal(result.rate, 200)
  assert.ok(connections.size < 60, `${connections.size} connections`)
  assert.equal(result.correctedMicros, undefined)
})

test('a stalled server is charged for everyone it kept waiting, unlike in the closed model', async () => {
  // Stalls for half of each second: half of all arrivals wait, a quarter for more than 250 ms.
  let stalledUntil = 0
  const began = performance.now()
  await using server = await serve((_, response) => {
    const inSecond = (performance.now() - began) % 1000
    stalledUntil = inSecond < 500 ? performance.now() + 500 - inSecond : 0
    if (stalledUntil === 0) response.end('ok')
    else setTimeout(() => response.end('ok'), stalledUntil - performance.now())
  })
  const engine = await openEngine(asking(server.baseUrl))
  const open = await engine.runStep(0, arrivals(100, 3), ignore)
  const closed = await engine.runStep(
    1,
    { phase: 'ramp', users: 2, durationSeconds: 3, maxDurationSeconds: 3, minRequests: 0 },
    ignore,
  )
  engine.stop()
  const p90 = open.latencyMicros.p90 ?? 0
  assert.ok(p90 > 300_000 && p90 < 480_000, `open p90 ${p90}`)
  assert.ok((closed.latencyMicros.p90 ?? Infinity) < 50_000, `closed p90 ${closed.latencyMicros.p90}`)
  assert.ok((closed.correctedMicros?.p90 ?? 0) > 200_000, `corrected p90 ${closed.correctedMicros?.p90}`)
})

test('arrivals go on while all connections are busy, wait in line, and are reported when they never got one', async () => {
  await using server = await serve((_, response) => void setTimeout(() => response.end('ok'), 100))
  const engine = await openEngine(asking(server.baseUrl, { timeoutMillis: 500 }))
  // Two connections serve 20 a second; 100 a second arrive.
  const result = await engine.runStep(0, arrivals(100, 2, 2), ignore)
  engine.stop()
  const { offered = 0, unsent = 0 } = result.arrivals ?? {}
  assert.ok(Math.abs(offered - 200) <= 2, `${offered} offered`)
  assert.equal(result.sent, result.requests)
  assert.equal(result.requests + unsent, offered)
  assert.ok(unsent > 120, `${unsent} unsent`)
  assert.ok((result.latencyMicros.p50 ?? 0) > 400_000, `p50 ${result.latencyMicros.p50}: waiting counts`)
  assert.equal(failedRequests(result.errors), 0)
})

test('a server that refuses fails each arrival, no more and no less', async () => {
  const { baseUrl } = await closedServer()
  const engine = await openEngine(asking(baseUrl))
  const result = await engine.runStep(0, arrivals(100, 1), ignore)
  engine.stop()
  assert.equal(result.errors.refused, result.arrivals?.offered)
})

test('the run ends when its requests are used up', async () => {
  await using server = await serve((_, response) => response.end('ok'))
  for (const step of [arrivals(500, 5), { ...arrivals(1, 5, 10), rate: undefined }]) {
    const { rate, ...closed } = step
    const engine = await openEngine(
      asking(server.baseUrl, { limits: { maxInFlight: 100, maxRequests: 120 } }),
    )
    const result = await engine.runStep(0, rate === undefined ? closed : { ...closed, rate }, ignore)
    engine.stop()
    assert.equal(result.sent, 120)
    assert.equal(result.requests, 120)
    assert.equal(result.complete, false)
    const { offered = 120, unsent = 0 } = result.arrivals ?? {}
    assert.equal(offered, 120 + unsent)
  }
})

test('answers that take their time count as achieved where every arrival found a connection', async () => {
  await using server = await serve((_, response) => void setTimeout(() => response.end('ok'), 300))
  const engine = await openEngine(asking(server.baseUrl))
  for (const index of [0, 1, 2, 3]) {
    const { achievedRate } = await engine.runStep(index, arrivals(700, 0.6, 500), ignore)
    assert.ok(achievedRate > 650, `${achievedRate} a second`)
  }
  engine.stop()
})

test('what piles up on connections of its own is not achieved', async () => {
  const waiting: (() => void)[] = []
  await using server = await serve((_, response) => void waiting.push(() => response.end('ok')))
  const working = setInterval(() => waiting.shift()?.(), 10)
  const engine = await openEngine(asking(server.baseUrl))
  // 100 a second are served at most; 300 a second arrive.
  const { achievedRate, requests, sent } = await engine.runStep(0, arrivals(300, 1, 500), ignore)
  clearInterval(working)
  engine.stop()
  assert.equal(requests, sent)
  assert.ok(achievedRate < 150, `${achievedRate} a second`)
})

async function closedServer(): Promise<{ baseUrl: string }> {
  await using server = await serve((_, response) => response.end())
  return { baseUrl: server.baseUrl }
}
