import assert from 'node:assert/strict'
import https from 'node:https'
import process from 'node:process'
import { beforeEach, test } from 'node:test'
import { serve, serveRaw } from './servers.ts'
import { Listener, statusOf } from './transports-client.ts'
import { certificate, cookies, kinds, rows, started, taken } from './transports-servers.ts'

beforeEach(() => void (taken.connections = 0))

for (const { name, protocol, start } of kinds) {
  test(`${name}: answers of all kinds on one connection`, async () => {
    await using server = await start()
    await using listener = await Listener.to(server.baseUrl, { protocol })
    const first = await listener.ask({ path: '/rows' })
    assert.equal(statusOf(first), 200)
    assert.equal(first.head?.contentType, 'application/json')
    assert.equal(first.bytes, rows.length)
    assert.equal(statusOf(await listener.ask({ path: '/empty' })), 204)
    assert.equal(statusOf(await listener.ask({ path: '/unchanged' })), 304)
    const head = await listener.ask({ path: '/rows', method: 'HEAD' })
    assert.deepEqual([statusOf(head), head.bytes, head.head?.contentType], [200, 0, 'application/json'])
    const elsewhere = await listener.ask({ path: '/elsewhere' })
    assert.deepEqual([statusOf(elsewhere), elsewhere.head?.location], [302, 'http://127.0.0.1/there'])
    const later = await listener.ask({ path: '/later' })
    assert.deepEqual([statusOf(later), later.body], [429, 'slow down'])
    const missing = await listener.ask({ path: '/nowhere' })
    assert.deepEqual(
      [statusOf(missing), missing.head?.location, missing.head?.contentType],
      [404, null, null],
    )
    assert.equal(taken.connections, 1)
  })

  test(`${name}: 10 MB and 200 cookies`, async () => {
    await using server = await start()
    await using listener = await Listener.to(server.baseUrl, { protocol })
    const large = await listener.ask({ path: '/large' })
    assert.deepEqual([statusOf(large), large.bytes], [200, 10_000_000])
    const sweet = await listener.ask({ path: '/cookies' })
    assert.deepEqual([statusOf(sweet), sweet.head?.setCookies], [200, cookies])
    assert.equal(sweet.head?.contentEncoding, 'identity')
    assert.deepEqual((await listener.ask({ path: '/rows' })).head?.setCookies, [])
    assert.equal(taken.connections, 1)
  })

  test(`${name}: bodies are sent whole, small, empty and large`, async () => {
    await using server = await start()
    await using listener = await Listener.to(server.baseUrl, { protocol })
    const small = await listener.ask({ path: '/echo', method: 'POST', body: Buffer.from('{"a":"é"}') })
    assert.deepEqual([statusOf(small), Buffer.from(small.body, 'latin1').toString()], [201, '{"a":"é"}'])
    assert.equal((await listener.ask({ path: '/echo', method: 'POST', body: Buffer.alloc(0) })).bytes, 0)
    assert.equal((await listener.ask({ path: '/echo', method: 'PUT' })).bytes, 0)
    const large = await listener.ask({ path: '/echo', method: 'PATCH', body: Buffer.alloc(3_000_000, 'y') })
    assert.deepEqual([statusOf(large), large.bytes], [201, 3_000_000])
    assert.equal(taken.connections, 1)
  })

  test(`${name}: a new connection for each request where that is asked for`, async () => {
    await using server = await start()
    await using listener = await Listener.to(server.baseUrl, { protocol, reuse: false })
    for (let count = 0; count < 5; count += 1) {
      assert.equal(statusOf(await listener.ask({ path: '/rows' })), 200)
    }
    assert.equal(taken.connections, 5)
  })

  test(`${name}: an abort is heard at once, within the answer too, and the next request is answered`, async () => {
    await using server = await start()
    await using listener = await Listener.to(server.baseUrl, { protocol })
    const asked = listener.ask({ path: '/large' })
    listener.connection.abort(new Error('before it was open'))
    assert.equal((await asked).error?.message, 'before it was open')
    listener.onPiece = () => listener.connection.abort(new Error('enough'))
    const large = await listener.ask({ path: '/large' })
    assert.equal(large.error?.message, 'enough')
    assert.ok(large.bytes < 5_000_000)
    listener.onPiece = () => undefined
    assert.equal(statusOf(await listener.ask({ path: '/rows' })), 200)
    listener.connection.abort(new Error('nothing to abort'))
    assert.equal(statusOf(await listener.ask({ path: '/rows' })), 200)
  })

  test(`${name}: nothing is heard after close, be it called from within an answer`, async () => {
    await using server = await start()
    const open = await Listener.to(server.baseUrl, { protocol })
    let heard = false
    void open.ask({ path: '/large' }).then(() => (heard = true))
    await new Promise<void>((resolve) => {
      open.onPiece = () => {
        open.connection.close()
        resolve()
      }
    })
    await open.close()
    const connecting = await Listener.to(server.baseUrl, { protocol })
    void connecting.ask().then(() => (heard = true))
    await connecting.close()
    assert.equal(heard, false)
  })

  test(`${name}: what would break a request's lines is refused and not sent`, async () => {
    await using server = await start()
    await using listener = await Listener.to(server.baseUrl, { protocol })
    for (const request of [
      { path: '/rows\r\nx: y' },
      { path: '/ü' },
      { path: 'rows' },
      { headers: ['x', 'a\r\nb: c'] },
      { headers: ['x y', 'a'] },
      { headers: ['x', '日本'] },
    ]) {
      const heard = await listener.ask(request)
      assert.match(String(heard.error), /^Failure: (The path|The header)/, JSON.stringify(request))
      assert.equal(heard.sent, 0)
    }
    assert.equal(statusOf(await listener.ask({ path: '/rows' })), 200)
  })
}

test('http1: a request is written as HTTP/1.1 says, with the host that the user wrote', async () => {
  const seen: string[] = []
  await using server = await serveRaw((socket) => {
    socket.on('data', (data) => {
      seen.push(data.toString('latin1'))
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    })
  })
  const baseUrl = server.baseUrl.replace('127.0.0.1', 'localhost')
  await using listener = await Listener.to(baseUrl)
  await listener.ask({ path: '/a?b=%20c', headers: ['accept', '*/*', 'x', 'é'] })
  await using single = await Listener.to(baseUrl, { reuse: false })
  await single.ask({ method: 'POST', path: '/' })
  assert.deepEqual(seen, [
    `GET /a?b=%20c HTTP/1.1\r\nhost: localhost:${server.port}\r\nconnection: keep-alive\r\naccept: */*\r\nx: é\r\n\r\n`,
    `POST / HTTP/1.1\r\nhost: localhost:${server.port}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
  ])
})

test('a proxy in the environment is not used', async () => {
  let proxied = 0
  await using proxy = await serveRaw(() => void (proxied += 1))
  await using server = await serve((_, response) => void response.end('direct'))
  for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']) {
    process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : proxy.baseUrl
  }
  try {
    await using listener = await Listener.to(server.baseUrl)
    assert.equal((await listener.ask()).body, 'direct')
  } finally {
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'])
      delete process.env[name]
  }
  assert.equal(proxied, 0)
})

for (const [what, start] of [
  ['without TLS', () => serve((_, response) => void response.end())],
  [
    'over TLS',
    () =>
      started(
        https.createServer(certificate, (_, response) => void response.end()),
        'https',
      ),
  ],
  [
    'over TLS without ALPN',
    () => started(https.createServer({ ...certificate, ALPNProtocols: [] }), 'https'),
  ],
] as const) {
  test(`http2: a server that only speaks HTTP/1.1 ${what} is said so, and not loaded over that`, async () => {
    await using server = await start()
    await using listener = await Listener.to(server.baseUrl, { protocol: 'http2' })
    const { error, head } = await listener.ask()
    assert.match(String(error), /^Failure: The server on .* doesn't speak HTTP\/2/)
    assert.equal(head, null)
  })
}
