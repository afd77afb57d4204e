import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { projectOf, sampleFolder } from './temporary-project.ts'

const files = ['src/storage.ts', 'src/routes/activities.ts', 'src/routes/posts.ts', 'src/app.ts', 'src/db.ts']

for (const file of files) {
  test(`${file} cut off anywhere never makes the analysis throw`, () => {
    const inspection = new Inspection(sampleFolder)
    const text = readFileSync(join(sampleFolder, file), 'utf8')
    const step = Math.max(1, Math.floor(text.length / 60))
    for (let length = 0; length < text.length; length += step) {
      const report = inspection.check({ overlays: [{ file, text: text.slice(0, length) }] })
      const rest = inspection.check({ overlays: [{ file, text: text.slice(length) }] })
      assert.deepEqual(
        [...report.problems, ...rest.problems].filter(({ kind }) => kind !== 'parse'),
        [],
        `cut at ${length}`,
      )
    }
  })
}

test('single characters left out or doubled never make the analysis throw', () => {
  const inspection = new Inspection(sampleFolder)
  for (const file of files.slice(0, 3)) {
    const text = readFileSync(join(sampleFolder, file), 'utf8')
    const places = [...text.matchAll(/[(){}[\]'`.,=>]/g)].map(({ index }) => index)
    for (const index of places.filter((_, count) => count % 7 === 0)) {
      const without = text.slice(0, index) + text.slice(index + 1)
      const doubled = text.slice(0, index) + text.slice(index, index + 1) + text.slice(index)
      for (const broken of [without, doubled]) {
        const { problems } = inspection.check({ overlays: [{ file, text: broken }] })
        assert.deepEqual(
          problems.filter(({ kind }) => kind !== 'parse'),
          [],
          `${file} at ${index}`,
        )
      }
    }
  }
})

test('a file that does not parse is one problem at its line, and the others are still inspected', () => {
  const inspection = new Inspection(sampleFolder)
  const whole = inspection.check({})
  const { problems, findings, routes } = inspection.check({
    overlays: [{ file: 'src/routes/tags.ts', text: 'const a = 1\nconst b = = 2\n' }],
  })
  assert.deepEqual(problems, [
    { kind: 'parse', file: 'src/routes/tags.ts', line: 2, message: 'Expression expected.' },
  ])
  assert.deepEqual(
    routes,
    whole.routes.filter(({ file }) => file !== 'src/routes/tags.ts'),
  )
  assert.deepEqual(
    findings,
    whole.findings.filter(({ routes: reached }) => !reached.includes('GET /tags')),
  )
})

test('a file that is nested too deeply to parse is a problem of its own', () => {
  const inspection = new Inspection(sampleFolder)
  const whole = inspection.check({})
  for (const text of [
    `const x = ${'['.repeat(200_000)}`,
    `const y = ${'('.repeat(200_000)}`,
    `z${'.a()'.repeat(20_000)}`,
  ]) {
    const { problems, findings } = inspection.check({ overlays: [{ file: 'src/generated.ts', text }] })
    assert.deepEqual(findings, whole.findings)
    assert.deepEqual(
      problems.filter(({ file }) => file !== 'src/generated.ts'),
      [],
    )
  }
  assert.deepEqual(inspection.check({}), whole)
})

test('no fix is offered that would change a file with a syntax error', () => {
  const text = readFileSync(join(sampleFolder, 'src/storage.ts'), 'utf8')
  const { findings } = new Inspection(sampleFolder).check({
    overlays: [{ file: 'src/storage.ts', text: `${text}\nconst x = = 1\n` }],
  })
  const throughIt = findings.filter(({ file, path }) =>
    [file, ...path.map((at) => at.file)].includes('src/storage.ts'),
  )
  assert.ok(throughIt.length > 0)
  for (const finding of throughIt) assert.deepEqual(finding.fixes, [])
})

test('only what was left out of a handler changes: tests, scripts, seeds, migrations and declarations have no routes', (t) => {
  const app = `import express from 'express'
import knex from 'knex'
const db = knex({})
express().get('/x', async (req, res) => res.json(await db('x')))
`
  const skipped = [
    'app.test.ts',
    'test/app.ts',
    '__tests__/a.ts',
    'scripts/run.js',
    'seeds/one.ts',
    'src/migrations/1.ts',
    'dist/app.js',
    'node_modules/a/index.js',
    'types.d.ts',
    'src/app.spec.tsx',
    '.cache/a.ts',
  ]
  const root = projectOf(
    t,
    Object.fromEntries([...skipped, 'src/app.ts', 'src/plain.mjs'].map((file) => [file, app])),
  )
  const report = new Inspection(root).check({})
  assert.deepEqual(
    report.routes.map(({ file, language }) => `${file} ${language}`),
    ['src/app.ts typescript', 'src/plain.mjs javascript'],
  )
  assert.deepEqual(
    report.findings.map(({ file }) => file),
    ['src/app.ts', 'src/plain.mjs'],
  )
})

test('path aliases of a tsconfig and workspace-like folders are followed', (t) => {
  const root = projectOf(t, {
    'tsconfig.json':
      '{ // comments are fine\n "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["src/*"] } } }',
    'src/db.ts': `import knex from 'knex'\nexport default knex({})\n`,
    'src/app.ts': `import { Router } from 'express'
import db from '@/db'
const router = Router()
router.get('/x', async (req, res) => res.json(await db('x')))
export default router
`,
  })
  assert.deepEqual(
    new Inspection(root).check({}).findings.map(({ line }) => line),
    [4],
  )
})
