import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdir, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, describe, it } from 'node:test'
import { takeTarget } from '../../src/workflows/target-lock.ts'

const lockModule = JSON.stringify(new URL('../../src/workflows/target-lock.ts', import.meta.url).href)
/** Above what a port can be, so that nobody's run is in the way; by process, so that test runs aren't either. */
let lastPort = 1_000_000 + process.pid * 10
const started: ChildProcess[] = []

/** Another process that tries to take the port, keeps it as long as it lives, and says how it went. */
async function other(port: number): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const program = `
    import { takeTarget } from ${lockModule}
    await takeTarget(${port}).then(() => console.log('taken'), (error) => console.log(error.message))
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(child)
  const [said] = await once(child.stdout.setEncoding('utf8'), 'data')
  return { child, said: String(said).trim() }
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

async function filesOf(port: number): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.includes(`-port-${port}.lock`))
}

describe('takeTarget', () => {
  after(() => {
    for (const child of started) child.kill('SIGKILL')
  })

  it('lets nobody else in, within the process or from another, until it is given back', async () => {
    const port = (lastPort += 1)
    {
      await using held = await takeTarget(port)
      assert.ok(held)
      const busy = `Another Headroom run is loading localhost:${port} (process ${process.pid}). Wait for it, or stop it.`
      await assert.rejects(takeTarget(port), {
        message: busy,
        data: {
          code: 'HR_BUSY_TARGET',
          exitCode: 3,
          message: busy,
          actions: [{ id: 'retry', title: 'Retry' }],
        },
      })
      assert.equal((await other(port)).said, busy)
      await using neighbour = await takeTarget((lastPort += 1))
      assert.ok(neighbour)
    }
    assert.deepEqual(await filesOf(port), [])
    await using again = await takeTarget(port)
    assert.ok(again)
  })

  it('takes over what a killed process held', async () => {
    const port = (lastPort += 1)
    const { child, said } = await other(port)
    assert.equal(said, 'taken')
    await assert.rejects(takeTarget(port), new RegExp(`process ${child.pid}`))
    await kill(child)
    await (await takeTarget(port))[Symbol.asyncDispose]()
    assert.deepEqual(await filesOf(port), [])
  })

  it('takes over what a living process no longer keeps: its id came to another', async () => {
    const port = (lastPort += 1)
    const forgotten = await takeTarget(port)
    const [name = ''] = await filesOf(port)
    const longAgo = new Date(Date.now() - 120_000)
    await utimes(join(tmpdir(), name), longAgo, longAgo)
    await using held = await takeTarget(port)
    assert.ok(held)
    await forgotten[Symbol.asyncDispose]()
    await assert.rejects(takeTarget(port), { name: 'Failure' })
  })

  it('goes to exactly one of many that come for a dead holder at once', async () => {
    const port = (lastPort += 1)
    await kill((await other(port)).child)
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => other(port)))
    assert.equal(outcomes.filter(({ said }) => said === 'taken').length, 1)
    await Promise.all(outcomes.map(({ child }) => kill(child)))
    await (await takeTarget(port))[Symbol.asyncDispose]()
  })
})
