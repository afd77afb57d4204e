import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Run } from '../../src/model/run.ts'
import { compareRuns } from '../../src/verdict/compare.ts'
import { baselineOf, baselinesFileName, pinBaseline, unpinBaseline } from '../../src/workflows/baselines.ts'
import { compare, isWorse } from '../../src/workflows/compare.ts'
import { deleteRun, findRun, latestRuns, listRuns, openRun } from '../../src/workflows/history.ts'
import { saveRun } from '../../src/workflows/runs.ts'
import { syntheticRun, usualNoise } from '../verdict/synthetic-runs.ts'
import { replay, runOf } from '../webview/replay.ts'
import { breaksRecording } from '../webview/synthetic-recording.ts'

const broken = runOf(replay(breaksRecording()), 'broken')

/** The same run at another second, of another route. */
function at(second: number, route = broken.route): Run {
  const startedAt = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
  const id = `${startedAt.replaceAll(/[:.]/g, '-')}-${route.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`
  return { ...broken, id, route, conditions: { ...broken.conditions, startedAt } }
}

function slowServer(medianMicros: number, seed: number): Run {
  return syntheticRun({ seed, medianMicros, users: [10, 25], ticksPerStep: 40, noise: usualNoise })
}

describe('the history of runs', () => {
  let root = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-history-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const runFile = (name: string): string => join(root, '.headroom', 'runs', name)

  it('is empty where nothing was ever run, and leaves no file behind', async () => {
    assert.deepEqual(await listRuns(root), [])
    assert.deepEqual(await latestRuns(root), new Map())
    assert.deepEqual(await readdir(root), [])
  })

  it('lists runs newest first, in few words', async () => {
    for (const second of [2, 9, 5]) await saveRun(root, at(second))
    const entries = await listRuns(root)
    assert.deepEqual(
      entries.map(({ startedAt }) => new Date(startedAt).getUTCSeconds()),
      [9, 5, 2],
    )
    const [first] = entries
    assert.equal(first?.id, at(9).id)
    assert.equal(first.file, runFile(`${at(9).id}.json`))
    assert.equal(first.verdict, 'breaks')
    assert.equal(first.sentence, broken.verdict.sentence)
    assert.match(first.headline, /^p95 [\d.]+ m?s @ \d+$/)
    assert.equal(first.baseline, false)
  })

  it('passes over files that are no runs, and takes them up when they become some', async () => {
    await saveRun(root, at(1))
    await writeFile(runFile('cut.json'), JSON.stringify(at(2)).slice(0, 500))
    await writeFile(runFile('foreign.json'), '{"schema":"headroom.run/1","steps":[],"verdict":{}}')
    await writeFile(runFile('null.json'), 'null')
    await writeFile(runFile('notes.txt'), 'not a run')
    assert.deepEqual(
      (await listRuns(root)).map(({ id }) => id),
      [at(1).id],
    )
    await writeFile(runFile('cut.json'), JSON.stringify(at(2)))
    assert.equal((await listRuns(root)).length, 2)
  })

  it('reads a file once: only what changed is read again', async () => {
    const file = await saveRun(root, at(1))
    const seconds = 1_700_000_000
    await utimes(file, seconds, seconds)
    await listRuns(root)
    await writeFile(file, 'x'.repeat((await stat(file)).size))
    await utimes(file, seconds, seconds)
    assert.equal((await listRuns(root)).length, 1, 'the index answers for a file with the same time and size')
    await writeFile(file, 'x')
    assert.deepEqual(await listRuns(root), [])
  })

  it('goes on with a broken index', async () => {
    await saveRun(root, at(1))
    for (const text of ['', '{"', '[]', 'null', '7']) {
      await writeFile(join(root, '.headroom', 'run-index.json'), text)
      assert.equal((await listRuns(root)).length, 1)
    }
  })

  it('gives the newest run of each route whole', async () => {
    for (const run of [at(1), at(3), at(2, 'GET /users')]) await saveRun(root, run)
    assert.deepEqual(
      await latestRuns(root),
      new Map([
        [broken.route, at(3)],
        ['GET /users', at(2, 'GET /users')],
      ]),
    )
  })

  it('finds a run by its id, or as much of it as is its own', async () => {
    await saveRun(root, at(1))
    await saveRun(root, at(2))
    assert.equal((await findRun(root, at(2).id)).id, at(2).id)
    assert.equal((await findRun(root, '2026-01-01T00-00-01')).id, at(1).id)
    assert.equal((await openRun(root, '2026-01-01T00-00-01')).id, at(1).id)
    assert.equal((await openRun(root, runFile(`${at(2).id}.json`))).id, at(2).id)
    await assert.rejects(findRun(root, '2026'), /Several kept runs begin with 2026\./)
    await assert.rejects(findRun(root, ''), /no kept run/)
    await assert.rejects(openRun(root, 'other.json'), /There is no run file at other\.json\./)
  })

  it('deletes a run by its id alone', async () => {
    await saveRun(root, at(1))
    await writeFile(join(root, 'precious.json'), '{}')
    for (const id of ['nothing', '../../precious', '', '2026']) {
      await assert.rejects(deleteRun(root, id), /There is no kept run/)
    }
    await deleteRun(root, at(1).id)
    assert.deepEqual(await listRuns(root), [])
    assert.equal(await readFile(join(root, 'precious.json'), 'utf8'), '{}')
  })

  it('lists five hundred runs from its index', async () => {
    const big = { ...at(1), padding: 'x'.repeat(100_000) }
    for (let number = 0; number < 500; number += 1) {
      const id = String(number).padStart(3, '0')
      await saveRun(root, { ...big, id })
    }
    await listRuns(root)
    const startedAt = performance.now()
    assert.equal((await listRuns(root)).length, 500)
    const took = performance.now() - startedAt
    assert.ok(took < 1500, `${took} ms`)
  })
})

describe('baselines', () => {
  let root = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-baselines-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const committed = (): Promise<string> => readFile(join(root, baselinesFileName), 'utf8')

  it('outlives the file of the run it was pinned from', async () => {
    const run = at(1)
    await saveRun(root, run)
    await pinBaseline(root, run)
    assert.equal((await listRuns(root))[0]?.baseline, true)
    await deleteRun(root, run.id)
    assert.equal((await baselineOf(root, run.route))?.id, run.id)
  })

  it('compares as the whole run would', async () => {
    for (const [median, seed] of [
      [2_000, 1],
      [2_050, 2],
      [3_000, 3],
      [900, 4],
    ] as const) {
      const before = slowServer(2_000, 40 + seed)
      const after = slowServer(median, seed)
      await pinBaseline(root, before)
      const pinned = await baselineOf(root, before.route)
      assert.ok(pinned !== null)
      assert.deepEqual(compare(pinned, after), compareRuns(before, after))
    }
  })

  it('tells a server that became slower from one that did not', async () => {
    await pinBaseline(root, slowServer(2_000, 1))
    const pinned = await baselineOf(root, slowServer(2_000, 1).route)
    assert.ok(pinned !== null)
    assert.equal(isWorse(pinned, slowServer(2_000, 2)), false)
    assert.equal(isWorse(pinned, slowServer(4_000, 2)), true)
  })

  it('notices other parameter values without keeping any', async () => {
    const values = ['ada@example.com', 'grace@example.com']
    const run = withValues(slowServer(2_000, 1), values)
    await pinBaseline(root, run)
    const pinned = await baselineOf(root, run.route)
    assert.ok(pinned !== null)
    assert.equal(compare(pinned, withValues(slowServer(2_000, 2), values)).comparable, true)
    const other = compare(pinned, withValues(slowServer(2_000, 2), ['eve@example.com', 'grace@example.com']))
    assert.deepEqual(other.differences, [
      'The requests differ: path, parameter values or body are not the same.',
    ])
    assert.doesNotMatch(await committed(), /@example\.com/)
  })

  it('holds no answers, no headers, no absolute paths', async () => {
    const samples = [{ kind: 'status-5xx', status: 500, message: 'secret of an answer' }] as const
    const steps = broken.steps.map((step) => ({ ...step, samples }))
    const parameters = { id: { values: ['1'], source: '/home/ada/values.txt' } }
    const plan = { ...broken.plan, request: { ...broken.plan.request, parameters } }
    await pinBaseline(root, { ...broken, steps, plan })
    assert.doesNotMatch(await committed(), /secret|home/)
  })

  it('is the same text in whatever order routes were pinned, a line for each step and tick', async () => {
    const routes = ['GET /b', 'GET /a', 'POST /c']
    for (const route of routes) await pinBaseline(root, at(1, route))
    const text = await committed()
    for (const route of routes.toReversed()) await unpinBaseline(root, route)
    for (const route of routes.toReversed()) await pinBaseline(root, at(1, route))
    assert.equal(await committed(), text)
    assert.deepEqual(Object.keys(JSON.parse(text).baselines), ['GET /a', 'GET /b', 'POST /c'])
    assert.ok(text.split('\n').length > (3 * broken.ticks.length) / 2)
  })

  it('loses none of many pinned at once', async () => {
    const routes = Array.from({ length: 12 }, (_, index) => `GET /${index}`)
    await Promise.all(routes.map((route) => pinBaseline(root, at(1, route))))
    for (const route of routes) assert.equal((await baselineOf(root, route))?.route, route)
    assert.deepEqual(await readdir(root), [baselinesFileName])
  })

  it('refuses a run that held no load', async () => {
    await assert.rejects(pinBaseline(root, { ...broken, steps: [] }), /held no load to the end/)
    assert.deepEqual(await readdir(root), [])
  })

  it('says so where there is none to take away', async () => {
    await assert.rejects(unpinBaseline(root, 'GET /a'), /GET \/a has no baseline\./)
    assert.equal(await baselineOf(root, 'toString'), null)
  })

  it('leaves a file that it cannot read as it is, and the list works all the same', async () => {
    await saveRun(root, at(1))
    const texts = [
      '<<<<<<< HEAD',
      '{}',
      '[]',
      'null',
      '{"schema":"headroom.baselines/1"}',
      '{"schema":"headroom.baselines/1","baselines":{"GET /a":null}}',
    ]
    for (const text of texts) {
      await writeFile(join(root, baselinesFileName), text)
      await assert.rejects(
        baselineOf(root, broken.route),
        /headroom\.baselines\.json is no file of baselines\./,
      )
      await assert.rejects(pinBaseline(root, at(1)), /is no file of baselines/)
      assert.equal(await committed(), text)
      assert.equal((await listRuns(root)).length, 1)
    }
    const hollow = { schema: 'headroom.baselines/1', baselines: { [broken.route]: {} } }
    await writeFile(join(root, baselinesFileName), JSON.stringify(hollow))
    await assert.rejects(baselineOf(root, broken.route), /is no file of baselines/)
  })
})

function withValues(run: Run, values: readonly string[]): Run {
  const parameters = { email: { values, source: 'users.email' } }
  return { ...run, plan: { ...run.plan, request: { ...run.plan.request, parameters } } }
}
