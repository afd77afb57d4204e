import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ruleDocs } from '../../scripts/generate-rule-docs.ts'
import type { Facts } from '../../src/analysis/facts.ts'
import { Inspection } from '../../src/analysis/inspection.ts'
import { rules } from '../../src/analysis/rules/index.ts'
import { runRule } from '../../src/analysis/rules/rule.ts'
import { TypeScriptFrontEnd } from '../../src/analysis/typescript/front-end.ts'
import { frameworks } from '../../src/analysis/typescript/frameworks/index.ts'
import { orms } from '../../src/analysis/typescript/orms/index.ts'
import { routeKey } from '../../src/model/route.ts'
import { projectOf } from './temporary-project.ts'

const repository = join(import.meta.dirname, '../..')

function factsOf(files: Readonly<Record<string, string>>): Facts {
  return new TypeScriptFrontEnd().read({ texts: new Map(Object.entries(files)), problems: [] }).facts
}

for (const rule of rules) {
  test(`rule ${rule.id}: its file and its page bear its name`, () => {
    assert.ok(existsSync(join(repository, 'src/analysis/rules', `${rule.id}.ts`)))
    assert.ok(ruleDocs().has(`docs/rules/${rule.id}.md`))
  })

  test(`rule ${rule.id}: says what, why, when it is fine, and how safe its fix is`, () => {
    const { what, why, fineWhen, fixSafety } = rule.docs
    for (const text of [rule.title, what, why, fixSafety, ...fineWhen]) assert.ok(text.length > 10)
    assert.ok(fineWhen.length > 0)
  })

  for (const [index, example] of rule.examples.entries()) {
    test(`rule ${rule.id}, example ${index + 1}: fires before and not after`, (t) => {
      const found = (text: string): string[] => {
        const report = new Inspection(
          projectOf(t, { [example.file ?? 'app.ts']: text, ...example.others }),
        ).check({})
        assert.deepEqual(report.problems, [])
        if (rule.scaffold)
          return report.scaffolds.map((scaffold) => scaffold.rule).filter((id) => id === rule.id)
        return report.findings.map((finding) => finding.rule)
      }
      assert.ok(found(example.before).includes(rule.id))
      assert.deepEqual(found(example.after), [])
    })
  }

  test(`rule ${rule.id}: costs only its own findings when it throws`, () => {
    const broken = { ...rule, detect: fail }
    const { detections, problems } = runRule(broken, { handlers: [], queries: [], sites: [], tables: [] })
    assert.deepEqual(detections, [])
    assert.equal(problems[0]?.kind, 'rule')
    assert.match(problems[0]?.message ?? '', new RegExp(`${rule.id}.*broken on purpose`))
  })
}

function fail(): never {
  throw new Error('broken on purpose')
}

test('ids of rules, ORMs and frameworks are unique and read well', () => {
  for (const registry of [rules, orms, frameworks]) {
    const ids = registry.map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length)
    for (const id of ids) assert.match(id, /^[a-z0-9]+(?:-[a-z0-9]+)*$/)
  }
})

for (const framework of frameworks) {
  for (const [index, example] of framework.examples.entries()) {
    test(`framework ${framework.id}, example ${index + 1}: finds the routes`, () => {
      const { handlers } = factsOf(example.files)
      assert.deepEqual(
        handlers.map(({ route }) => routeKey(route)).toSorted(),
        [...example.routes].toSorted(),
      )
      for (const { route } of handlers) assert.equal(route.framework, framework.id)
    })
  }
}

for (const orm of orms) {
  for (const [index, example] of orm.examples.entries()) {
    test(`ORM ${orm.id}, example ${index + 1}: recognises the queries`, () => {
      const handler = `app.get('/', async (req, res) => {\n${example.code}\n})\n`
      const app = `import express from 'express'\n${example.setup}\nconst app = express()\n${handler}`
      const { queries } = factsOf({ 'app.ts': app, ...example.others })
      const found = queries.map(({ table, operation, bound }) => ({ table, operation, bound }))
      assert.deepEqual(found, example.queries)
      for (const query of queries) assert.equal(query.orm, orm.id)
    })
  }
}

test('facts are plain data', () => {
  const code = rules.find(({ id }) => id === 'n-plus-one')?.examples[0]?.before ?? ''
  const facts = factsOf({ 'app.ts': code })
  assert.ok(facts.queries.length > 0)
  assert.deepEqual(structuredClone(facts), facts)
  assert.deepEqual(JSON.parse(JSON.stringify(facts)), facts)
})
