import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { openEngine } from '../../src/load/engine.ts'
import type { Flow, RequestTemplate } from '../../src/model/load-plan.ts'
import { failedRequests, type StepResult } from '../../src/model/run.ts'
import { asking, get, serve, step } from './servers.ts'

const ignore = (): void => undefined

function post(path: string, body: unknown, rest: Partial<RequestTemplate> = {}): RequestTemplate {
  return { ...get(path), method: 'POST', body: JSON.stringify(body), ...rest }
}

async function run(baseUrl: string, flows: readonly Flow[], users = 2, seconds = 0.5): Promise<StepResult> {
  const engine = await openEngine(asking(baseUrl, { flows }))
  try {
    return await engine.runStep(0, step(users, seconds), ignore)
  } finally {
    engine.stop()
  }
}

async function answerLogin(request: IncomingMessage, response: ServerResponse, login: number): Promise<void> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  response.setHeader('set-cookie', [`session=${login}; Path=/; HttpOnly`, 'gone=1; Max-Age=0'])
  response.end(JSON.stringify({ token: `${JSON.parse(body).name}${login}` }))
}

test('each user logs in once, then lists, then gets the first id, with its own token and cookies', async () => {
  const log: string[] = []
  let logins = 0
  await using server = await serve((request, response) => {
    const user = request.headers.authorization ?? ''
    log.push(`${request.method} ${request.url} ${user} ${request.headers.cookie ?? ''}`)
    if (request.url === '/login') {
      logins += 1
      void answerLogin(request, response, logins)
    } else if (request.url === '/items') response.end(JSON.stringify({ items: [{ id: `a/${user}` }] }))
    else response.end('{}')
  })
  const bearer = { authorization: '{{token}}' }
  const flow: Flow = {
    name: 'shop',
    weight: 1,
    requests: [
      post(
        '/login',
        { name: '{{name}}' },
        {
          parameters: { name: { values: ['A"b'], source: 'given' } },
          captures: { token: '$.token' },
          once: true,
        },
      ),
      { ...get('/items'), headers: bearer, captures: { item: '$.items[0].id' } },
      { ...get('/items/:item'), headers: bearer },
    ],
  }
  const result = await run(server.baseUrl, [flow], 3)
  assert.equal(failedRequests(result.errors), 0, JSON.stringify(result.samples))
  assert.equal(logins, 3)
  for (const number of [1, 2, 3]) {
    const own = log.filter((line) => line.includes(`A"b${number} session=${number}`))
    const lists = own.filter((line) => line.startsWith('GET /items A'))
    const items = own.filter((line) => line.startsWith(`GET /items/${encodeURIComponent(`a/A"b${number}`)} `))
    assert.ok(lists.length > 5 && lists.length - items.length <= 1 && lists.length >= items.length)
    assert.equal(lists.length + items.length, own.length)
  }
  const { perRequest = [] } = result
  assert.deepEqual(
    perRequest.map(({ name }) => name),
    ['POST /login', 'GET /items', 'GET /items/:item'],
  )
  assert.equal(perRequest[0]?.requests, 3)
  assert.equal(
    perRequest.reduce((sum, { requests }) => sum + requests, 0),
    result.requests,
  )
})

test('a flow whose answer lacks what comes next needs begins anew, and says why', async () => {
  await using server = await serve((_, response) => response.end('{"items":[]}'))
  const requests = [{ ...get('/items'), captures: { item: '$.items[0].id' } }, get('/items/:item')]
  const result = await run(server.baseUrl, [{ name: 'list', weight: 1, requests }])
  assert.equal(result.errors['wrong-body'], result.requests)
  assert.equal(result.perRequest?.[1]?.requests, 0)
  assert.match(result.samples[0]?.message ?? '', /GET \/items did not answer with the value for `item`/)
})

test('a request of several flows is told apart by the flow', async () => {
  await using server = await serve((_, response) => response.end('ok'))
  const flows = [
    { name: 'look', weight: 1, requests: [get('/list'), get('/one')] },
    { name: 'list', weight: 1, requests: [get('/list'), get('/list')] },
  ]
  const { perRequest = [] } = await run(server.baseUrl, flows, 1, 0.1)
  const names = perRequest.map(({ name }) => name)
  assert.deepEqual(names, ['GET /list (look)', 'GET /one', 'GET /list (list)', 'GET /list (list)'])
})

test('flows are taken by weight', async () => {
  await using server = await serve((_, response) => response.end('ok'))
  const flows = [
    { name: 'often', weight: 3, requests: [get('/often')] },
    { name: 'rarely', weight: 1, requests: [get('/rarely')] },
  ]
  const { perRequest = [], requests } = await run(server.baseUrl, flows, 4, 1)
  const share = (perRequest[0]?.requests ?? 0) / requests
  assert.ok(Math.abs(share - 0.75) < 0.06, `${share} of ${requests}`)
})

test('answers that are not as expected count as wrong, compressed ones too', async () => {
  const items = JSON.stringify({ items: [{ id: 1, ok: true }, { id: 2 }] })
  await using server = await serve((request, response) => {
    if (request.url === '/gzip') response.setHeader('content-encoding', 'gzip').end(gzipSync(items))
    else if (request.url === '/br')
      response.setHeader('content-encoding', 'br').end(brotliCompressSync(items))
    else if (request.url === '/gone') response.writeHead(404).end()
    else response.end(items)
  })
  const expect = { rows: { min: 2, max: 2 }, json: [{ path: '$.items[0].ok', equals: true }] }
  for (const path of ['/plain', '/gzip', '/br']) {
    const good = await run(
      server.baseUrl,
      [{ name: 'a', weight: 1, requests: [{ ...get(path), expect }] }],
      1,
      0.2,
    )
    assert.equal(failedRequests(good.errors), 0, `${path} ${JSON.stringify(good.samples)}`)
  }
  const wrong = [
    [{ rows: { min: 3 } }, /expected at least 3 rows, got 2/],
    [{ rows: { max: 1 } }, /expected 0 to 1 rows, got 2/],
    [{ json: [{ path: "$['items'][-1].id", equals: 3 }] }, /expected .* to be 3/],
    [{ json: [{ path: '$.total' }] }, /expected \$\.total in the answer/],
    [{ status: 201 }, /expected status 201, got 200/],
  ] as const
  for (const [expectation, message] of wrong) {
    const requests = [{ ...get('/gzip'), expect: expectation }]
    const bad = await run(server.baseUrl, [{ name: 'a', weight: 1, requests }], 1, 0.2)
    assert.equal(bad.errors['wrong-body'], bad.requests)
    assert.match(bad.samples[0]?.message ?? '', message)
  }
  const gone = [{ ...get('/gone'), expect: { status: 404 } }]
  const asked = await run(server.baseUrl, [{ name: 'a', weight: 1, requests: gone }], 1, 0.2)
  assert.equal(failedRequests(asked.errors), 0)
  const wild = [{ ...get(), captures: { id: '$..id' } }]
  await assert.rejects(
    run(server.baseUrl, [{ name: 'a', weight: 1, requests: wild }]),
    /not a path to one JSON/,
  )
})

test('redirects are followed on the target alone, and their time counts', async () => {
  const seen: string[] = []
  await using server = await serve((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    const to = {
      '/a': '/b',
      '//a': '/b',
      '/form': '/b',
      '/away': 'http://203.0.113.7/secret?token=1',
      '/loop': '/loop',
    }[request.url ?? '']
    if (to === undefined) setTimeout(() => response.end('here'), 20)
    else response.writeHead(request.url === '/form' ? 303 : 302, { location: to }).end()
  })
  const alone = async (request: RequestTemplate): Promise<StepResult> =>
    run(server.baseUrl, [{ name: 'a', weight: 1, requests: [request] }], 1, 0.2)
  const followed = await alone(get('/a'))
  assert.deepEqual(followed.statuses, { 200: followed.requests })
  assert.ok((followed.latencyMicros.p50 ?? 0) > 19_000)
  assert.deepEqual(Object.keys((await alone(get('//a'))).statuses), ['200'])
  seen.length = 0
  await alone(post('/form', {}))
  assert.deepEqual(seen.slice(0, 2), ['POST /form', 'GET /b'])
  const away = await alone(get('/away'))
  assert.equal(away.errors.redirect, away.requests)
  assert.match(away.samples[0]?.message ?? '', /http:\/\/203\.0\.113\.7\/secret leads to another server/)
  assert.doesNotMatch(away.samples[0]?.message ?? '', /token/)
  const loop = await alone(get('/loop'))
  assert.equal(loop.errors.redirect, loop.requests)
  assert.match(loop.samples[0]?.message ?? '', /goes in circles/)
})

test('streams are timed chunk by chunk, and tokens are those that the stream reports', async () => {
  await using server = await serve((_, response) => {
    response.setHeader('content-type', 'text/event-stream')
    const chunks = ['data: {"a":1}\n\n', 'data: {"usage":{"completion_tokens":7}}\n\n', 'data: [DONE]\n\n']
    const next = (): void => {
      const chunk = chunks.shift()
      if (chunk === undefined) return void response.end()
      response.write(chunk)
      setTimeout(next, 40)
    }
    setTimeout(next, 60)
  })
  const { stream, requests } = await run(
    server.baseUrl,
    [{ name: 'a', weight: 1, requests: [get()] }],
    2,
    0.5,
  )
  assert.ok(stream !== undefined && requests > 2)
  assert.equal(stream.answers, requests)
  assert.equal(stream.tokens, requests * 7)
  const first = stream.firstChunkMicros.p50 ?? 0
  const gap = stream.gapMicros.p50 ?? 0
  assert.ok(first > 55_000 && first < 90_000, `first chunk after ${first}`)
  assert.ok(gap > 35_000 && gap < 60_000, `gap ${gap}`)
})

test('users think between requests', async () => {
  await using server = await serve((_, response) => response.end('ok'))
  const engine = await openEngine(asking(server.baseUrl, { thinkTime: { minMillis: 90, maxMillis: 110 } }))
  const result = await engine.runStep(0, { ...step(5, 1), minRequests: 0 }, ignore)
  engine.stop()
  assert.ok(result.requests >= 35 && result.requests <= 55, `${result.requests} requests`)
})

test('with new connections each request has one of its own, and connecting counts', async () => {
  const sockets = new Set<unknown>()
  await using server = await serve((request, response) => {
    sockets.add(request.socket)
    response.end('ok')
  })
  const engine = await openEngine(
    asking(server.baseUrl, { transport: { protocol: 'http1', connection: 'new' } }),
  )
  const result = await engine.runStep(0, step(2, 0.3), ignore)
  engine.stop()
  assert.equal(failedRequests(result.errors), 0)
  assert.equal(sockets.size, result.requests)
})

test('a flow of requests that are all sent once is repeated as a whole', async () => {
  await using server = await serve((_, response) => response.end('ok'))
  const once = { once: true } as const
  const requests = [
    { ...get('/a'), ...once },
    { ...get('/b'), ...once },
  ]
  const { perRequest = [] } = await run(server.baseUrl, [{ name: 'a', weight: 1, requests }], 1, 0.2)
  assert.ok((perRequest[1]?.requests ?? 0) > 1)
})

test('paths are percent-encoded as far as they are not yet, values wholly', async () => {
  const seen = new Set<string | undefined>()
  await using server = await serve((request, response) => {
    seen.add(request.url)
    response.end(JSON.stringify({ id: 'a/%\uD800 é' }))
  })
  const requests = [{ ...get('/größe/a%20b c'), captures: { id: '$.id' } }, get('/items/:id')]
  const result = await run(server.baseUrl, [{ name: 'a', weight: 1, requests }], 1, 0.2)
  assert.equal(failedRequests(result.errors), 0)
  assert.deepEqual([...seen], ['/gr%C3%B6%C3%9Fe/a%20b%20c', '/items/a%2F%25%EF%BF%BD%20%C3%A9'])
})

test('what a server repeats of tokens, cookies and passwords is not told', async () => {
  const token = `eyJ${'a'.repeat(900)}`
  const cookie = 'c00kie-value'
  await using server = await serve((request, response) => {
    request.resume()
    response.setHeader('set-cookie', `session=${cookie}`)
    if (request.url === '/login') response.end(JSON.stringify({ token }))
    else
      response
        .writeHead(401)
        .end(`no ${request.headers.authorization}, ${request.headers.cookie}: swordfish, x`)
  })
  const requests = [
    { ...post('/login', { password: 'swordfish' }), captures: { token: '$.token' } },
    { ...post('/', { password: 'swordfish' }), headers: { authorization: 'Bearer {{token}}' } },
  ]
  const { samples } = await run(server.baseUrl, [{ name: 'a', weight: 1, requests }], 1, 0.2)
  assert.equal(samples[0]?.message, 'HTTP 401 no Bearer …, …=…: …, x')
})

test('a log-in that several flows share is sent once by each user', async () => {
  let logins = 0
  await using server = await serve((request, response) => {
    if (request.url === '/login') logins += 1
    response.end('ok')
  })
  const login = { ...post('/login', {}), once: true } as const
  const flows = ['/a', '/b', '/c'].map((path) => ({ name: path, weight: 1, requests: [login, get(path)] }))
  const { perRequest = [] } = await run(server.baseUrl, flows, 2, 0.3)
  assert.ok(perRequest.every(({ name, requests }) => name.startsWith('POST /login') || requests > 0))
  assert.equal(logins, 2)
})
