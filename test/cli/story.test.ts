import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after as afterAll, before as beforeAll, describe, it } from 'node:test'
import { promisify } from 'node:util'
import type { CheckReport, RoutesReport } from '../../src/model/finding.ts'
import type { Run } from '../../src/model/run.ts'
import type { SeedPlan, SeedResult } from '../../src/model/seed-plan.ts'
import { isListening } from '../../src/workflows/server-probe.ts'
import { closedPort, headroom, sampleCopy } from './command-line.ts'

const execute = promisify(execFile)
const route = 'GET /users/:userId/activities'

describe('the story on the command line, on a copy of the sample', () => {
  let copy: Awaited<ReturnType<typeof sampleCopy>>
  let baseUrl = ''
  let port = 0
  beforeAll(async () => {
    copy = await sampleCopy()
    port = await closedPort()
    baseUrl = `http://localhost:${port}`
    await execute('npm', ['run', '--silent', 'db:migrate'], {
      cwd: copy.root,
      shell: process.platform === 'win32',
    })
  })
  afterAll(() => copy[Symbol.asyncDispose]())

  const load = (output: string, ...more: readonly string[]) => {
    const plan = ['--start', '--base-url', baseUrl, '--users', '2,8', '--duration', '1s', '--json']
    return headroom(copy.root, 'load', route, ...plan, '--output', output, ...more)
  }

  it('lists the routes with their full paths', async () => {
    const { stdout, exitCode } = await headroom(copy.root, 'routes', '--json')
    const report = JSON.parse(stdout) as RoutesReport
    assert.equal(report.schema, 'headroom.routes/1')
    assert.ok(
      report.routes.some((each) => each.method === 'GET' && each.path === '/users/:userId/activities'),
    )
    assert.equal(exitCode, 0)
  })

  it('finds the N+1 and the missing pagination, and only the routes that have them', async () => {
    const { stdout, exitCode } = await headroom(copy.root, 'check', '--json')
    const report = JSON.parse(stdout) as CheckReport
    const here = report.findings.filter(({ routes }) => routes.includes(route)).map(({ rule }) => rule)
    assert.deepEqual(here.toSorted(), ['n-plus-one', 'unbounded-result-set'])
    assert.ok(
      !report.findings.some(({ routes }) => routes.includes('GET /authors')),
      'the good handler is left alone',
    )
    assert.deepEqual(report.problems, [])
    assert.equal(exitCode, 1)
  })

  it('plans without writing, then seeds exactly that', async () => {
    const volume = ['--rows', 'users=50', '--per', 'activities=200', '--json']
    const plan = JSON.parse((await headroom(copy.root, 'seed', '--plan', ...volume)).stdout) as SeedPlan
    const planned = Object.fromEntries(plan.tables.map(({ table, rows }) => [table.name, rows]))
    assert.equal(planned['users'], 50)
    assert.equal(planned['activities'], 10_000)
    const seeded = JSON.parse((await headroom(copy.root, 'seed', '--yes', ...volume)).stdout) as SeedResult
    const total = plan.tables.reduce((sum, { rows }) => sum + rows, 0)
    assert.equal(seeded.rows, total)
  })

  it('refuses to seed unasked where nobody can be asked', async () => {
    const { exitCode, stderr } = await headroom(copy.root, 'seed')
    assert.equal(exitCode, 2)
    assert.match(stderr, /Pass --yes to agree\. Nothing was written\./)
  })

  it('loads until the budget breaks, with the cause at its line, and stops the server it started', async () => {
    const outcome = await load(
      'before.json',
      '--budget',
      'p95<1ms',
      '--header',
      'authorization: Bearer s3cret',
    )
    assert.doesNotMatch(outcome.stdout + outcome.stderr, /s3cret/)
    assert.doesNotMatch(await readFile(join(copy.root, 'before.json'), 'utf8'), /s3cret/)
    const { verdict, steps, plan } = JSON.parse(outcome.stdout) as Run
    assert.equal(outcome.exitCode, 1, outcome.stderr)
    assert.equal(verdict.kind, 'fails-before-load')
    const rules = verdict.causes.map(({ rule }) => rule)
    assert.ok(rules.includes('n-plus-one'), JSON.stringify(verdict))
    assert.ok(
      verdict.causes.every(({ file, line, evidence }) => file !== '' && line > 0 && evidence.length > 0),
    )
    const queries = steps.flatMap(({ server }) => server.queriesPerRequest ?? [])
    assert.ok(Math.max(...queries) > 10, `the queries of an N+1 are counted: ${queries.join()}`)
    assert.match(plan.request.parameters['userId']?.source ?? '', /values of users\.id/)
    assert.equal(await isListening('127.0.0.1', port), false)
  })

  it('fixes both, loads the same again, and it holds', async () => {
    for (const [rule, file] of [
      ['n-plus-one', 'src/routes/activities.ts'],
      ['unbounded-result-set', 'src/storage.ts'],
    ] as const) {
      const place = [file, '--rule', rule, '--route', route]
      const shown = await headroom(copy.root, 'fix', ...place)
      assert.match(shown.stdout, /^--- a\/src\/.*\n\+\+\+ b\/src\//m)
      const written = await headroom(copy.root, 'fix', ...place, '--write')
      assert.equal(written.exitCode, 0, written.stderr)
    }
    const before = JSON.parse(await readFile(join(copy.root, 'before.json'), 'utf8')) as Run
    const outcome = await load('after.json', '--budget', 'p95<2s', '--baseline', 'before.json')
    const after = JSON.parse(outcome.stdout) as Run
    assert.equal(outcome.exitCode, 0, outcome.stderr)
    assert.equal(after.verdict.kind, 'holds')
    assert.ok((before.preflight?.rows ?? 0) > 20, 'all rows of one of the busier users')
    assert.equal(after.preflight?.rows, 20)
  })

  it('reports both runs, and undoes the seed', async () => {
    const report = await headroom(copy.root, 'report', 'before.json', 'after.json', '--format', 'markdown')
    assert.equal(report.exitCode, 0, report.stderr)
    assert.match(report.stdout, /GET \/users\/:userId\/activities/)
    const undone = JSON.parse((await headroom(copy.root, 'seed', '--undo', '--json')).stdout) as SeedResult
    assert.ok(undone.rows >= 10_050)
    assert.deepEqual(
      (await readdir(copy.root)).filter((name) => name.includes('partial')),
      [],
    )
  })
})
