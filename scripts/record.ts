import { createServer, type Server } from 'node:http'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failureData } from '../src/model/failure.ts'
import { emptySnapshot, type RunEvent, type ToView } from '../src/model/panel.ts'
import type { Run } from '../src/model/run.ts'
import { readConfig } from '../src/workflows/config.ts'
import { parseEndpoint } from '../src/workflows/endpoint.ts'
import { carryOut } from '../src/workflows/fix.ts'
import { inspect, openInspection } from '../src/workflows/inspect.ts'
import { testEndpoint } from '../src/workflows/test-endpoint.ts'
import { type ScriptLifetime, runScript, SetupError, temporaryFolder } from './lifetime.ts'
import { inRepository } from './repository.ts'
import { copySample, freePort, seedSample } from './sample-copy.ts'

/*
 * Records what real runs send to the panel, one message a line, for the panel's tests to replay:
 * `node scripts/record.ts [name…]` writes test/recordings/<name>.ndjson, all of them without a name. Needs `npm run build`
 * once, for seeding.
 */

const route = 'GET /users/:userId/activities'

interface Order {
  readonly root: string
  readonly port: number
  readonly route: string
  readonly before: Run | null
  readonly start: boolean
  /** Whether the folder holds code. */
  readonly inspected: boolean
  /** Ends the run with the tick of this number. */
  readonly stopAtTick?: number
}

interface Recorded {
  readonly messages: readonly ToView[]
  /** Null where the run ended with a failure. */
  readonly run: Run | null
}

/** Without what the panel draws nothing of, and which is most of a run. */
function slim(run: Run): Run {
  return { ...run, ticks: run.ticks.map((tick) => ({ ...tick, histogram: '' })) }
}

/** One load test, from the panel's first message to the last. */
async function record(order: Order, signal: AbortSignal): Promise<Recorded> {
  const before = order.before === null ? null : slim(order.before)
  const messages: ToView[] = [{ kind: 'snapshot', protocol: 1, snapshot: emptySnapshot(order.route, before) }]
  const abort = new AbortController()
  const emit = (event: RunEvent): void => {
    messages.push(event)
    const ticks = messages.filter(({ kind }) => kind === 'tick').length
    if (ticks === order.stopAtTick) abort.abort()
  }
  try {
    const run = await measure(order, emit, AbortSignal.any([signal, abort.signal]))
    return { messages, run }
  } catch (error) {
    emit({ kind: 'failure', failure: failureData(error) })
    return { messages, run: null }
  }
}

async function measure(order: Order, emit: (event: RunEvent) => void, signal: AbortSignal): Promise<Run> {
  const { root, before, start } = order
  const config = await readConfig(root, {
    baseUrl: `http://localhost:${order.port}`,
    users: [2, 5, 10, 25, 50],
    stepSeconds: 2,
    budget: 'p95<1s,errors<1%',
  })
  const { routes, findings } = order.inspected ? await inspect(root) : { routes: [], findings: [] }
  const { endpoint } = parseEndpoint(order.route)
  const past = before === null ? {} : { before }
  return testEndpoint({ root, config, start, endpoint, routes, findings, ...past }, emit, signal)
}

/** Carries out the fixes that the verdict of a run leads to, in the copy of the sample. */
async function mend(root: string): Promise<void> {
  const inspection = openInspection(root)
  try {
    for (const rule of ['n-plus-one', 'unbounded-result-set']) {
      const { findings } = await inspection.check({})
      const finding = findings.find((each) => each.rule === rule && each.routes.includes(route))
      const offered = finding?.fixes[0]
      if (finding === undefined || offered === undefined)
        throw new SetupError(`The sample has no ${rule} to mend any more.`)
      const fix = await inspection.fix({ finding, fix: offered.id })
      if (fix === null) throw new SetupError(`The ${rule} of the sample can't be mended any more.`)
      for (const { file, after } of await carryOut(root, fix)) await writeFile(join(root, file), after)
    }
  } finally {
    await inspection.dispose()
  }
}

/** A server whose session ends after the first answer: everything later gets 401. */
async function startForgetfulServer(): Promise<Server> {
  let answered = 0
  const server = createServer((_request, response) => {
    answered += 1
    const [status, body] = answered === 1 ? [200, { items: [1, 2, 3] }] : [401, { error: 'Session expired' }]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

type Scenario = (lifetime: ScriptLifetime) => Promise<Readonly<Record<string, readonly ToView[]>>>

/** Breaks with its cause; the same load after the fix, compared; and a run that is stopped in the middle. */
async function onSample({ signal, cleanup }: ScriptLifetime): ReturnType<Scenario> {
  const { folder: root } = cleanup.use(await copySample())
  await seedSample(root)
  const order = { root, port: await freePort(), route, start: true, inspected: true }
  const breaks = await record({ ...order, before: null }, signal)
  await mend(root)
  const mended = await record({ ...order, before: breaks.run }, signal)
  const stopped = await record({ ...order, before: null, stopAtTick: 30 }, signal)
  return {
    'sample-stopped': stopped.messages,
    'sample-breaks': breaks.messages,
    'sample-after-fix': mended.messages,
  }
}

/** Nothing listens, and nothing may be started. */
async function onNothing({ signal, cleanup }: ScriptLifetime): ReturnType<Scenario> {
  const { folder: root } = cleanup.use(await copySample())
  const { messages } = await record(
    { root, port: await freePort(), route, before: null, start: false, inspected: true },
    signal,
  )
  return { 'sample-no-server': messages }
}

async function onForgetfulServer({ signal, cleanup }: ScriptLifetime): ReturnType<Scenario> {
  const server = await startForgetfulServer()
  cleanup.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const { path: root } = cleanup.use(await temporaryFolder('headroom-record-'))
  const order = {
    root,
    port: address.port,
    route: 'GET /session/items',
    before: null,
    start: false,
    inspected: false,
  }
  const { messages } = await record(order, signal)
  return { 'expired-session': messages }
}

await runScript(async (lifetime) => {
  const wanted = process.argv.slice(2)
  const folder = inRepository('test', 'recordings')
  await mkdir(folder, { recursive: true })
  for (const scenario of [onNothing, onForgetfulServer, onSample] satisfies Scenario[]) {
    for (const [name, messages] of Object.entries(await scenario(lifetime))) {
      if (wanted.length > 0 && !wanted.includes(name)) continue
      await writeFile(
        join(folder, `${name}.ndjson`),
        messages.map((each) => `${JSON.stringify(each)}\n`).join(''),
      )
      const last = messages.at(-1)
      const said =
        last?.kind === 'verdict'
          ? last.verdict.sentence
          : last?.kind === 'failure'
            ? last.failure.message
            : last?.kind
      console.log(`${name}: ${messages.length} messages. ${said}`)
    }
  }
  return 0
})
