import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { Inspection } from '../../src/analysis/inspection.ts'
import { rules } from '../../src/analysis/rules/index.ts'
import type { Rule } from '../../src/analysis/rules/rule.ts'
import { postsApp } from './scaffolded-app.ts'
import { apply, projectOf, sampleFolder } from './temporary-project.ts'

test('all scaffolds together type-check in strict TypeScript, and the route’s parameters keep their types', async (t) => {
  const routes = `app.get('/posts/:id', async (req, res) => {
  const id: string = req.params.id
  const post = await db('posts').where({ id }).first()
  res.json({ post, id })
})

app.post('/posts', express.json(), async (req, res) => {
  const title: string = req.body.title
  const [id] = await db('posts').insert({ title })
  res.status(201).json({ id })
})

app.get('/weather/:town', async (req, res) => {
  const answer = await fetch(\`https://weather.example.com/\${req.params.town}\`)
  res.json(await answer.json())
})
`
  const root = projectOf(t, { 'app.ts': postsApp(routes), 'package.json': '{ "type": "module" }' })
  const applied: string[] = []
  const inspection = new Inspection(root)
  for (;;) {
    const [finding] = inspection
      .check({})
      .scaffolds.filter((each) => !applied.includes(`${each.rule} ${each.routes.join()}`))
    if (!finding?.fixes[0]) break
    applied.push(`${finding.rule} ${finding.routes.join()}`)
    apply(root, inspection.fix({ finding, fix: finding.fixes[0].id }))
  }
  assert.equal(applied.length, 7, applied.join('\n'))
  symlinkSync(join(sampleFolder, 'node_modules'), join(root, 'node_modules'), 'junction')
  await typeCheck(root)
})

test('what each rule shows as its example is what its fix makes, and type-checks', async (t) => {
  const scaffolds = (rules as readonly Rule[]).filter(({ scaffold: isScaffold }) => isScaffold)
  assert.ok(scaffolds.length >= 6)
  const root = projectOf(t, { 'package.json': '{ "type": "module" }' })
  symlinkSync(join(sampleFolder, 'node_modules'), join(root, 'node_modules'), 'junction')
  for (const { id, examples } of scaffolds) {
    for (const example of examples) {
      const folder = join(root, id)
      mkdirSync(folder)
      writeFileSync(join(folder, 'app.ts'), example.before)
      const inspection = new Inspection(folder)
      const finding = inspection.check({}).scaffolds.find(({ rule }) => rule === id)
      assert.ok(finding?.fixes[0])
      const texts = apply(folder, inspection.fix({ finding, fix: finding.fixes[0].id }))
      assert.equal(texts.get('app.ts'), example.after)
    }
  }
  await typeCheck(root)
})

async function typeCheck(root: string): Promise<void> {
  const compilerOptions = {
    target: 'ES2023',
    module: 'NodeNext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    noUnusedLocals: true,
    noImplicitReturns: true,
    skipLibCheck: true,
    noEmit: true,
  }
  writeFileSync(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }))
  const compiler = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc')
  const { stdout } = await promisify(execFile)(process.execPath, [compiler, '-p', root]).catch(
    (error) => error,
  )
  assert.equal(stdout, '')
}
