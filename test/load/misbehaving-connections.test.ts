import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { describe, test } from 'node:test'
import { errorKind, RequestTimeout } from '../../src/load/errors.ts'
import type { ErrorKind } from '../../src/model/run.ts'
import { afterOnce, good } from './misbehaving-server.ts'
import { freePort, serve, serveRaw } from './servers.ts'
import { Listener, statusOf } from './transports-client.ts'

describe('servers that never come to an end', () => {
  test('an endless stream is given up at once', async () => {
    const { heard } = await afterOnce(
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        const flood = Buffer.alloc(65_536, 'x')
        const more = (): void => void (socket.destroyed || socket.write(flood, more))
        more()
      },
      async (listener) => {
        let bytes = 0
        listener.onPiece = (chunk) => {
          bytes += chunk.byteLength
          if (bytes > 5_000_000) listener.connection.abort(new RequestTimeout(1))
        }
        const flooded = await listener.ask()
        listener.onPiece = () => undefined
        return flooded
      },
    )
    assert.equal(heard.kind, 'timeout')
    assert.ok(heard.bytes < 5_100_000)
  })

  test('one that never answers, and one that stops within its head or body, are given up on abort', async () => {
    for (const text of ['', 'HTTP/1.1 200 OK\r\ncont', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nha']) {
      const { heard, connections } = await afterOnce(
        (socket) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${text}`),
        async (listener) => {
          const asked = listener.ask()
          setTimeout(() => listener.connection.abort(new RequestTimeout(50)), 50)
          return asked
        },
      )
      assert.deepEqual([heard.kind, connections], ['timeout', 2])
    }
  })

  test('an abort from within the head stops the body, and the next request may be sent from within the error', async () => {
    const { heard } = await afterOnce(
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody'),
      (listener) => {
        listener.onHeadSeen = () => {
          listener.onHeadSeen = () => undefined
          listener.connection.abort(new Error('no body wanted'))
        }
        return listener.ask()
      },
    )
    assert.deepEqual([heard.error?.message, heard.head?.status, heard.bytes], ['no body wanted', 200, 0])
  })
})

describe('connections that come and go', () => {
  test('nothing listens', async () => {
    await using listener = await Listener.to(`http://127.0.0.1:${await freePort()}`)
    for (let count = 0; count < 3; count += 1) {
      const heard = await listener.ask()
      assert.deepEqual([heard.kind, heard.sent], ['refused', 0])
    }
  })

  test('a connection that does not come about in time, TLS included', async () => {
    await using server = await serveRaw(() => undefined)
    for (const protocol of ['http1', 'http2'] as const) {
      const baseUrl = server.baseUrl.replace('http:', 'https:')
      await using listener = await Listener.to(baseUrl, { timeoutMillis: 100, protocol })
      const heard = await listener.ask()
      assert.deepEqual([heard.kind, heard.sent], ['timeout', 0])
      assert.match(heard.error?.message ?? '', /no connection within 100 ms/)
    }
  })

  test('TLS asked of a server that speaks none', async () => {
    await using server = await serve((_, response) => void response.end())
    await using listener = await Listener.to(server.baseUrl.replace('http:', 'https:'))
    const heard = await listener.ask()
    assert.deepEqual([heard.kind, heard.sent], ['refused', 0])
  })

  test('a server that dies and comes back', async () => {
    const port = await freePort()
    const first = await listening(port)
    await using listener = await Listener.to(`http://127.0.0.1:${port}`)
    assert.equal(statusOf(await listener.ask()), 200)
    await first.stop()
    const kinds: (ErrorKind | null)[] = []
    while (kinds.at(-1) !== 'refused') kinds.push((await listener.ask()).kind)
    assert.ok(kinds.length <= 2, kinds.join())
    const second = await listening(port)
    assert.equal(statusOf(await listener.ask()), 200)
    await second.stop()
  })

  test('a connection that the server closes while it is idle is opened again, without an error', async () => {
    for (const end of ['end', 'destroy', 'resetAndDestroy'] as const) {
      const closed: Promise<unknown>[] = []
      const sockets: net.Socket[] = []
      await using server = await serveRaw((socket) => {
        sockets.push(socket)
        closed.push(once(socket, 'close'))
        socket.on('data', () => socket.write(good))
      })
      await using listener = await Listener.to(server.baseUrl)
      assert.equal(statusOf(await listener.ask()), 200)
      sockets[0]?.[end]()
      await closed[0]
      await new Promise((resolve) => setImmediate(resolve))
      assert.equal(statusOf(await listener.ask()), 200, end)
      assert.equal(sockets.length, 2)
    }
  })

  test('a reused connection that is lost before a byte of the answer is told apart', async () => {
    for (const [second, reused] of [
      ['', true],
      ['HTTP/1.1', false],
    ] as const) {
      let requests = 0
      await using server = await serveRaw((socket) => {
        socket.on('data', () => {
          requests += 1
          if (requests !== 2) socket.write(good)
          else if (second === '') socket.resetAndDestroy()
          else socket.end(second)
        })
      })
      await using listener = await Listener.to(server.baseUrl)
      assert.equal(statusOf(await listener.ask()), 200)
      const { error } = await listener.ask()
      assert.ok(error !== null && errorKind(error) === 'reset' && 'reused' in error && 'code' in error)
      assert.deepEqual([error.reused, error.code], [reused, 'ECONNRESET'])
      assert.equal(statusOf(await listener.ask()), 200)
    }
  })

  test('words that nobody asked for close an idle connection', async () => {
    let connections = 0
    await using server = await serveRaw((socket) => {
      connections += 1
      socket.on('data', () =>
        socket.write(good, () => setImmediate(() => socket.write('HTTP/1.1 408 Late\r\n\r\n'))),
      )
      closed.push(once(socket, 'close'))
    })
    const closed: Promise<unknown>[] = []
    await using listener = await Listener.to(server.baseUrl)
    assert.equal(statusOf(await listener.ask()), 200)
    await closed[0]
    assert.equal(statusOf(await listener.ask()), 200)
    assert.equal(connections, 2)
  })
})

async function listening(port: number): Promise<{ stop: () => Promise<void> }> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', () => socket.write(good))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}
