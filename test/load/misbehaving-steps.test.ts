import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { openEngine } from '../../src/load/engine.ts'
import { errorKinds, failedRequests, type ErrorKind, type StepResult } from '../../src/model/run.ts'
import { asking, freePort, serveRaw, step } from './servers.ts'

const ignore = (): void => undefined
const timeoutMillis = 300

/** A step of three users against a server, and that it ended in time with results that add up. */
async function load(baseUrl: string, seconds = 0.4): Promise<StepResult> {
  const engine = await openEngine(asking(baseUrl, { timeoutMillis }))
  const began = performance.now()
  const result = await engine.runStep(0, { ...step(3, seconds), minRequests: 1 }, ignore)
  engine.stop()
  assert.ok(performance.now() - began < seconds * 3000 + timeoutMillis + 1000, 'it ends')
  assert.equal(result.complete, true)
  const good = Object.entries(result.statuses).reduce(
    (sum, [status, count]) => (status < '300' ? sum + count : sum),
    0,
  )
  assert.equal(result.sent, good + failedRequests(result.errors), 'sent = answered + failed')
  return result
}

function answering(
  text: string | Buffer,
  after: (socket: Socket) => void = ignore,
): (socket: Socket) => void {
  return (socket) => {
    socket.on('data', () => {
      socket.write(text)
      after(socket)
    })
  }
}

const end = (socket: Socket): void => void socket.end()
const head = 'HTTP/1.1 200 OK\r\n'
const cookies = Array.from({ length: 200 }, (_, index) => `set-cookie: c${index}=${index}\r\n`).join('')

const failing: readonly [name: string, kind: ErrorKind, serve: (socket: Socket) => void, says: RegExp][] = [
  ['never answers', 'timeout', ignore, /within 300 ms/],
  ['closes at once', 'reset', (socket) => void socket.destroy(), /./],
  ['closes after the request', 'reset', (socket) => socket.once('data', () => socket.destroy()), /./],
  [
    'gives half an answer',
    'reset',
    answering(`${head}content-length: 100\r\n\r\nhalf`, end),
    /4 bytes|half|closed|reset/i,
  ],
  [
    'stops within its answer',
    'timeout',
    answering(`${head}content-length: 100\r\n\r\nhalf`),
    /within 300 ms/,
  ],
  [
    'says nonsense for a length',
    'wrong-body',
    answering(`${head}content-length: nonsense\r\n\r\n`),
    /HTTP|length/i,
  ],
  ['never ends its headers', 'timeout', answering(`${head}x-slow: 1\r\n`), /within 300 ms/],
  ['streams without end', 'timeout', endless, /within 300 ms/],
  ['speaks no HTTP', 'wrong-body', answering('SSH-2.0-OpenSSH_9.2\r\n'), /not valid HTTP/],
  [
    'limits the rate',
    'status-4xx',
    answering('HTTP/1.1 429 Too Many Requests\r\nretry-after: 60\r\ncontent-length: 4\r\n\r\nslow'),
    /HTTP 429 slow/,
  ],
  [
    'redirects off this machine',
    'redirect',
    answering('HTTP/1.1 302 Found\r\nlocation: http://203.0.113.7/\r\ncontent-length: 0\r\n\r\n'),
    /203\.0\.113\.7.*leads to another server/,
  ],
]

function endless(socket: Socket): void {
  socket.once('data', () => {
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n`)
    const more = (): void => {
      if (!socket.destroyed) socket.write('4\r\ntick\r\n', () => setTimeout(more, 5))
    }
    more()
  })
}

for (const [name, kind, serve, says] of failing) {
  test(`a server that ${name} counts as ${kind}, and as nothing else`, async () => {
    await using server = await serveRaw(serve)
    const result = await load(server.baseUrl)
    assert.ok(result.requests > 0)
    for (const each of errorKinds) {
      assert.equal(
        result.errors[each],
        each === kind ? result.requests : 0,
        `${each}: ${JSON.stringify(result.samples)}`,
      )
    }
    assert.match(result.samples[0]?.message ?? '', says)
    assert.equal(result.latencyMicros.max, null, 'failures have no latency')
  })
}

const good: readonly [name: string, serve: (socket: Socket) => void, bytes: number][] = [
  ['speaks HTTP/1.0', answering('HTTP/1.0 200 OK\r\n\r\nold', end), 3],
  [
    'answers 10 MB',
    answering(Buffer.from(`${head}content-length: 10000000\r\n\r\n${'x'.repeat(10_000_000)}`)),
    10_000_000,
  ],
  ['sends more than the length it says', answering(`${head}content-length: 2\r\n\r\nok and more`), 2],
  ['sets 200 cookies', answering(`${head}${cookies}content-length: 2\r\n\r\nok`), 2],
  [
    'is slow with its headers',
    (socket) => {
      socket.on('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nx-a: 1')
        setTimeout(() => socket.write('\r\ncontent-length: 2\r\n\r\nok'), 60)
      })
    },
    2,
  ],
]

for (const [name, serve, bytes] of good) {
  test(`a server that ${name} is answered, measured and counted whole`, async () => {
    await using server = await serveRaw(serve)
    const result = await load(server.baseUrl)
    assert.equal(failedRequests(result.errors), 0, JSON.stringify(result.samples))
    assert.equal(result.bytes, result.requests * bytes)
    assert.ok(result.requests > 0 && (result.latencyMicros.p50 ?? 0) > 0)
  })
}

test('a server that dies and comes back in mid-run is refused meanwhile, and answers again', async () => {
  const port = await freePort()
  const servers: Server[] = []
  const listen = (): void => {
    servers.push(createServer((_, response) => response.end('ok')).listen(port, '127.0.0.1'))
  }
  const die = (): void => {
    servers[0]?.close()
    servers[0]?.closeAllConnections()
  }
  listen()
  setTimeout(die, 300)
  setTimeout(listen, 600)
  const result = await load(`http://127.0.0.1:${port}`, 1.2)
  assert.ok(result.errors.refused > 0, JSON.stringify(result.errors))
  assert.ok((result.statuses[200] ?? 0) > 0)
  assert.equal(failedRequests(result.errors), result.errors.refused + result.errors.reset)
  assert.equal(servers.length, 2, 'it came back')
  servers[1]?.closeAllConnections()
  servers[1]?.close()
})
