import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Run } from '../../src/model/run.ts'
import type { SeedPlan } from '../../src/model/seed-plan.ts'
import { isListening } from '../../src/workflows/server-probe.ts'
import { closedPort, headroom, sampleCopy, startHeadroom } from './command-line.ts'

const execute = promisify(execFile)

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, 'it took too long')
    await delay(20)
  }
}

async function partialFiles(root: string): Promise<string[]> {
  return (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.partial'))
}

describe(
  'Ctrl-C',
  { skip: process.platform === 'win32' && 'Windows has no SIGINT for other processes' },
  () => {
    let copy: Awaited<ReturnType<typeof sampleCopy>>
    before(async () => {
      copy = await sampleCopy()
      await execute('npm', ['run', '--silent', 'db:migrate'], { cwd: copy.root })
    })
    after(() => copy[Symbol.asyncDispose]())

    const rowCounts = async (): Promise<Record<string, number>> => {
      const plan = JSON.parse((await headroom(copy.root, 'seed', '--plan', '--json')).stdout) as SeedPlan
      return Object.fromEntries(plan.tables.map(({ table }) => [table.name, table.rowCount]))
    }

    it('in mid-load keeps what was measured, and stops the server that was started', async () => {
      const port = await closedPort()
      const load = ['load', 'GET /tags', '--start', '--users', '2,4', '--duration', '30s', '--json']
      const running = startHeadroom(copy.root, ...load, '--base-url', `http://localhost:${port}`)
      await until(() => running.stderr().includes('warm-up'))
      running.child.kill('SIGINT')
      const { exitCode, stdout } = await running.outcome
      const run = JSON.parse(stdout) as Run
      assert.equal(exitCode, 3)
      assert.equal(run.verdict.kind, 'stopped')
      assert.ok(run.ticks.length > 0)
      assert.equal(await isListening('127.0.0.1', port), false)
      assert.deepEqual(await partialFiles(copy.root), [])
    })

    it('in mid-seed leaves rows that undo removes to the last one', async () => {
      const counted = await rowCounts()
      const volume = ['--rows', 'users=50000', '--per', 'activities=100', '--yes']
      const running = startHeadroom(copy.root, 'seed', ...volume)
      const log = join(copy.root, 'data', 'app.sqlite-wal')
      await until(async () => (await stat(log).catch(() => ({ size: 0 }))).size > 1_000_000)
      running.child.kill('SIGINT')
      const { exitCode, stdout } = await running.outcome
      assert.equal(exitCode, 130)
      assert.match(stdout, /^Stopped\. Added [\d,]+ rows .* --undo removes exactly these\./)
      assert.notDeepEqual(await rowCounts(), counted)
      assert.equal((await headroom(copy.root, 'seed', '--undo')).exitCode, 0)
      assert.deepEqual(await rowCounts(), counted)
    })
  },
)
