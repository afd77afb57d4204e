import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import type { CheckReport } from '../../src/model/finding.ts'
import { projectOf } from './temporary-project.ts'

/** A route whose finding every report must still hold, whatever stands beside it. */
const sound = `import express from 'express'
import knex from 'knex'
const db = knex({ client: 'pg' })
export const app = express()
app.get('/posts', async (req, res) => res.json(await db('posts')))
`

function assertSound({ findings }: CheckReport): void {
  assert.deepEqual(
    findings.filter(({ file }) => file === 'app.ts').map(({ rule, line }) => `${rule} ${line}`),
    ['unbounded-result-set 5'],
  )
}

function handlers(count: number): string {
  const routes = Array.from(
    { length: count },
    (_, index) => `app.get('/a${index}', async (req, res) => {
  const rows = await db('t${index}').where({ id: req.params.id }).limit(10)
  for (const row of rows) {
    row.label = String(row.id)
  }
  res.json(rows)
})
`,
  )
  return `import { app } from './app.js'\nimport knex from 'knex'\nconst db = knex({ client: 'pg' })\n${routes.join('')}`
}

test('a file of 20,000 lines is inspected in whole', { timeout: 120_000 }, (t) => {
  const text = handlers(2_860)
  assert.ok(text.split('\n').length > 20_000)
  const report = new Inspection(projectOf(t, { 'app.ts': sound, 'many.ts': text })).check({})
  assertSound(report)
  assert.equal(report.routes.length, 2_861)
  assert.deepEqual(report.problems, [])
})

test('minified code, on one line, is read like any other', { timeout: 120_000 }, (t) => {
  const text = handlers(300).replace(/\n\s*/g, ';').replaceAll('{;', '{').replaceAll(';}', '}')
  const report = new Inspection(projectOf(t, { 'app.ts': sound, 'bundle.js': text })).check({})
  assertSound(report)
})

test('a bundle of more than a megabyte is left out, and said to be', (t) => {
  const root = projectOf(t, { 'app.ts': sound, 'bundle.js': `x = "${'a'.repeat(1_100_000)}"` })
  const { problems, ...report } = new Inspection(root).check({})
  assertSound({ ...report, problems })
  assert.deepEqual(
    problems.map(({ kind, file }) => `${kind} ${file}`),
    ['read bundle.js'],
  )
})

test('a file that is not UTF-8 is said to be, again and again, and never changed', (t) => {
  const root = projectOf(t, { 'app.ts': sound })
  const latin = sound
    .replace("'/posts'", "'/pösts'")
    .replace('app = express', 'other = express')
    .replace('app.get', 'other.get')
  writeFileSync(join(root, 'latin.ts'), Buffer.from(latin, 'latin1'))
  writeFileSync(join(root, 'noise.js'), Buffer.from([0, 255, 254, 1, 2, 192, 193]))
  const inspection = new Inspection(root)
  for (const report of [inspection.check({}), inspection.check({})]) {
    assertSound(report)
    const files = new Set(report.problems.map(({ file }) => file))
    assert.deepEqual([...files].toSorted(), ['latin.ts', 'noise.js'])
    const own = report.findings.filter(({ file }) => file === 'latin.ts')
    assert.ok(own.length > 0, 'what can be read is inspected')
    for (const { fixes } of own) assert.deepEqual(fixes, [])
  }
})

test('files that import each other in a circle, functions that call each other for ever', (t) => {
  const root = projectOf(t, {
    'app.ts': `${sound}import { a } from './a.js'\napp.get('/a', async (req, res) => res.json(await a(1)))\n`,
    'a.ts':
      "import { b } from './b.js'\nexport * from './b.js'\nexport const a = async (n) => (await b(n)) ?? a(n - 1)\n",
    'b.ts':
      "import { a } from './a.js'\nexport * from './a.js'\nexport const b = async (n) => a(n)\nexport const c = c\n",
    'c.ts': "import c from './c.js'\nexport default c\nexport class A extends A {}\nexport type T = T\n",
  })
  const report = new Inspection(root).check({})
  assertSound(report)
  assert.equal(report.routes.length, 2)
})

test('configurations that do not parse are said to be, and nothing else is lost', (t) => {
  const root = projectOf(t, {
    'app.ts': sound,
    'tsconfig.json': '{ "compilerOptions": { "paths": ',
    'package.json': '{ "name": ',
    'prisma/schema.prisma': 'model User { id Int @id\n model {{{ @@',
  })
  const report = new Inspection(root).check({})
  assertSound(report)
  const said = report.problems.map(({ kind, file }) => `${kind} ${file}`).toSorted()
  assert.deepEqual(said, ['config package.json', 'config tsconfig.json'])
})

test(
  'a handler in every half-typed state never keeps the others from being inspected',
  { timeout: 120_000 },
  (t) => {
    const inspection = new Inspection(projectOf(t, { 'app.ts': sound }))
    const text = handlers(1)
    for (let length = 0; length < text.length; length += 3)
      assertSound(inspection.check({ overlays: [{ file: 'typed.ts', text: text.slice(0, length) }] }))
  },
)
