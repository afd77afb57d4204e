import { createServer, type RequestListener } from 'node:http'
import net from 'node:net'
import type { OpenRequest } from '../../src/load/protocol.ts'
import type { RequestTemplate, Step } from '../../src/model/load-plan.ts'

export interface TestServer extends AsyncDisposable {
  readonly port: number
  readonly baseUrl: string
}

/** A real HTTP server on a free port of `host`. */
export async function serve(
  listener: RequestListener,
  { host = '127.0.0.1', keepAliveTimeout = 5000, connected = (): void => undefined } = {},
): Promise<TestServer> {
  const server = createServer({ keepAliveTimeout }, listener).on('connection', connected)
  const port = await listen(server, host)
  return {
    port,
    baseUrl: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** A bare TCP server, for answers that no HTTP server would give. */
export async function serveRaw(connected: (socket: net.Socket) => void): Promise<TestServer> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    connected(socket)
  })
  const port = await listen(server, '127.0.0.1')
  return {
    port,
    baseUrl: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = net.createServer()
  const port = await listen(server, '127.0.0.1')
  await new Promise((closed) => server.close(closed))
  return port
}

async function listen(server: net.Server, host: string): Promise<number> {
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(0, host, listening)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

export function get(path = '/', parameters: RequestTemplate['parameters'] = {}): RequestTemplate {
  return { method: 'GET', path, parameters, headers: {}, body: null }
}

export function step(users: number, durationSeconds: number, options: Partial<Step> = {}): Step {
  return {
    phase: 'ramp',
    users,
    durationSeconds,
    maxDurationSeconds: durationSeconds * 3,
    minRequests: 1,
    ...options,
  }
}

/** What opens an engine: users repeat `request` over kept connections, unless told otherwise. */
export function asking(
  baseUrl: string,
  { request = get(), ...rest }: Partial<OpenRequest> & { readonly request?: RequestTemplate } = {},
): OpenRequest {
  return {
    baseUrl,
    flows: [{ name: request.path, weight: 1, requests: [request] }],
    transport: { protocol: 'http1', connection: 'keep-alive' },
    timeoutMillis: 2000,
    seed: 1,
    thinkTime: undefined,
    limits: { maxInFlight: 10_000, maxRequests: 10_000_000 },
    ...rest,
  }
}
