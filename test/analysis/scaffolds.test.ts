import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { postsApp, readPost, run, scaffold, service, weatherApp, writePost } from './scaffolded-app.ts'

type Posts = { readonly queries: string[] }

const post = (title: string, key?: string, others: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify({ title }),
  headers: {
    'content-type': 'application/json',
    ...(key !== undefined && { 'idempotency-key': key }),
    ...others,
  },
})
const proxied = (address: string): RequestInit => ({ headers: { 'x-forwarded-for': address } })

const slowly =
  (status: number) =>
  (response: ServerResponse): void =>
    void setTimeout(() => response.writeHead(status).end(), 50)

test('cache: 50 requests at once are one query, other keys have their own, and it is made anew when it is old', async (t) => {
  const text = postsApp(readPost)
  const { url, module: loaded } = await run(t, {
    rule: 'cache',
    text,
    exports: ['cachedLoads'],
  })
  const module = loaded as Posts & { cachedLoads: Map<string, { until: number }> }
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => (await fetch(`${url}/posts/1`)).json()),
  )
  for (const answer of answers) assert.deepEqual(answer, { id: 1, title: 'one' })
  assert.equal(module.queries.length, 1)
  assert.deepEqual(await (await fetch(`${url}/posts/2`)).json(), { id: 2, title: 'two' })
  assert.equal(module.queries.length, 2)
  const [entry] = module.cachedLoads.values()
  assert.ok(entry)
  const left = entry.until - Date.now()
  assert.ok(left > 20_000 && left < 33_000, `${left} ms are left`)
  entry.until = Date.now() - 1
  await fetch(`${url}/posts/1`)
  assert.equal(module.queries.length, 3)
})

test('cache: what failed is loaded again, and no more than the maximum is kept', async (t) => {
  const { module: loaded } = await run(t, {
    rule: 'cache',
    text: postsApp(readPost),
    constants: { cachedAtMost: '2' },
    exports: ['cached'],
  })
  const module = loaded as Posts & {
    cached: <T>(key: string, ttl: number, load: () => T) => Promise<Awaited<T>>
  }
  const { cached } = module
  let loads = 0
  const load = (fails: boolean) => async (): Promise<number> => {
    loads++
    await sleep(5)
    if (fails) throw new Error('no')
    return loads
  }
  const failed = await Promise.allSettled([cached('a', 1000, load(true)), cached('a', 1000, load(true))])
  assert.deepEqual(
    failed.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(loads, 1)
  assert.equal(await cached('a', 1000, load(false)), 2)
  await cached('b', 1000, load(false))
  await cached('c', 1000, load(false))
  assert.equal(await cached('c', 1000, load(false)), 4)
  assert.equal(await cached('a', 1000, load(false)), 5, 'the oldest was forgotten')
})

test('rate-limit: the 61st request of an address gets a 429, other addresses don’t, and it may come back in time', async (t) => {
  const { url } = await run(t, { rule: 'rate-limit', text: postsApp(readPost) })
  const ask = async (address: string): Promise<Response> => fetch(`${url}/posts/1`, proxied(address))
  const first = await Promise.all(Array.from({ length: 60 }, () => ask('192.0.2.1')))
  assert.deepEqual(new Set(first.map(({ status }) => status)), new Set([200]))
  const refused = await ask('192.0.2.1')
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('retry-after'), '1')
  assert.deepEqual(await refused.json(), { error: 'Too many requests' })
  assert.equal((await ask('192.0.2.2')).status, 200)
  await sleep(1000)
  assert.equal((await ask('192.0.2.1')).status, 200)
})

test('rate-limit: it remembers a bounded number of clients', async (t) => {
  const { url, module: loaded } = await run(t, {
    rule: 'rate-limit',
    text: postsApp(readPost),
    constants: { rateLimitedClients: '3' },
    exports: ['rateLimits'],
  })
  const module = loaded as { rateLimits: Map<string, unknown> }
  for (const last of [1, 2, 3, 4, 2]) await fetch(`${url}/posts/1`, proxied(`192.0.2.${last}`))
  assert.deepEqual([...module.rateLimits.keys()], ['192.0.2.3', '192.0.2.4', '192.0.2.2'])
})

test('circuit-breaker: opens after five failures, lets one request probe, and closes when that is answered', async (t) => {
  const other = await service(t, 500, 500, 404, 500, 500, 500, 500, 500, slowly(500), slowly(200), 200)
  const { url } = await run(t, {
    rule: 'circuit-breaker',
    text: weatherApp(other.url),
    constants: { breakerOpenMs: '300' },
  })
  const ask = async (): Promise<number> => (await fetch(`${url}/weather`)).status
  const statuses = []
  for (let index = 0; index < 9; index++) statuses.push(await ask())
  assert.deepEqual(statuses, [500, 500, 404, 500, 500, 500, 500, 500, 503])
  assert.equal(other.requests.length, 8, 'an open breaker asks for nothing')
  const together = async (): Promise<number[]> => (await Promise.all([ask(), ask(), ask(), ask()])).toSorted()
  await sleep(320)
  assert.deepEqual(await together(), [500, 503, 503, 503])
  assert.equal(other.requests.length, 9, 'one probe, which failed')
  assert.equal(await ask(), 503)
  await sleep(320)
  assert.deepEqual(await together(), [200, 503, 503, 503])
  assert.deepEqual(await together(), [200, 200, 200, 200])
})

test('idempotency-key: repetitions, also at the same time, get the first answer, and one row is inserted', async (t) => {
  const { url, module: loaded } = await run(t, { rule: 'idempotency-key', text: postsApp(writePost) })
  const module = loaded as Posts
  const send = async (options: RequestInit, query = ''): Promise<Response> =>
    fetch(`${url}/posts${query}`, options)
  const first = await send(post('three', 'a'))
  const second = await send(post('three', 'a'))
  for (const { status, headers } of [first, second])
    assert.deepEqual([status, headers.get('location')], [201, '/posts/3'])
  assert.equal(second.headers.get('content-type'), first.headers.get('content-type'))
  assert.deepEqual([await first.json(), await second.json()], [{ id: 3 }, { id: 3 }])
  assert.equal(module.queries.length, 1)
  const together = await Promise.all(Array.from({ length: 10 }, () => send(post('four', 'b'), '?slowly=1')))
  assert.deepEqual(
    await Promise.all(together.map((each) => each.json())),
    Array.from({ length: 10 }, () => ({ id: 4 })),
  )
  assert.equal(module.queries.length, 2)
  assert.equal((await send(post('other', 'a'))).status, 422)
  const asOther = await send(post('three', 'a', { authorization: 'other' }))
  assert.deepEqual(await asOther.json(), { id: 5 }, 'another client’s key is another key')
  assert.deepEqual(await (await send(post('five'))).json(), { id: 6 })
  assert.deepEqual(await (await send(post('five'))).json(), { id: 7 }, 'nothing changes without a key')
})

test('idempotency-key: a failure is not kept, and an answer that the client didn’t wait for is', async (t) => {
  const { url, module: loaded } = await run(t, { rule: 'idempotency-key', text: postsApp(writePost) })
  const module = loaded as Posts
  assert.equal((await fetch(`${url}/posts?failing=1`, post('three', 'a'))).status, 500)
  assert.equal((await fetch(`${url}/posts?failing=1`, post('three', 'a'))).status, 201)
  const before = module.queries.length
  const gone = fetch(`${url}/posts?slowly=1`, { ...post('four', 'b'), signal: AbortSignal.timeout(50) })
  await assert.rejects(gone)
  assert.deepEqual(await (await fetch(`${url}/posts?slowly=1`, post('four', 'b'))).json(), { id: 4 })
  assert.equal(module.queries.length, before + 1)
})

test('structured-logs: one line of JSON a request, with the id that the client gets', async (t) => {
  const listening = `\nconst server = app.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())))\n`
  const { path } = scaffold(t, { rule: 'structured-logs', text: postsApp(readPost) + listening })
  const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(async () => {
    child.kill()
    await once(child, 'exit')
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async (): Promise<Record<string, unknown>> => JSON.parse((await lines.next()).value)
  const url = `http://127.0.0.1:${String((await next()).port)}`
  const own = await fetch(`${url}/posts/1?secret=1`)
  const { time, ms, ...line } = await next()
  const id = own.headers.get('x-request-id')
  assert.match(id ?? '', /^[\da-f-]{36}$/)
  assert.deepEqual(line, { id, method: 'GET', path: '/posts/1', status: 200 })
  assert.ok(Number.isInteger(ms) && !Number.isNaN(Date.parse(String(time))))
  const taken = await fetch(`${url}/nowhere`, { headers: { 'x-request-id': 'abc-1' } })
  assert.equal(taken.headers.get('x-request-id'), 'abc-1')
  assert.deepEqual([(await next()).id], ['abc-1'])
  for (const unsafe of ['x'.repeat(65), 'a"b', 'a b']) {
    const refused = await fetch(`${url}/posts/1`, { headers: { 'x-request-id': unsafe } })
    assert.match(refused.headers.get('x-request-id') ?? '', /^[\da-f-]{36}$/)
    await next()
  }
})
