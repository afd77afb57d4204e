import assert from 'node:assert/strict'
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { getPriority } from 'node:os'
import process from 'node:process'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startLoadEngine, type LoadEngine } from '../../src/load/client.ts'
import { Failure } from '../../src/model/failure.ts'
import type { Tick } from '../../src/model/run.ts'
import { asking, freePort, get, serve, step } from './servers.ts'

async function withEngine(use: (engine: LoadEngine) => Promise<void>): Promise<void> {
  const engine = startLoadEngine()
  try {
    await use(engine)
  } finally {
    await engine.dispose()
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function until(condition: () => boolean, withinMillis: number): Promise<void> {
  const deadline = performance.now() + withinMillis
  while (!condition()) {
    assert.ok(performance.now() < deadline, `not within ${withinMillis} ms`)
    await pause(10)
  }
}

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('expected a Failure')
}

const pidOf = (engine: LoadEngine): number => engine.pid ?? assert.fail('the child runs')

test('preflight, steps and ticks come from a child of low priority', async () => {
  await using server = await serve((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end('{"items":[{"id":1},{"id":2}],"total":2}')
  })
  await withEngine(async (engine) => {
    const { baseUrl } = server
    const preflight = await engine.preflight(asking(baseUrl, { timeoutMillis: 1000 }))
    assert.deepEqual(
      { ...preflight, latencyMicros: 0 },
      { status: 200, bytes: 39, contentType: 'application/json', rows: 2, latencyMicros: 0 },
    )
    assert.ok(preflight.latencyMicros > 0)
    await engine.open(asking(baseUrl, { timeoutMillis: 1000 }))
    const ticks: Tick[] = []
    const result = await engine.runStep(0, step(10, 1), (tick) => ticks.push(tick))
    assert.ok(result.complete && result.requests > 100)
    assert.equal(
      ticks.reduce((sum, tick) => sum + tick.requests, 0),
      result.requests,
    )
    assert.notEqual(pidOf(engine), process.pid)
    if (process.platform !== 'win32') assert.equal(getPriority(pidOf(engine)), 10)
    assert.deepEqual(result.server, {
      cpu: null,
      rssBytes: null,
      eventLoopDelayMicros: null,
      queriesPerRequest: null,
    })
  })
})

test('failures cross the process boundary with their code, sentence and actions', async () => {
  await withEngine(async (engine) => {
    const elsewhere = await failureOf(engine.open(asking('http://203.0.113.7', { timeoutMillis: 1000 })))
    assert.equal(elsewhere.data.code, 'HR_NOT_LOOPBACK')
    assert.equal(elsewhere.data.exitCode, 2)
    const port = await freePort()
    const nobody = await failureOf(
      engine.preflight(asking(`http://localhost:${port}`, { timeoutMillis: 1000 })),
    )
    assert.equal(nobody.data.code, 'HR_NO_SERVER')
    assert.match(nobody.message, new RegExp(`^Nothing is listening on localhost:${port}\\.`))
    assert.equal(nobody.data.actions[0]?.id, 'change-port')
    assert.equal((await failureOf(engine.runStep(0, step(1, 1), () => undefined))).data.code, 'HR_NOT_OPEN')
  })
})

test('preflight: each request of a flow has the whole timeout', async () => {
  await using server = await serve((_, response) => void setTimeout(() => response.end('{}'), 300))
  const flows = [{ name: 'two', weight: 1, requests: [get('/first'), get('/second')] }]
  await withEngine(async (engine) => {
    const { status } = await engine.preflight(asking(server.baseUrl, { flows, timeoutMillis: 500 }))
    assert.equal(status, 200)
  })
})

test('preflight: counts rows, waits no longer than the timeout, and stops', async () => {
  await using server = await serve((request, response) => {
    const answers: Record<string, string> = {
      '/array': '[1,2,3]',
      '/two': '{"a":[],"b":[]}',
      '/text': 'hello',
      '/number': '5',
    }
    const answer = answers[request.url ?? '']
    if (answer !== undefined) response.end(answer)
  })
  await withEngine(async (engine) => {
    const { baseUrl } = server
    const rows = async (path: string): Promise<number | null> =>
      (await engine.preflight(asking(baseUrl, { request: get(path), timeoutMillis: 1000 }))).rows
    assert.equal(await rows('/array'), 3)
    assert.equal(await rows('/two'), null)
    assert.equal(await rows('/text'), null)
    assert.equal(await rows('/number'), null)
    const late = await failureOf(
      engine.preflight(asking(baseUrl, { request: get('/never'), timeoutMillis: 200 })),
    )
    assert.equal(late.data.code, 'HR_NO_ANSWER')
    assert.match(late.message, /within 200 ms/)
    const endless = failureOf(
      engine.preflight(asking(baseUrl, { request: get('/never'), timeoutMillis: 60_000 })),
    )
    await engine.stop()
    assert.equal((await endless).data.code, 'HR_STOPPED')
  })
})

test('Stop ends a step of stalled requests within half a second', async () => {
  await using server = await serve(() => undefined)
  await withEngine(async (engine) => {
    await engine.open(asking(server.baseUrl, { timeoutMillis: 60_000 }))
    const ticking = Promise.withResolvers<void>()
    const running = engine.runStep(0, step(200, 60), ({ inFlight }) => {
      if (inFlight === 200) ticking.resolve()
    })
    await ticking.promise
    const stoppedAt = performance.now()
    await engine.stop()
    const result = await running
    const tookMillis = performance.now() - stoppedAt
    assert.ok(tookMillis < 500, `${tookMillis} ms`)
    assert.equal(result.complete, false)
    assert.equal(result.errors.cancelled, 200)
  })
})

test(
  'Stop keeps its word even when the child does not answer',
  { skip: process.platform === 'win32' },
  async () => {
    await using server = await serve((_, response) => void response.end())
    await withEngine(async (engine) => {
      await engine.open(asking(server.baseUrl, { timeoutMillis: 1000 }))
      const running = failureOf(engine.runStep(0, step(2, 60), () => undefined))
      process.kill(pidOf(engine), 'SIGSTOP')
      const stoppedAt = performance.now()
      await engine.stop()
      assert.equal((await running).data.code, 'HR_LOAD_CHILD')
      assert.ok(performance.now() - stoppedAt < 600)
    })
  },
)

test('a child that is killed rejects its calls, and the parent goes on', async () => {
  await using server = await serve((_, response) => void response.end())
  await withEngine(async (engine) => {
    await engine.open(asking(server.baseUrl, { timeoutMillis: 1000 }))
    const ticking = Promise.withResolvers<void>()
    const running = failureOf(engine.runStep(0, step(2, 60), () => ticking.resolve()))
    await ticking.promise
    process.kill(pidOf(engine), 'SIGKILL')
    const failure = await running
    assert.equal(failure.data.code, 'HR_LOAD_CHILD')
    assert.match(failure.message, /SIGKILL/)
    const after = await failureOf(engine.preflight(asking(server.baseUrl, { timeoutMillis: 1000 })))
    assert.equal(after.data.code, 'HR_LOAD_CHILD')
    await engine.stop()
  })
})

test('dispose ends the child and rejects what is waiting', async () => {
  await using server = await serve(() => undefined)
  const engine = startLoadEngine()
  await engine.open(asking(server.baseUrl, { timeoutMillis: 60_000 }))
  const running = failureOf(engine.runStep(0, step(5, 60), () => undefined))
  await engine.dispose()
  assert.equal((await running).data.code, 'HR_STOPPED')
  assert.equal(isAlive(pidOf(engine)), false)
  await engine.dispose()
})

test('no child outlives a parent that is killed', async () => {
  await using server = await serve((_, response) => void response.end())
  const parent = fork(fileURLToPath(new URL('./doomed-parent.ts', import.meta.url)), [server.baseUrl], {
    execArgv: [],
  })
  const childPid = await new Promise<number>((told) => parent.once('message', (pid: number) => told(pid)))
  assert.equal(isAlive(childPid), true)
  parent.kill('SIGKILL')
  await until(() => !isAlive(childPid), 3000)
})

test('the client loads neither undici nor the histograms into its own process', async () => {
  const client = new URL('../../src/load/client.ts', import.meta.url).href
  const script = `
    const { createRequire } = await import('node:module')
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((file) => /undici|hdr-histogram/.test(file)).length
    await import(${JSON.stringify(client)})
    const withClient = loaded()
    await import(${JSON.stringify(client.replace('client.ts', 'engine.ts'))})
    console.log(withClient, loaded() > 10)`
  const node = spawn(process.execPath, ['--input-type=module', '--eval', script])
  let output = ''
  node.stdout.on('data', (text: Buffer) => (output += text.toString()))
  await once(node, 'close')
  assert.equal(output.trim(), '0 true')
})
