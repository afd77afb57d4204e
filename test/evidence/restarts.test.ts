import assert from 'node:assert/strict'
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { watchServerApart } from '../../src/evidence/client.ts'
import { findPortOwners } from '../../src/evidence/port-owner.ts'
import { watchServer } from '../../src/evidence/process-counters.ts'

const nodeBytes = 30_000_000

interface Cluster extends AsyncDisposable {
  readonly child: ChildProcess
  readonly port: number
  readonly workers: readonly number[]
}

async function startCluster(...args: readonly string[]): Promise<Cluster> {
  const entry = fileURLToPath(new URL('./shared-port-server.ts', import.meta.url))
  const child = fork(entry, args, { execArgv: ['--no-warnings'] })
  const [told] = await once(child, 'message')
  return {
    child,
    ...told,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit')
      child.disconnect()
      await exited
    },
  }
}

/** A server under `node --watch`, which restarts it whenever its file is written. */
async function startWatched(): Promise<AsyncDisposable & { port: number; edit: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'headroom-watch-'))
  const file = join(folder, 'server.mjs')
  let edition = 0
  let port = 0
  const edit = (): Promise<void> =>
    writeFile(
      file,
      `import { createServer } from 'node:http'
       const server = createServer((_, answer) => answer.end('${(edition += 1)}'))
       server.listen(${port}, '127.0.0.1', () => console.log('port', server.address().port))`,
    )
  await edit()
  const child = spawn(process.execPath, ['--watch', file], { stdio: ['ignore', 'pipe', 'ignore'] })
  port = await new Promise<number>((told) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const [, said] = /port (\d+)/.exec(text) ?? []
      if (said !== undefined) told(Number(said))
    })
  })
  return {
    port,
    edit,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit')
      if (child.kill()) await exited
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, 'it took too long')
    await pause(20)
  }
}

const linux = process.platform === 'linux'

describe(
  'several processes on one port',
  { skip: !linux && 'elsewhere the system names one of them' },
  () => {
    for (const [how, args] of [
      ['that share its socket', ['none']],
      ['behind the one that listens', []],
    ] as const) {
      it(`${how} are counted whole, and replacing a worker is no restart`, async () => {
        await using server = await startCluster(...args)
        const watch = watchServer(server.port)
        assert.equal(await watch.restarts(), 0)
        const { rssBytes } = await watch.sample()
        assert.ok((rssBytes ?? 0) > 3 * nodeBytes, `${rssBytes} bytes of three processes`)
        const before = (await findPortOwners(server.port)).pids
        assert.equal(before.length, args.length === 0 ? 1 : 3)
        server.child.send('replace')
        await once(server.child, 'message')
        assert.equal(await watch.restarts(), 0)
        assert.ok(((await watch.sample()).rssBytes ?? 0) > 3 * nodeBytes)
        watch.dispose()
      })
    }
  },
)

describe('a server that is restarted by its watcher', () => {
  it('is noticed each time, and stays measured', async () => {
    await using server = await startWatched()
    const watch = watchServerApart(server.port)
    assert.equal(await watch.restarts(), 0)
    assert.ok(((await watch.sample()).rssBytes ?? 0) > nodeBytes)
    for (const expected of [1, 2]) {
      const { pids } = await findPortOwners(server.port)
      await server.edit()
      await until(async () => {
        const now = (await findPortOwners(server.port)).pids
        return now.length > 0 && !now.some((pid) => pids.includes(pid)) && answers(server.port)
      })
      assert.equal(await watch.restarts(), expected)
      const counters = await watch.sample()
      assert.ok((counters.rssBytes ?? 0) > nodeBytes)
      await until(async () => (await watch.sample()).cpu !== null)
    }
    watch.dispose()
    assert.equal(await watch.restarts(), 2)
  })

  it('counts no restart where nobody ever listened', async () => {
    const watch = watchServer(1)
    assert.equal(await watch.restarts(), 0)
    watch.dispose()
  })
})
