import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { inspect } from '../../src/workflows/inspect.ts'
import { projectOf } from './temporary-project.ts'

function app(above: string, beside = ''): string {
  return `import express from 'express'
import knex from 'knex'
const db = knex({ client: 'pg' })
const app = express()
app.get('/posts', async (req, res) => {
${above}  res.json(await db('posts'))${beside}
})
`
}

test('a comment above a line, beside it, or above other comments takes the finding away', (t) => {
  for (const text of [
    app('  // headroom-ignore unbounded-result-set -- ten rows for ever\n'),
    app('', ' // headroom-ignore unbounded-result-set'),
    app('  // headroom-ignore n-plus-one, unbounded-result-set\n  // another comment\n\n').replace(
      'n-plus-one, ',
      '',
    ),
    app('  /* headroom-ignore unbounded-result-set -- small */\n'),
  ]) {
    const report = new Inspection(projectOf(t, { 'app.ts': text })).check({})
    assert.deepEqual(report.findings, [], text)
    assert.deepEqual(report.problems, [], text)
  }
})

test('a comment that suppresses nothing is a problem, and its finding stays', (t) => {
  const text = app('  // headroom-ignore n-plus-one -- wrong rule\n')
  const { findings, problems } = new Inspection(projectOf(t, { 'app.ts': text })).check({})
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    ['unbounded-result-set'],
  )
  assert.deepEqual(
    problems.map(({ kind, file, line }) => [kind, file, line]),
    [['suppression', 'app.ts', 6]],
  )
  assert.match(problems[0]?.message ?? '', /headroom-ignore n-plus-one suppresses nothing/)
})

test('a comment that names no rule there is says so', (t) => {
  const text = app('  // headroom-ignore n-plus-two\n')
  const { problems } = new Inspection(projectOf(t, { 'app.ts': text })).check({})
  assert.match(problems[0]?.message ?? '', /there is no rule called n-plus-two/)
})

test('text that is no comment suppresses nothing', (t) => {
  const text = app("  console.log('headroom-ignore unbounded-result-set')\n")
  const { findings, problems } = new Inspection(projectOf(t, { 'app.ts': text })).check({})
  assert.equal(findings.length, 1)
  assert.deepEqual(problems, [])
})

test('the configuration ignores by path and rule, and says which entries do nothing', async () => {
  const root = mkdtempSync(join(tmpdir(), 'headroom-ignore-'))
  try {
    writeFileSync(join(root, 'app.ts'), app(''))
    const config = join(root, 'headroom.config.json')
    writeFileSync(config, JSON.stringify({ ignore: [{ path: '*.ts', rules: ['unbounded-result-set'] }] }))
    assert.deepEqual((await inspect(root)).findings, [])
    writeFileSync(config, JSON.stringify({ ignore: [{ path: 'legacy/**', reason: 'old' }] }))
    const { findings, problems } = await inspect(root)
    assert.equal(findings.length, 1)
    assert.match(problems[0]?.message ?? '', /legacy\/\*\* suppresses nothing/)
    writeFileSync(config, '{ "ignore": "all" }')
    const broken = await inspect(root)
    assert.equal(broken.findings.length, 1, 'a broken configuration hides nothing')
    assert.equal(broken.problems[0]?.kind, 'config')
  } finally {
    rmSync(root, { recursive: true })
  }
})
