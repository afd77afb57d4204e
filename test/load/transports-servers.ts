import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import http2, { type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import https from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { TestServer } from './servers.ts'
import { selfSigned } from './transports-certificate.ts'

export const certificate = selfSigned()
export const rows = JSON.stringify(Array.from({ length: 40 }, (_, id) => ({ id, name: `row ${id}` })))
export const cookies = Array.from({ length: 200 }, (_, index) => `c${index}=${'v'.repeat(20)}; Path=/`)
/** Connections that servers here have taken since this was set. */
export const taken = { connections: 0 }

/** A server of one protocol, and how it is asked. */
export interface Kind {
  readonly name: string
  readonly protocol: 'http1' | 'http2'
  readonly start: () => Promise<TestServer>
}

interface Reply {
  readonly status: number
  readonly headers: Record<string, string | string[]>
  readonly body: Buffer | string
}

/** What every server answers, by path. */
function reply(path: string, body: string): Reply {
  switch (path) {
    case '/rows':
      return { status: 200, headers: { 'content-type': 'application/json' }, body: rows }
    case '/echo':
      return { status: 201, headers: {}, body }
    case '/empty':
      return { status: 204, headers: {}, body: '' }
    case '/unchanged':
      return { status: 304, headers: { etag: '"1"' }, body: '' }
    case '/large':
      return { status: 200, headers: {}, body: Buffer.alloc(10_000_000, 'x') }
    case '/elsewhere':
      return { status: 302, headers: { location: 'http://127.0.0.1/there' }, body: '' }
    case '/later':
      return { status: 429, headers: { 'retry-after': '7' }, body: 'slow down' }
    case '/cookies':
      return { status: 200, headers: { 'set-cookie': cookies, 'content-encoding': 'identity' }, body: 'ok' }
    default:
      return { status: 404, headers: {}, body: 'nothing here' }
  }
}

function answerRequest(request: IncomingMessage, response: ServerResponse): void {
  whole(request, (text) => {
    const { status, headers, body } = reply(request.url ?? '', text)
    response.writeHead(status, headers).end(body)
  })
}

function answerStream(stream: ServerHttp2Stream, asked: IncomingHttpHeaders): void {
  stream.on('error', () => undefined)
  whole(stream, (text) => {
    const { status, headers, body } = reply(asked[':path'] ?? '', text)
    stream.respond({ ':status': status, ...headers })
    stream.end(body)
  })
}

function whole(stream: NodeJS.ReadableStream, then: (text: string) => void): void {
  let text = ''
  stream.on('data', (chunk) => (text += String(chunk)))
  stream.on('end', () => then(text))
}

/** Lets a server listen on a free port, and ends it with its connections. */
export async function started(server: Server, scheme: 'http' | 'https'): Promise<TestServer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    taken.connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    baseUrl: `${scheme}://localhost:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** An HTTP/2 server without TLS. */
export function serveStreams(
  answer: (stream: ServerHttp2Stream, asked: IncomingHttpHeaders) => void,
): Promise<TestServer> {
  return started(
    http2
      .createServer()
      .on('stream', answer)
      .on('sessionError', () => undefined),
    'http',
  )
}

export const kinds: readonly Kind[] = [
  { name: 'http1', protocol: 'http1', start: () => started(http.createServer(answerRequest), 'http') },
  {
    name: 'http1 over TLS',
    protocol: 'http1',
    start: () => started(https.createServer(certificate, answerRequest), 'https'),
  },
  {
    name: 'http2 over TLS',
    protocol: 'http2',
    start: () => started(http2.createSecureServer(certificate).on('stream', answerStream), 'https'),
  },
  { name: 'http2 without TLS', protocol: 'http2', start: () => serveStreams(answerStream) },
]
