import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { openAnalysis } from '../../src/analysis/client.ts'
import { Failure } from '../../src/model/failure.ts'
import { apply, copyOfSample, projectOf, sampleFolder } from './temporary-project.ts'

const posts = `import express from 'express'
import knex from 'knex'
const db = knex({ client: 'pg' })
express().get('/posts', async (req, res) => res.json(await db('posts')))
`

function failsWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Failure && error.data.code === code && /^[A-Z].*\.$/.test(error.message)
}

test('the worker reports routes and findings of the sample', async () => {
  const analysis = openAnalysis(sampleFolder)
  try {
    const report = await analysis.check({})
    assert.equal(report.schema, 'headroom.check/1')
    assert.ok(
      report.routes.some(({ method, path }) => method === 'GET' && path === '/users/:userId/activities'),
    )
    assert.deepEqual(
      new Set(report.findings.map(({ rule }) => rule)),
      new Set(['n-plus-one', 'unbounded-result-set', 'missing-timeout', 'missing-graceful-shutdown']),
    )
    assert.deepEqual(report.problems, [])
    for (const finding of report.findings) {
      assert.equal(finding.severity, 'info')
      assert.ok(finding.message.length > 20)
      assert.ok(finding.rule === 'missing-graceful-shutdown' || finding.routes.includes(finding.route ?? ''))
    }
  } finally {
    await analysis.dispose()
  }
})

test('the worker sees files that change, come and go, and overlays before them', async (t) => {
  const root = projectOf(t, { 'app.ts': posts })
  const analysis = openAnalysis(root)
  t.after(() => analysis.dispose())
  const lines = async (overlays: { file: string; text: string }[] = []): Promise<number[]> =>
    (await analysis.check({ overlays })).findings.map(({ line }) => line)
  assert.deepEqual(await lines(), [4])
  assert.deepEqual(await lines([{ file: 'app.ts', text: `\n\n${posts}` }]), [6])
  assert.deepEqual(await lines(), [4])
  writeFileSync(join(root, 'app.ts'), `\n${posts}`)
  assert.deepEqual(await lines(), [5])
  assert.deepEqual(await lines([{ file: 'new.ts', text: posts }]), [5, 4])
  writeFileSync(join(root, 'app.ts'), '')
  assert.deepEqual(await lines(), [])
})

test('requests under way at once are each answered', async (t) => {
  const analysis = openAnalysis(projectOf(t, { 'app.ts': posts }))
  t.after(() => analysis.dispose())
  const reports = await Promise.all(
    [0, 1, 2, 3].map((count) =>
      analysis.check({ overlays: [{ file: 'app.ts', text: '\n'.repeat(count) + posts }] }),
    ),
  )
  assert.deepEqual(
    reports.map(({ findings }) => findings[0]?.line),
    [4, 5, 6, 7],
  )
})

test('a fix through the worker can be applied, and then no longer applies', async (t) => {
  const root = copyOfSample(t)
  const analysis = openAnalysis(root)
  t.after(() => analysis.dispose())
  const { findings } = await analysis.check({})
  const finding = findings.find(({ rule, routes }) => rule === 'n-plus-one' && routes.includes('GET /posts'))
  assert.ok(finding)
  const fix = await analysis.fix({ finding, fix: 'batch' })
  assert.equal(fix.safety, 'safe')
  const texts = apply(root, fix)
  assert.ok(texts.has('src/storage.ts') && texts.has('src/routes/posts.ts'))
  await assert.rejects(analysis.fix({ finding, fix: 'batch' }), failsWith('HR_FIX_UNAVAILABLE'))
})

test('a missing folder and a folder without source are failures in words', async (t) => {
  const empty = openAnalysis(projectOf(t, { 'README.md': '# nothing' }))
  t.after(() => empty.dispose())
  await assert.rejects(empty.check({}), failsWith('HR_NO_SOURCE'))
  const missing = openAnalysis(join(sampleFolder, 'no-such-folder'))
  t.after(() => missing.dispose())
  await assert.rejects(missing.check({}), failsWith('HR_NO_FOLDER'))
})

test('after dispose every call is refused, and what was under way is rejected', async (t) => {
  const analysis = openAnalysis(projectOf(t, { 'app.ts': posts }))
  const underWay = assert.rejects(analysis.check({}), failsWith('HR_ANALYSIS_CLOSED'))
  await analysis.dispose()
  await underWay
  await analysis.dispose()
  await assert.rejects(analysis.check({}), failsWith('HR_ANALYSIS_CLOSED'))
})

test('a crash of the worker rejects what was under way, and the next call starts afresh', async (t) => {
  const started: Worker[] = []
  const remember = (worker: Worker): number => started.push(worker)
  process.on('worker', remember)
  t.after(() => process.off('worker', remember))
  const analysis = openAnalysis(projectOf(t, { 'app.ts': posts }))
  t.after(() => analysis.dispose())
  const firstStart = once(process, 'worker')
  const underWay = assert.rejects(analysis.check({}), failsWith('HR_ANALYSIS_CRASHED'))
  await firstStart
  await started[0]?.terminate()
  await underWay
  const { findings } = await analysis.check({})
  assert.deepEqual(
    findings.map(({ line }) => line),
    [4],
  )
  assert.equal(started.length, 2)
})

test('the client and the rules load no ts-morph, and an open analysis keeps no process alive', () => {
  const client = pathToFileURL(join(import.meta.dirname, '../../src/analysis/client.ts')).href
  const rules = pathToFileURL(join(import.meta.dirname, '../../src/analysis/rules/index.ts')).href
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
    const { openAnalysis } = await import(${JSON.stringify(client)})
    await import(${JSON.stringify(rules)})
    const analysis = openAnalysis(${JSON.stringify(sampleFolder)})
    const { findings } = await analysis.check({})
    console.log(JSON.stringify({ findings: findings.length, loaded }))
  `
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  const { findings, loaded }: { findings: number; loaded: string[] } = JSON.parse(output)
  assert.ok(findings > 0)
  assert.ok(loaded.some((url) => url.endsWith('/client.ts')))
  assert.deepEqual(
    loaded.filter((url) => url.includes('ts-morph')),
    [],
  )
})

test('the types of a text read from disk and laid over are the same', async (t) => {
  const text = readFileSync(join(sampleFolder, 'src/routes/posts.ts'), 'utf8')
  const analysis = openAnalysis(copyOfSample(t))
  t.after(() => analysis.dispose())
  const onDisk = await analysis.check({})
  assert.deepEqual(await analysis.check({ overlays: [{ file: 'src/routes/posts.ts', text }] }), onDisk)
})
