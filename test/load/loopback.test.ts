import assert from 'node:assert/strict'
import diagnostics from 'node:diagnostics_channel'
import { once } from 'node:events'
import { afterEach, beforeEach, test } from 'node:test'
import { openSocket } from '../../src/load/connector.ts'
import { openEngine } from '../../src/load/engine.ts'
import { isLoopback, resolveTarget } from '../../src/load/loopback.ts'
import { runPreflight } from '../../src/load/preflight.ts'
import { Failure } from '../../src/model/failure.ts'
import { asking, serve } from './servers.ts'

let sockets = 0
const countSocket = (): void => void (sockets += 1)
beforeEach(() => {
  sockets = 0
  diagnostics.subscribe('net.client.socket', countSocket)
})
afterEach(() => diagnostics.unsubscribe('net.client.socket', countSocket))

const publicAddress = async (): Promise<string[]> => ['203.0.113.7']

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('expected a Failure')
}

test('which addresses never leave this machine', () => {
  for (const address of [
    '127.0.0.1',
    '127.8.9.1',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
  ]) {
    assert.equal(isLoopback(address), true, address)
  }
  for (const address of [
    '203.0.113.7',
    '128.0.0.1',
    '10.0.0.1',
    '169.254.1.1',
    '::ffff:203.0.113.7',
    '::2',
    'fe80::1',
    '0.0.0.0',
    'localhost',
    '',
  ]) {
    assert.equal(isLoopback(address), false, address)
  }
})

test('a name that resolves elsewhere is refused and no socket is opened', async () => {
  const baseUrl = 'https://api.example.com'
  const open = await failureOf(openEngine(asking(baseUrl, { timeoutMillis: 1000 }), publicAddress))
  assert.deepEqual(open.data, {
    code: 'HR_NOT_LOOPBACK',
    message: 'Headroom only loads this machine. `api.example.com` resolves to 203.0.113.7. Nothing was sent.',
    exitCode: 2,
    actions: [],
  })
  const preflight = await failureOf(
    runPreflight(asking(baseUrl, { timeoutMillis: 1000 }), new AbortController().signal, publicAddress),
  )
  assert.equal(preflight.data.code, 'HR_NOT_LOOPBACK')
  assert.equal(sockets, 0)
})

for (const baseUrl of [
  'http://203.0.113.7',
  'http://203.0.113.7:8080/x',
  'http://[2001:db8::1]:3000',
  'http://[::ffff:203.0.113.7]:3000',
  'http://3405803783',
]) {
  test(`${baseUrl} is refused and no socket is opened`, async () => {
    const failure = await failureOf(
      runPreflight(asking(baseUrl, { timeoutMillis: 1000 }), new AbortController().signal),
    )
    assert.equal(failure.data.code, 'HR_NOT_LOOPBACK')
    assert.match(failure.message, /is another machine\. Nothing was sent\.$/)
    assert.equal(sockets, 0)
  })
}

test('a name that stands for this machine and another is refused', async () => {
  const failure = await failureOf(
    resolveTarget('http://split.example:3000', async () => ['127.0.0.1', '203.0.113.7']),
  )
  assert.equal(failure.data.code, 'HR_NOT_LOOPBACK')
  assert.equal(sockets, 0)
})

test('the connector itself refuses, whatever it was given', async () => {
  const target = {
    origin: 'http://localhost:3000',
    host: 'localhost:3000',
    address: '203.0.113.7',
    port: 3000,
    pathPrefix: '',
  }
  const socket = openSocket(target, { protocol: 'http/1.1', timeoutMillis: 1000 }, () =>
    assert.fail('opened'),
  )
  const failure = await failureOf(once(socket, 'connect'))
  assert.equal(failure.data.code, 'HR_NOT_LOOPBACK')
  assert.equal(sockets, 0)
})

test('a name is resolved once, however many users connect', async () => {
  await using server = await serve((_, response) => void response.end())
  let lookups = 0
  const engine = await openEngine(
    asking(`http://app.test:${server.port}`, { timeoutMillis: 1000 }),
    async () => {
      lookups += 1
      return ['127.0.0.1']
    },
  )
  const result = await engine.runStep(
    0,
    { phase: 'ramp', users: 20, durationSeconds: 0.2, maxDurationSeconds: 1, minRequests: 20 },
    () => undefined,
  )
  engine.stop()
  assert.ok((result.statuses[200] ?? 0) >= 20)
  assert.equal(lookups, 1)
  assert.ok(sockets >= 20, 'the sockets of real connections are seen')
})

test('localhost finds a server that listens on one of its two addresses only', async (context) => {
  for (const host of ['127.0.0.1', '::1']) {
    const server = await serve((_, response) => void response.end(), { host }).catch(() => null)
    if (server === null) {
      context.diagnostic(`no ${host} here`)
      continue
    }
    await using listening = server
    for (const order of [
      ['127.0.0.1', '::1'],
      ['::1', '127.0.0.1'],
    ]) {
      const target = await resolveTarget(`http://localhost:${listening.port}`, async () => order)
      assert.equal(target.address, host)
      assert.equal(target.origin, `http://localhost:${listening.port}`)
    }
  }
})

test('the "any" address is reached over loopback, and mapped loopback is loopback', async () => {
  assert.equal((await resolveTarget('http://0.0.0.0:3000')).address, '127.0.0.1')
  assert.equal((await resolveTarget('http://[::]:3000')).address, '::1')
  assert.equal((await resolveTarget('http://[::ffff:127.0.0.1]:3000')).address, '::ffff:7f00:1')
})

test('an address is judged by what it stands for, however it is written', async () => {
  for (const host of ['2130706433', '0x7f.1', '127.1', '0177.0.0.1', '%31%32%37.0.0.1', '127.0.0.1.']) {
    assert.equal((await resolveTarget(`http://${host}:3000`)).address, '127.0.0.1', host)
  }
  for (const host of ['3405803783', '0xcb007107', '0313.0.0161.7', '10.1', '[::ffff:cb00:7107]']) {
    const failure = await failureOf(resolveTarget(`http://${host}:3000`))
    assert.equal(failure.data.code, 'HR_NOT_LOOPBACK', host)
  }
  for (const [address, code] of [
    ['::ffff:203.0.113.7', 'HR_NOT_LOOPBACK'],
    ['0.0.0.0', 'HR_NOT_LOOPBACK'],
    ['fe80::1%lo', 'HR_NOT_LOOPBACK'],
  ] as const) {
    const failure = await failureOf(resolveTarget('http://localhost.test:3000', async () => [address]))
    assert.equal(failure.data.code, code, address)
  }
  const mapped = await resolveTarget('http://localhost.test:3000', async () => ['::ffff:127.0.0.1'])
  assert.equal(mapped.address, '::ffff:127.0.0.1')
  assert.equal(sockets, 0)
})

test('what is not an address, or does not resolve, is said so', async () => {
  for (const baseUrl of ['localhost:3000', 'ftp://localhost', '', 'nonsense']) {
    assert.equal((await failureOf(resolveTarget(baseUrl))).data.code, 'HR_URL', baseUrl)
  }
  const unknown = resolveTarget('http://nowhere.invalid', async () => {
    throw new Error('ENOTFOUND')
  })
  assert.equal((await failureOf(unknown)).data.code, 'HR_UNKNOWN_HOST')
  assert.equal(
    (await failureOf(resolveTarget('http://nowhere.invalid', async () => []))).data.code,
    'HR_UNKNOWN_HOST',
  )
})
