import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestApp {
  get(path: string): Promise<TestResponse>
  post(path: string, body: unknown): Promise<TestResponse>
  stop(): Promise<void>
}

export interface TestResponse {
  status: number
  body: any
}

/** Starts the app on a free port with a new SQLite database, to which the sample rows were added. */
export async function startApp(): Promise<TestApp> {
  const directory = await mkdtemp(join(tmpdir(), 'activity-api-'))
  delete process.env.DATABASE_URL
  process.env.SQLITE_FILE = join(directory, 'test.sqlite')

  const { createApp } = await import('../src/app.ts')
  const { db } = await import('../src/db.ts')
  const { migrate } = await import('../src/migrate.ts')
  await migrate()
  const server = await listen(createApp())
  const baseUrl = `http://127.0.0.1:${portOf(server)}`

  return {
    get: async (path) => read(await fetch(baseUrl + path)),
    post: async (path, body) =>
      read(
        await fetch(baseUrl + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
    async stop() {
      await close(server)
      await db.destroy()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

export async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function read(response: Response): Promise<TestResponse> {
  return { status: response.status, body: await response.json() }
}
