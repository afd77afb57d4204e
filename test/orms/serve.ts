// Runs applications one after another: `node serve.ts <file with jobs as JSON>`; prints a line of JSON for each.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
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

/** An application's module, and what to ask it. */
export interface Job {
  readonly module: string
  readonly requests: readonly FixtureRequest[]
}

/** What came of a job. */
export type Outcome = { readonly answers: readonly Answer[] } | { readonly failure: string }

interface Application {
  readonly app: RequestListener
  prepare(): Promise<void>
  queryCount(): number
  close(): Promise<void>
}

const jobs: Job[] = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
for (const job of jobs) {
  const outcome = await outcomeOf(job)
  await new Promise((resolve) => process.stdout.write(`\n${JSON.stringify(outcome)}\n`, resolve))
}
process.exit(0)

async function outcomeOf({ module, requests }: Job): Promise<Outcome> {
  try {
    const application: Application = await import(pathToFileURL(module).href)
    await application.prepare()
    const server = createServer(application.app)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const answers: Answer[] = []
    for (const request of requests) answers.push(await ask(request, port, application))
    server.close()
    server.closeAllConnections()
    await application.close()
    return { answers }
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

async function ask(request: FixtureRequest, port: number, application: Application): Promise<Answer> {
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
