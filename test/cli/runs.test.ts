import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Run } from '../../src/model/run.ts'
import { baselineOf, pinBaseline } from '../../src/workflows/baselines.ts'
import { readConfig } from '../../src/workflows/config.ts'
import { listRuns } from '../../src/workflows/history.ts'
import { saveRun } from '../../src/workflows/runs.ts'
import { replay, runOf } from '../webview/replay.ts'
import { afterFixRecording, breaksRecording } from '../webview/synthetic-recording.ts'
import { headroom, sampleCopy, serve } from './command-line.ts'

const route = 'GET /users/:userId/activities'

function kept(second: number, recording = breaksRecording()): Run {
  const startedAt = `2026-01-01T00:00:0${second}.000Z`
  const run = runOf(replay(recording), `${startedAt.replaceAll(/[:.]/g, '-')}-get-users`)
  return { ...run, route, conditions: { ...run.conditions, startedAt } }
}

describe('headroom runs', () => {
  let root = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-runs-'))
    await saveRun(root, kept(1))
    await saveRun(root, kept(2, afterFixRecording()))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  it('lists the newest first, and marks the baseline', async () => {
    await pinBaseline(root, kept(1))
    const { exitCode, stdout } = await headroom(root, 'runs')
    const [heading, newest, oldest, ...rest] = stdout.trimEnd().split('\n')
    assert.equal(exitCode, 0)
    assert.match(heading ?? '', /^id +route +profile +verdict +latency$/)
    assert.match(
      newest ?? '',
      /^2026-01-01T00-00-02 +GET \/users\/:userId\/activities +progressive +✓ holds +p95 .+ @ \d+$/,
    )
    assert.match(oldest ?? '', /^2026-01-01T00-00-01 .* ✗ breaks +p95 .+ @ \d+ +baseline$/)
    assert.deepEqual(rest, [])
  })

  it('prints one JSON document, of one route where one is said', async () => {
    const { stdout } = await headroom(root, 'runs', '--json')
    const { schema, runs }: { schema: string; runs: { id: string; verdict: string }[] } = JSON.parse(stdout)
    assert.equal(schema, 'headroom.runs/1')
    assert.deepEqual(
      runs.map(({ id, verdict }) => [id, verdict]),
      [
        [kept(2).id, 'holds'],
        [kept(1).id, 'breaks'],
      ],
    )
    const other = await headroom(root, 'runs', '--json', '--route', 'GET /nothing')
    assert.deepEqual(JSON.parse(other.stdout), { schema: 'headroom.runs/1', runs: [] })
  })

  it('pins by the beginning of an id, deletes, and says that the baseline stays', async () => {
    assert.equal((await headroom(root, 'runs', '--pin', '2026-01-01T00-00-01')).exitCode, 0)
    assert.equal((await baselineOf(root, route))?.id, kept(1).id)
    const deleted = await headroom(root, 'runs', '--delete', '2026-01-01T00-00-01')
    assert.match(deleted.stderr, /the baseline of GET \/users\/:userId\/activities stays/)
    assert.equal((await baselineOf(root, route))?.id, kept(1).id)
    assert.match((await headroom(root, 'runs')).stderr, /kept in headroom\.baselines\.json alone\./)
    assert.equal((await headroom(root, 'runs', '--unpin', route)).exitCode, 0)
    assert.equal(await baselineOf(root, route), null)
  })

  it('deletes nothing where one of several ids is wrong', async () => {
    const { exitCode, stderr } = await headroom(root, 'runs', '--delete', kept(1).id, 'nothing')
    assert.deepEqual(
      [exitCode, stderr],
      [2, 'headroom: There is no kept run nothing. List them with: headroom runs\n'],
    )
    assert.equal((await listRuns(root)).length, 2)
  })

  it('says how to make the first run', async () => {
    const empty = join(root, 'empty')
    const { exitCode, stdout, stderr } = await headroom(root, 'runs', empty)
    assert.deepEqual([exitCode, stdout], [0, ''])
    assert.equal(stderr, 'There are no runs here yet. Make one with: headroom load "GET /users"\n')
  })

  for (const [args, says] of [
    [['--pin', '2026'], 'Several kept runs begin with 2026. Write more of the id.'],
    [['--unpin', 'GET /a'], 'GET /a has no baseline. Pin one with: headroom runs --pin <id>'],
  ] as const) {
    it(`refuses ${args.join(' ')}`, async () => {
      const { exitCode, stderr } = await headroom(root, 'runs', ...args)
      assert.deepEqual([exitCode, stderr], [2, `headroom: ${says}\n`])
    })
  }

  it('is where headroom report finds runs by their ids', async () => {
    const { stdout } = await headroom(
      root,
      'report',
      '2026-01-01T00-00-01',
      kept(2).id,
      '--format',
      'markdown',
    )
    assert.match(stdout, /#### Before and after/)
    const wrong = await headroom(root, 'report', 'nothing')
    assert.deepEqual(
      [wrong.exitCode, wrong.stderr],
      [2, 'headroom: There is no kept run nothing. List them with: headroom runs\n'],
    )
  })
})

describe('headroom budget', () => {
  it('writes the budget of a route that the project has, and prints what CI is to run', async () => {
    await using copy = await sampleCopy()
    const { exitCode, stdout } = await headroom(copy.root, 'budget', 'GET /users/7/activities', 'p95<300ms')
    assert.deepEqual([exitCode, stdout], [0, `headroom load "${route}" --start\n`])
    assert.equal((await readConfig(copy.root)).budgets[route], 'p95<300ms')
    assert.match(
      await readFile(join(copy.root, 'headroom.config.json'), 'utf8'),
      /\/\/ What "fast enough" means/,
    )
    const removed = await headroom(copy.root, 'budget', route, '--remove')
    assert.deepEqual([removed.exitCode, removed.stdout], [0, ''])
    assert.deepEqual((await readConfig(copy.root)).budgets, {})
  })

  it('takes it from a run that holds, and from none that does not', async () => {
    const root = await mkdtemp(join(tmpdir(), 'headroom-budget-cli-'))
    try {
      await saveRun(root, kept(2, afterFixRecording()))
      const { exitCode } = await headroom(root, 'budget', '--from', '2026')
      assert.equal(exitCode, 0)
      assert.match((await readConfig(root)).budgets[route] ?? '', /^p95<[\d.]+m?s, errors<1%$/)
      await writeFile(
        join(root, 'bad.json'),
        JSON.stringify({ ...kept(1), verdict: { ...kept(1).verdict, kind: 'not-measured' } }),
      )
      const refused = await headroom(root, 'budget', '--from', 'bad.json')
      assert.equal(refused.exitCode, 2)
      assert.match(refused.stderr, /took no load well enough to take a budget from/)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })

  for (const [args, says] of [
    [[], /Say the budget, for example/],
    [['GET /users'], /Say the budget, for example/],
    [['GET /users', 'fast'], /Clause 1 of the budget, `fast`, is not a metric/],
    [['GET /users', 'p95<1s', '--remove'], /and only one of them\./],
    [['--remove'], /Say the route/],
    [['users', 'p95<1s'], /is neither a URL nor a route/],
    [['GET /usr', 'p95<1s'], /This project has no route GET \/usr\. List its routes with: headroom routes/],
  ] as const) {
    it(`refuses ${args.join(' ') || 'nothing said'}`, async () => {
      await using copy = await sampleCopy()
      const before = await readFile(join(copy.root, 'headroom.config.json'), 'utf8')
      const { exitCode, stdout, stderr } = await headroom(copy.root, 'budget', ...args)
      assert.deepEqual([exitCode, stdout], [2, ''])
      assert.match(stderr, says)
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr)
      assert.equal(await readFile(join(copy.root, 'headroom.config.json'), 'utf8'), before)
    })
  }
})

describe('headroom load against a baseline', () => {
  let root = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-load-baseline-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const load = (port: number, ...more: string[]) =>
    headroom(root, 'load', `http://127.0.0.1:${port}/items`, '--users', '2', '--duration', '3s', ...more)

  it('compares with the pinned run unless told otherwise, and exits with 4 where it is worse beyond noise', async () => {
    let delayMillis = 60
    await using server = await serve((_, response) => {
      setTimeout(() => response.end('[1]'), delayMillis)
    })
    const missing = await load(server.port, '--baseline', 'pinned')
    assert.deepEqual(
      [missing.exitCode, missing.stderr],
      [2, 'headroom: GET /items has no baseline. Pin one with: headroom runs --pin <id>\n'],
    )
    assert.equal((await load(server.port)).exitCode, 0)
    assert.equal((await headroom(root, 'runs', '--pin', '20')).exitCode, 0)
    await rm(join(root, '.headroom'), { recursive: true })

    // Far apart, so that what else this machine does changes nothing.
    delayMillis = 10
    const better = await load(server.port)
    assert.equal(better.exitCode, 0, better.stdout)
    assert.match(better.stderr, /Comparing with the baseline of GET \/items/)
    assert.match(better.stdout, /Before and after/)

    delayMillis = 250
    const worse = await load(server.port, '--baseline', 'pinned')
    assert.equal(worse.exitCode, 4, worse.stdout)
    assert.match(worse.stderr, /Worse than the baseline beyond noise\./)
    const alone = await load(server.port, '--no-baseline')
    assert.equal(alone.exitCode, 0)
    assert.doesNotMatch(alone.stdout, /Before and after/)
    assert.deepEqual((await readdir(root)).toSorted(), ['.headroom', 'headroom.baselines.json'])
  })
})
