import assert from 'node:assert/strict'
import { fork, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { realpath } from 'node:fs/promises'
import { createServer } from 'node:net'
import process from 'node:process'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { listeningPorts, openFilesOf, workingDirectories } from '../../src/evidence/open-files.ts'
import { findPortOwners } from '../../src/evidence/port-owner.ts'
import { portsOfProcesses, projectPorts } from '../../src/evidence/project-ports.ts'
import { watchServer } from '../../src/evidence/process-counters.ts'
import { processTree } from '../../src/evidence/process-tree.ts'

interface Serving {
  readonly port: number
  readonly childPid: number
}

let server: ChildProcess
let serving: Serving

before(async () => {
  server = fork(fileURLToPath(new URL('./busy-server.ts', import.meta.url)), [], { execArgv: [] })
  serving = await new Promise((told) => server.once('message', (message: Serving) => told(message)))
})
after(() => server.kill('SIGKILL'))

const ownersOf = async (port: number): Promise<readonly number[]> => (await findPortOwners(port)).pids
const pid = (): number => server.pid ?? assert.fail('the server runs')

test('the owner of a port is found, and nobody where nobody listens', async () => {
  assert.deepEqual(await ownersOf(serving.port), [pid()])
  const mine = createServer().listen(0)
  await once(mine, 'listening')
  const address = mine.address()
  assert.ok(address !== null && typeof address === 'object')
  assert.deepEqual(await ownersOf(address.port), [process.pid])
  mine.close()
  await once(mine, 'close')
  assert.deepEqual(await ownersOf(address.port), [])
})

test('the ports of a project are those whose process works in its folder', async () => {
  assert.ok((await projectPorts(process.cwd())).includes(serving.port))
  assert.deepEqual(await projectPorts(`${process.cwd()}-other`), [])
})

test('the ports of processes are those that they themselves serve', async () => {
  assert.deepEqual(await portsOfProcesses([pid(), serving.childPid]), [serving.port])
  assert.deepEqual(await portsOfProcesses([serving.childPid]), [])
})

const withoutLsof = spawnSync('lsof', ['-v']).error !== undefined && 'there is no lsof here'

test('lsof says the same', { skip: withoutLsof }, async () => {
  const listening = await openFilesOf(['-p', `${pid()},${serving.childPid}`])
  assert.deepEqual([...listening.keys()], [pid()])
  assert.deepEqual(listeningPorts(listening), [serving.port])
  assert.equal((await workingDirectories([pid()])).get(pid()), await realpath(process.cwd()))
})

test('sockets that lsof names are reached over loopback or not', () => {
  const names = ['*:3000', '127.0.0.1:3001', '[::1]:5173', '192.168.1.7:8080', 'localhost:9229']
  assert.deepEqual(listeningPorts(new Map([[7, names]])), [3000, 3001, 5173, 9229])
})

test('a process tree holds a process and its children', async () => {
  assert.deepEqual(new Set(await processTree([pid()])), new Set([pid(), serving.childPid]))
})

test('CPU and memory are summed over the server and its children', async () => {
  const watch = watchServer(serving.port)
  const first = await watch.sample()
  const sampledAt = performance.now()
  assert.equal(first.cpu, null, 'nothing to compare with yet')
  assert.ok((first.rssBytes ?? 0) > 40_000_000, 'two Node.js processes')
  server.send('burn')
  await once(server, 'message')
  const busy = await watch.sample()
  const usedMillis = (busy.cpu ?? 0) * (performance.now() - sampledAt)
  assert.ok(usedMillis > 350 && usedMillis < 900, `${usedMillis} ms of CPU`)
  await pause(500)
  const idle = await watch.sample()
  assert.ok((idle.cpu ?? 9) < 0.2, `${idle.cpu}`)
  assert.equal(idle.eventLoopDelayMicros, null)
  assert.equal(idle.queriesPerRequest, null)
  watch.dispose()
  assert.equal((await watch.sample()).rssBytes, null)
})

test('samples asked for at once are one', async () => {
  const watch = watchServer(serving.port)
  const [one, other] = await Promise.all([watch.sample(), watch.sample()])
  assert.equal(one, other)
  watch.dispose()
})

test('without a server everything is null', async () => {
  const watch = watchServer(1)
  assert.deepEqual(await watch.sample(), {
    cpu: null,
    rssBytes: null,
    eventLoopDelayMicros: null,
    queriesPerRequest: null,
  })
  watch.dispose()
})
