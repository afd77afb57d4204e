import assert from 'node:assert/strict'
import { once } from 'node:events'
import { constants, type Http2Session, type ServerHttp2Stream } from 'node:http2'
import { test } from 'node:test'
import { RequestTimeout } from '../../src/load/errors.ts'
import type { ErrorKind } from '../../src/model/run.ts'
import { freePort, serveRaw } from './servers.ts'
import { Listener, statusOf, type Heard } from './transports-client.ts'
import { serveStreams } from './transports-servers.ts'

/** Answers the first request of the server's life in a wrong way and all later ones well. */
async function afterOnce(
  misbehave: (stream: ServerHttp2Stream) => void,
  ask: (listener: Listener) => Promise<Heard> = (listener) => listener.ask(),
): Promise<Heard> {
  let requests = 0
  await using server = await serveStreams((stream) => {
    stream.on('error', () => undefined)
    requests += 1
    if (requests === 1) {
      misbehave(stream)
    } else {
      stream.respond({ ':status': 200 })
      stream.end('good')
    }
  })
  await using listener = await Listener.to(server.baseUrl, { protocol: 'http2' })
  const heard = await ask(listener)
  const next = await listener.ask()
  assert.deepEqual([statusOf(next), next.body], [200, 'good'], 'the next request is answered well')
  return heard
}

/** Sends the head and a piece of a body, and goes on when both are on their way. */
function half(stream: ServerHttp2Stream, headers: Record<string, string>, then: () => void): void {
  stream.respond({ ':status': 200, ...headers })
  stream.write('half', () => setImmediate(then))
}

const wrong: readonly [
  what: string,
  misbehave: (stream: ServerHttp2Stream) => void,
  kind: ErrorKind,
  message: RegExp,
][] = [
  ['closed at once', (stream) => stream.session?.destroy(), 'reset', /without an answer/],
  [
    'a stream refused',
    (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
    'reset',
    /without an answer/,
  ],
  [
    'half an answer, then the connection is gone',
    (stream) => half(stream, {}, () => stream.session?.destroy()),
    'reset',
    /after 4 bytes/,
  ],
  [
    'half an answer, then the socket is gone',
    (stream) => half(stream, {}, () => stream.session?.socket.destroy()),
    'reset',
    /after 4 bytes/,
  ],
  [
    'half an answer, then the stream is given up',
    (stream) => half(stream, {}, () => stream.destroy(new Error('failed'))),
    'reset',
    /after 4 bytes/,
  ],
  [
    'a length longer than the answer',
    (stream) => half(stream, { 'content-length': '50' }, () => stream.end()),
    'wrong-body',
    /not valid HTTP\/2/,
  ],
]
for (const [what, misbehave, kind, message] of wrong) {
  test(what, async () => {
    const heard = await afterOnce(misbehave)
    assert.equal(heard.kind, kind, String(heard.error))
    assert.match(heard.error?.message ?? '', message)
    assert.equal(heard.sent, 1)
  })
}

test('informational answers and trailers are passed over', async () => {
  const heard = await afterOnce((stream) => {
    stream.additionalHeaders({ ':status': 103, link: '</x>' })
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ location: '/no' }))
    stream.end('body')
  })
  assert.deepEqual([statusOf(heard), heard.body, heard.head?.location], [200, 'body', null])
})

test('an endless stream and one that never answers are given up at once', async () => {
  const flooded = await afterOnce(
    (stream) => {
      stream.respond({ ':status': 200 })
      const flood = Buffer.alloc(65_536, 'x')
      const more = (): void => void (stream.destroyed || stream.write(flood, more))
      more()
    },
    async (listener) => {
      let bytes = 0
      listener.onPiece = (chunk) => {
        bytes += chunk.byteLength
        if (bytes > 8_000_000) listener.connection.abort(new RequestTimeout(1))
      }
      const heard = await listener.ask()
      listener.onPiece = () => undefined
      return heard
    },
  )
  assert.equal(flooded.kind, 'timeout')
  const silent = await afterOnce(
    () => undefined,
    (listener) => {
      setTimeout(() => listener.connection.abort(new RequestTimeout(50)), 50)
      return listener.ask()
    },
  )
  assert.deepEqual([silent.kind, silent.sent], ['timeout', 1])
})

test('an early answer to a request whose body the server never reads', async () => {
  const heard = await afterOnce(
    (stream) => {
      stream.respond({ ':status': 413 })
      stream.end('big')
    },
    (listener) => listener.ask({ method: 'POST', body: Buffer.alloc(20_000_000) }),
  )
  assert.deepEqual([statusOf(heard), heard.body], [413, 'big'])
})

test('nothing listens', async () => {
  await using listener = await Listener.to(`http://127.0.0.1:${await freePort()}`, { protocol: 'http2' })
  for (let count = 0; count < 2; count += 1) {
    const heard = await listener.ask()
    assert.deepEqual([heard.kind, heard.sent], ['refused', 0])
  }
})

test('what is neither HTTP/2 nor HTTP/1.1', async () => {
  await using server = await serveRaw((socket) => socket.write('220 mail.example ESMTP ready\r\n'))
  await using listener = await Listener.to(server.baseUrl, { protocol: 'http2' })
  assert.match(String((await listener.ask()).error), /^Failure: .* doesn't speak HTTP\/2/)
})

test('a server that says goodbye within an answer finishes it, and is asked on a new connection', async () => {
  const sessions = new Set<unknown>()
  await using server = await serveStreams((stream) => {
    sessions.add(stream.session)
    stream.respond({ ':status': 200 })
    stream.session?.goaway()
    stream.end('good')
  })
  await using listener = await Listener.to(server.baseUrl, { protocol: 'http2' })
  assert.equal((await listener.ask()).body, 'good')
  assert.equal((await listener.ask()).body, 'good')
  assert.equal(sessions.size, 2)
})

for (const [how, end] of [
  ['closes', (session) => session.close()],
  ['vanishes', (session) => session.socket.destroy()],
] as readonly [string, (session: Http2Session) => void][]) {
  test(`an idle connection whose server ${how} is opened again, without an error`, async () => {
    const sessions: Http2Session[] = []
    await using server = await serveStreams((stream) => {
      if (stream.session !== undefined) sessions.push(stream.session)
      stream.respond({ ':status': 200 })
      stream.end('good')
    })
    await using listener = await Listener.to(server.baseUrl, { protocol: 'http2' })
    assert.equal(statusOf(await listener.ask()), 200)
    const [session] = sessions
    assert.ok(session !== undefined)
    const closed = once(session, 'close')
    end(session)
    await closed
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(statusOf(await listener.ask()), 200)
    assert.equal(sessions.length, 2)
    assert.notEqual(sessions[0], sessions[1])
  })
}
