import assert from 'node:assert/strict'
import type net from 'node:net'
import { describe, test } from 'node:test'
import type { ErrorKind } from '../../src/model/run.ts'
import { afterOnce, good } from './misbehaving-server.ts'
import { statusOf } from './transports-client.ts'

/** Writes pieces one after the other, each on its way before the next. */
async function inPieces(socket: net.Socket, text: string, size: number): Promise<void> {
  socket.setNoDelay(true)
  for (let at = 0; at < text.length && !socket.destroyed; at += size) {
    socket.write(text.slice(at, at + size), 'latin1')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('answers that are unusual, but HTTP', () => {
  for (const [what, answer, expected, connections] of [
    [
      'no length, until the end of the connection',
      ['HTTP/1.1 200 OK\r\n\r\nall of it', 'end'],
      [200, 'all of it'],
      2,
    ],
    ['HTTP/1.0', ['HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 'end'], [200, 'ok'], 2],
    [
      'HTTP/1.0 kept alive',
      ['HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok'],
      [200, 'ok'],
      1,
    ],
    [
      'HTTP/1.0 that leaves the end to the client',
      ['HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
      [200, 'ok'],
      2,
    ],
    [
      'connection: close',
      ['HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'],
      [200, 'ok'],
      2,
    ],
    [
      'chunks',
      ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n3;x=y\r\n, a\r\n0\r\n\r\n'],
      [200, 'ok, a'],
      1,
    ],
    [
      'trailers',
      ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nlocation: /no\r\n\r\n'],
      [200, 'ok'],
      1,
    ],
    [
      'informational answers before',
      [
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlocation: /no\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
      ],
      [200, 'ok'],
      1,
    ],
    ['204 with a length', ['HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n'], [204, ''], 1],
    [
      '304 with the length of what it leaves out',
      ['HTTP/1.1 304 Not Modified\r\ncontent-length: 500\r\n\r\n'],
      [304, ''],
      1,
    ],
    ['garbage after the answer', ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok and more'], [200, 'ok'], 2],
    [
      'a second answer that nobody asked for',
      [`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok${good}`],
      [200, 'ok'],
      2,
    ],
    [
      'line ends after the answer',
      ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok\r\n\r\n'],
      [200, 'ok'],
      1,
    ],
    ['a status without words', ['HTTP/1.1 299 \r\ncontent-length: 2\r\n\r\nok'], [299, 'ok'], 1],
    [
      'headers without values',
      ['HTTP/1.1 200 OK\r\nx:\r\ncontent-length: 2\r\ny: \r\n\r\nok'],
      [200, 'ok'],
      1,
    ],
  ] as const) {
    test(what, async () => {
      const [text, ending] = answer
      const result = await afterOnce((socket) => {
        socket.write(text, 'latin1')
        if (ending === 'end') socket.end()
      })
      assert.deepEqual([statusOf(result.heard), result.heard.body], expected)
      assert.equal(result.heard.head?.location, null)
      assert.equal(result.connections, connections)
    })
  }

  test('headers are found in whatever pieces they come, in any case, and without others taken for them', async () => {
    const cookies = ['a=1; Path=/', 'b=2', 'é=3']
    const text =
      'HTTP/1.1 200 Fine by me\r\nSET-cookie: a=1; Path=/\r\nX:\r\nContent-Type:  text/plain; charset=utf-8 \r\n' +
      'set-cookies: no\r\nlocatioN: /there?x=y\r\nset-cookie: b=2\r\nlocations: no\r\nRetry-After: 120\r\n' +
      'content-encodinG: gzip\r\nSet-Cookie: é=3\r\nretry-afte: no\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '5\r\nhello\r\n0\r\nset-cookie: no\r\nx: y\r\n\r\n'
    for (const size of [1, 2, 3, 7, 20, 61, 1000]) {
      const { heard, connections } = await afterOnce((socket) => void inPieces(socket, text, size))
      assert.equal(statusOf(heard), 200)
      assert.deepEqual(heard.head, {
        status: 200,
        contentType: 'text/plain; charset=utf-8',
        contentEncoding: 'gzip',
        location: '/there?x=y',
        setCookies: cookies,
      })
      assert.deepEqual([heard.body, connections], ['hello', 1], `pieces of ${size}`)
    }
  })

  test('HEAD has no body, and its connection is used again, whatever length is said or not', async () => {
    for (const head of ['content-length: 50\r\n', 'transfer-encoding: chunked\r\n', '']) {
      const { heard, connections } = await afterOnce(
        (socket) => socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n`),
        (listener) => listener.ask({ method: 'HEAD' }),
      )
      assert.deepEqual([statusOf(heard), heard.bytes, connections], [200, 0, 1])
    }
  })

  test('slow headers', async () => {
    const { heard } = await afterOnce((socket) => void inPieces(socket, good, 1))
    assert.deepEqual([statusOf(heard), heard.body], [200, 'good'])
  })

  test('an answer before the request was written, which the server never reads', async () => {
    const { heard, connections } = await afterOnce(
      (socket) => {
        socket.pause()
        socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig')
      },
      (listener) => listener.ask({ method: 'POST', body: Buffer.alloc(20_000_000) }),
    )
    assert.deepEqual([statusOf(heard), heard.body, connections], [413, 'big', 2])
  })
})

describe('answers that are wrong', () => {
  const wrong: readonly [
    what: string,
    pieces: readonly [text: string, end?: 'end' | 'reset'],
    ErrorKind,
    RegExp,
  ][] = [
    ['no HTTP', ['what?\r\n\r\n'], 'wrong-body', /not valid HTTP/],
    [
      'broken chunks',
      ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
      'wrong-body',
      /not valid HTTP/,
    ],
    [
      'two lengths',
      ['HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nok'],
      'wrong-body',
      /not valid/,
    ],
    [
      'a length that is no number',
      ['HTTP/1.1 200 OK\r\ncontent-length: two\r\n\r\nok'],
      'wrong-body',
      /not valid/,
    ],
    [
      'an upgrade',
      ['HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
      'wrong-body',
      /protocol/,
    ],
    [
      'a length longer than the answer, closed as announced',
      ['HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 50\r\n\r\nok', 'end'],
      'wrong-body',
      /after 2 bytes/,
    ],
    ['closed at once', ['', 'end'], 'reset', /without an answer/],
    ['reset at once', ['', 'reset'], 'reset', /without an answer/],
    ['half a head', ['HTTP/1.1 200 OK\r\ncontent-', 'end'], 'reset', /within the answer's head/],
    [
      'half a body',
      ['HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf of it', 'end'],
      'reset',
      /after 10 bytes/,
    ],
    [
      'half of the chunks',
      ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n', 'end'],
      'reset',
      /after 5 bytes/,
    ],
    [
      'only an informational answer',
      ['HTTP/1.1 100 Continue\r\n\r\n', 'end'],
      'reset',
      /within the answer's head/,
    ],
  ]
  for (const [what, [text, ending], kind, message] of wrong) {
    test(what, async () => {
      const { heard, connections } = await afterOnce((socket) => {
        socket.write(text, 'latin1')
        if (ending === 'end') socket.end()
        if (ending === 'reset') socket.resetAndDestroy()
      })
      assert.equal(heard.kind, kind, String(heard.error))
      assert.match(heard.error?.message ?? '', message)
      assert.equal(heard.error !== null && 'reused' in heard.error && heard.error.reused, false)
      assert.deepEqual([heard.sent, connections], [1, 2])
    })
  }

  test('an answer until the end of the connection that ends by a reset', async () => {
    const { heard } = await afterOnce((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nsome', () => setImmediate(() => socket.resetAndDestroy()))
    })
    assert.equal(heard.kind, 'reset')
  })

  test('headers and trailers larger than 64 KB, in any part of them', async () => {
    const filler = 'x'.repeat(70_000)
    const many = 'x-filler: 1234567890\r\n'.repeat(4000)
    for (const text of [
      `HTTP/1.1 200 ${filler}\r\n\r\n`,
      `HTTP/1.1 200 OK\r\n${filler}: y\r\n\r\n`,
      `HTTP/1.1 200 OK\r\nset-cookie: ${filler}\r\n\r\n`,
      `HTTP/1.1 200 OK\r\n${many}\r\n`,
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n${many}\r\n`,
    ]) {
      const { heard } = await afterOnce((socket) => socket.write(text))
      assert.deepEqual(
        [heard.kind, heard.error?.message],
        ['wrong-body', "the answer's headers are larger than 65536 bytes"],
      )
    }
    const fits = `HTTP/1.1 200 OK\r\nset-cookie: ${'x'.repeat(60_000)}\r\ncontent-length: 0\r\n\r\n`
    const { heard } = await afterOnce((socket) => socket.write(fits))
    assert.deepEqual([statusOf(heard), heard.head?.setCookies[0]?.length], [200, 60_000])
  })
})
