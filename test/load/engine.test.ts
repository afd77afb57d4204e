import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { openEngine, type Engine } from '../../src/load/engine.ts'
import type { RequestTemplate } from '../../src/model/load-plan.ts'
import { failedRequests, type Tick } from '../../src/model/run.ts'
import { asking, freePort, get, serve, serveRaw, step } from './servers.ts'

const open = (baseUrl: string, request: RequestTemplate = get(), timeoutMillis = 2000): Promise<Engine> =>
  openEngine(asking(baseUrl, { request, timeoutMillis, seed: 7 }))
const ignore = (): void => undefined

test('counts every answer and every byte once, in ticks and in the step', async () => {
  let served = 0
  await using server = await serve((_, response) => {
    served += 1
    response.end('0123456789')
  })
  const engine = await open(server.baseUrl)
  const ticks: Tick[] = []
  const result = await engine.runStep(3, step(5, 1), (tick) => ticks.push(tick))
  engine.stop()

  assert.equal(result.complete, true)
  assert.equal(result.requests, served)
  assert.equal(result.bytes, served * 10)
  assert.deepEqual(result.statuses, { 200: served })
  assert.equal(failedRequests(result.errors), 0)
  assert.ok(result.durationSeconds >= 1 && result.durationSeconds < 1.5, `${result.durationSeconds} s`)
  assert.ok(ticks.length >= 3 && ticks.length <= 7, `${ticks.length} ticks`)
  assert.equal(
    ticks.reduce((sum, tick) => sum + tick.requests, 0),
    served,
  )
  assert.ok(ticks.every((tick) => tick.step === 3 && tick.users === 5))
  const merged = decodeFromCompressedBase64(ticks[0]?.histogram ?? '')
  for (const tick of ticks.slice(1)) merged.add(decodeFromCompressedBase64(tick.histogram))
  const whole = decodeFromCompressedBase64(result.histogram)
  assert.equal(merged.totalCount, served)
  assert.equal(whole.totalCount, served)
  assert.equal(merged.getValueAtPercentile(95), whole.getValueAtPercentile(95))
})

test('reports the latencies that the server really had', async () => {
  const delays: number[] = []
  let arrived = 0
  await using server = await serve((_, response) => {
    const at = performance.now()
    arrived += 1
    setTimeout(
      () => {
        response.end('ok')
        delays.push((performance.now() - at) * 1000)
      },
      arrived % 10 === 0 ? 200 : 40,
    )
  })
  const engine = await open(server.baseUrl)
  const result = await engine.runStep(0, step(10, 1.5), ignore)
  engine.stop()
  delays.sort((a, b) => a - b)
  for (const [metric, share] of [['p50', 0.5] as const, ['p95', 0.95] as const]) {
    const measured = result.latencyMicros[metric] ?? Number.NaN
    const real = delays[Math.ceil(delays.length * share) - 1] ?? Number.NaN
    assert.ok(measured >= real * 0.995, `${metric} ${measured} below the real ${real}`)
    assert.ok(measured - real < 15_000, `${metric} ${measured}, really ${real}`)
  }
  assert.equal(result.requests, delays.length)
  assert.equal(result.latencyMicros.p99, null, 'p99 needs a thousand answers')
})

test('achieved rate counts the time under load, slow answers after it still count as latencies', async () => {
  await using server = await serve((_, response) => void setTimeout(() => response.end(), 400))
  const engine = await open(server.baseUrl)
  const result = await engine.runStep(0, step(4, 1), ignore)
  engine.stop()
  // One on the newest connection before the load is held, then three from each user.
  assert.equal(result.requests, 13)
  assert.ok(Math.abs(result.achievedRate - 8) < 1, `${result.achievedRate}/s`)
})

test('a slow endpoint holds the step until there are enough answers, and no longer than allowed', async () => {
  await using server = await serve((_, response) => void setTimeout(() => response.end(), 150))
  const engine = await open(server.baseUrl)
  const enough = await engine.runStep(0, step(2, 0.2, { minRequests: 8, maxDurationSeconds: 5 }), ignore)
  assert.ok(enough.requests >= 8 && enough.requests <= 11, `${enough.requests}`)
  assert.ok(enough.durationSeconds > 0.5 && enough.durationSeconds < 2)
  const capped = await engine.runStep(1, step(2, 0.2, { minRequests: 1000, maxDurationSeconds: 0.5 }), ignore)
  assert.ok(capped.durationSeconds < 1 && capped.complete)
  engine.stop()
})

test('a server that stalls gives timeouts, which stay out of the latencies', async () => {
  await using server = await serve(() => undefined)
  const engine = await open(server.baseUrl, get(), 300)
  const result = await engine.runStep(0, step(4, 0.5), ignore)
  engine.stop()
  assert.equal(result.errors.timeout, result.requests)
  assert.ok(result.requests >= 4)
  assert.equal(result.latencyMicros.max, null)
  assert.equal(result.samples[0]?.kind, 'timeout')
})

test('a body that never ends is a timeout too', async () => {
  await using server = await serve((_, response) => void response.write('begun'))
  const engine = await open(server.baseUrl, get(), 300)
  const result = await engine.runStep(0, step(2, 0.4), ignore)
  engine.stop()
  assert.equal(result.errors.timeout, result.requests)
})

for (const status of [401, 404, 429, 500, 503]) {
  test(`${status} counts as failure, with a short sample and no headers`, async () => {
    await using server = await serve((_, response) => {
      response.writeHead(status, { 'set-cookie': 'session=secret' })
      response.end(`{"error":"${'long '.repeat(200)}"}`)
    })
    const engine = await open(server.baseUrl)
    const result = await engine.runStep(0, step(2, 0.3), ignore)
    engine.stop()
    const kind = status >= 500 ? 'status-5xx' : 'status-4xx'
    assert.equal(result.errors[kind], result.requests)
    assert.equal(result.statuses[status], result.requests)
    assert.equal(result.latencyMicros.p50, null)
    assert.equal(result.samples.length, 1)
    const [sample] = result.samples
    assert.equal(sample?.status, status)
    assert.match(sample?.message ?? '', /^HTTP \d+ \{"error":"long/)
    assert.ok((sample?.message.length ?? 0) <= 200)
    assert.doesNotMatch(JSON.stringify(result), /secret/)
  })
}

test('good answers between failures are counted apart', async () => {
  let served = 0
  await using server = await serve((_, response) => {
    served += 1
    response.statusCode = served % 4 === 0 ? 500 : 200
    response.end()
  })
  const engine = await open(server.baseUrl)
  const result = await engine.runStep(0, step(1, 0.5), ignore)
  engine.stop()
  assert.equal(result.errors['status-5xx'], Math.floor(served / 4))
  assert.equal(decodeFromCompressedBase64(result.histogram).totalCount, served - Math.floor(served / 4))
})

test('a server that resets is counted, and not asked in a frenzy', async () => {
  let asked = 0
  await using server = await serve((request) => {
    asked += 1
    request.socket.resetAndDestroy()
  })
  const engine = await open(server.baseUrl)
  const result = await engine.runStep(0, step(3, 1), ignore)
  engine.stop()
  assert.equal(result.errors.reset, result.requests)
  assert.equal(result.requests, asked)
  assert.ok(result.requests >= 3 && result.requests <= 45, `${result.requests}`)
})

test('a reset while the connection is busy is counted even on a reused connection', async () => {
  let served = 0
  let resets = 0
  await using server = await serve((request, response) => {
    served += 1
    if (served % 5 !== 0) {
      response.end()
      return
    }
    resets += 1
    request.socket.resetAndDestroy()
  })
  const engine = await open(server.baseUrl)
  const result = await engine.runStep(0, step(2, 0.5), ignore)
  engine.stop()
  assert.ok(resets > 0)
  assert.equal(result.errors.reset, resets)
  assert.equal(result.requests, served)
})

test('a connection that the server closed while idle is not held against it', async () => {
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
  let lostRaces = 0
  const second = { begun: false }
  await using server = await serveRaw((socket) => {
    let answeredBefore = false
    socket.on('data', () => {
      if (second.begun && answeredBefore) {
        lostRaces += 1
        socket.resetAndDestroy()
        return
      }
      answeredBefore = !second.begun
      socket.write(answer)
    })
  })
  const engine = await open(server.baseUrl)
  await engine.runStep(0, step(3, 0.2), ignore)
  await pause(200)
  second.begun = true
  const result = await engine.runStep(1, step(3, 0.3), ignore)
  engine.stop()
  assert.equal(lostRaces, 3)
  assert.equal(result.errors.reset, 0)
  assert.equal(failedRequests(result.errors), 0)
  assert.ok(result.requests > 3)
})

test('where nothing listens every request is refused', async () => {
  const engine = await open(`http://127.0.0.1:${await freePort()}`)
  const result = await engine.runStep(0, step(2, 0.5), ignore)
  engine.stop()
  assert.equal(result.errors.refused, result.requests)
  assert.ok(result.requests >= 2 && result.requests < 40)
  assert.match(result.samples[0]?.message ?? '', /ECONNREFUSED/)
})

test('connections closed after each answer, chunks and large bodies are all in order', async () => {
  const large = 'x'.repeat(300_000)
  await using server = await serve((request, response) => {
    if (request.url === '/close') response.setHeader('connection', 'close')
    if (request.url === '/chunked') for (let part = 0; part < 5; part += 1) response.write('part')
    response.end(request.url === '/large' ? large : 'end')
  })
  for (const [path, bytes] of [
    ['/close', 3],
    ['/chunked', 23],
    ['/large', 300_000],
  ] as const) {
    const engine = await open(server.baseUrl, get(path))
    const result = await engine.runStep(0, step(4, 0.4), ignore)
    engine.stop()
    assert.equal(failedRequests(result.errors), 0, path)
    assert.ok(result.requests > 10, `${path}: ${result.requests}`)
    assert.equal(result.bytes, result.requests * bytes, path)
  }
})

for (const [what, answer, kind] of [
  ['an answer that is not HTTP', 'what?\r\n\r\n', 'wrong-body'],
  ['broken chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', 'wrong-body'],
  ['an answer cut short', 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nok', 'reset'],
] as const) {
  test(`${what} counts as ${kind}`, async () => {
    await using server = await serveRaw((socket) => socket.on('data', () => socket.end(answer)))
    const engine = await open(server.baseUrl)
    const result = await engine.runStep(0, step(1, 0.3), ignore)
    engine.stop()
    assert.equal(result.errors[kind], result.requests)
    assert.ok(result.requests >= 1 && result.requests < 10, `${result.requests}`)
    assert.deepEqual(result.statuses, {})
  })
}

test('redirects to another server are not followed', async () => {
  let reached = 0
  await using elsewhere = await serve((_, response) => {
    reached += 1
    response.end()
  })
  await using server = await serve((_, response) => {
    response.writeHead(302, { location: elsewhere.baseUrl })
    response.end()
  })
  const engine = await open(server.baseUrl)
  const result = await engine.runStep(0, step(2, 0.3), ignore)
  engine.stop()
  assert.equal(reached, 0)
  assert.deepEqual(result.statuses, { 302: result.requests })
})

test('parameters are drawn from their values, in an order that the seed decides', async () => {
  const paths: string[] = []
  await using server = await serve((request, response) => {
    paths.push(request.url ?? '')
    response.end()
  })
  const values = ['1', '2', 'a b']
  const request = get('/users/:id?page=:page', {
    id: { values, source: 'test' },
    page: { values: ['7', '8'], source: 'test' },
  })
  const orders: string[][] = []
  for (const seed of [1, 1, 2]) {
    paths.length = 0
    const engine = await openEngine(asking(server.baseUrl, { request, seed }))
    await engine.runStep(0, step(1, 0.2), ignore)
    engine.stop()
    orders.push(paths.slice(0, 40))
  }
  assert.deepEqual(orders[0], orders[1])
  assert.notDeepEqual(orders[0], orders[2])
  const seen = new Set(orders[0])
  assert.deepEqual(
    [...seen].toSorted(),
    ['1', '2', 'a%20b'].flatMap((id) => ['7', '8'].map((page) => `/users/${id}?page=${page}`)),
  )
})

test('a body and headers are sent as they are', async () => {
  const received: string[] = []
  await using server = await serve((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      received.push(`${request.method} ${request.headers['content-type']} ${body}`)
      response.end()
    })
  })
  const request: RequestTemplate = {
    ...get(),
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"Zoë"}',
  }
  const engine = await open(server.baseUrl, request)
  const result = await engine.runStep(0, step(2, 0.2), ignore)
  engine.stop()
  assert.equal(received.length, result.requests)
  assert.deepEqual([...new Set(received)], ['POST application/json {"name":"Zoë"}'])
})

test('a parameter without values is refused before anything is sent', async () => {
  await assert.rejects(open('http://127.0.0.1:9', get('/users/:id')), /^Failure: `:id` needs values/)
})

test('Stop cuts a step short within half a second and keeps what was measured', async () => {
  let asked = 0
  await using server = await serve((_, response) => {
    asked += 1
    if (asked <= 100) response.end()
  })
  const engine = await open(server.baseUrl, get(), 60_000)
  const running = engine.runStep(0, step(50, 30), (tick) => {
    if (tick.inFlight === 50) engine.stop()
  })
  const result = await running
  assert.equal(result.complete, false)
  assert.equal(result.requests, 100)
  assert.equal(result.errors.cancelled, 50)
  assert.equal(failedRequests(result.errors), 0)
  assert.ok(result.durationSeconds < 2)
  const later = await engine.runStep(1, step(5, 5), ignore)
  assert.equal(later.complete, false)
  assert.equal(later.requests, 0)
  assert.equal(asked, 150)
})

test('a second step while one runs is refused', async () => {
  await using server = await serve((_, response) => void response.end())
  const engine = await open(server.baseUrl)
  const first = engine.runStep(0, step(1, 0.3), ignore)
  await assert.rejects(engine.runStep(1, step(1, 0.3), ignore), /running already/)
  assert.equal((await first).complete, true)
  engine.stop()
})
