// Runs one application in a process of its own: `node serve.ts <module> <requests as JSON>`; prints answers as JSON.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import type { FixtureRequest } from './fixtures.ts'

/** What an application answered, and how many queries that took. */
export interface Answer {
  readonly path: string
  readonly status: number
  readonly body: unknown
  readonly queries: number
}

interface Application {
  readonly app: RequestListener
  prepare(): Promise<void>
  queryCount(): number
  close(): Promise<void>
}

const [module = '', asked = '[]'] = process.argv.slice(2)
const application: Application = await import(pathToFileURL(module).href)
const requests: FixtureRequest[] = JSON.parse(asked)

await application.prepare()
const server = createServer(application.app)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const answers: Answer[] = []
for (const request of requests) answers.push(await ask(request))
server.close()
server.closeAllConnections()
await application.close()
process.stdout.write(`\n${JSON.stringify(answers)}`, () => process.exit(0))

async function ask(request: FixtureRequest): Promise<Answer> {
  const { path, method, body } =
    typeof request === 'string' ? { path: request, method: 'GET', body: undefined } : request
  const before = application.queryCount()
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  })
  const text = await response.text()
  return {
    path,
    status: response.status,
    body: parsed(text),
    queries: application.queryCount() - before,
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
