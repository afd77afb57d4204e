import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FileEdit } from '../../src/model/source.ts'
import type { Facts } from '../../src/analysis/facts.ts'
import { rules } from '../../src/analysis/rules/index.ts'
import { runRule } from '../../src/analysis/rules/rule.ts'
import { frameworks } from '../../src/analysis/typescript/frameworks/index.ts'
import { TypeScriptFrontEnd } from '../../src/analysis/typescript/front-end.ts'
import { orms } from '../../src/analysis/typescript/orms/index.ts'
import type { Orm } from '../../src/analysis/typescript/orms/orm.ts'
import type { Problem } from '../../src/model/finding.ts'
import { layeredProject } from './layered-project.ts'
import { randomEdits, type Files } from './random-edits.ts'

/** All that the front end says about a program: facts, problems, and every fix that a rule proposes carried out. */
interface Answer {
  readonly facts: Facts
  readonly problems: readonly Problem[]
  readonly fixes: readonly {
    readonly rule: string
    readonly fix: string
    readonly edits: readonly FileEdit[] | null
  }[]
}

function answerOf(frontEnd: TypeScriptFrontEnd, texts: Files): Answer {
  const { facts, problems } = frontEnd.read({ texts, problems: [] })
  const fixes = rules.flatMap((rule) =>
    runRule(rule, facts).detections.flatMap((detection) =>
      detection.fixes.map((fix) => ({
        rule: rule.id,
        fix: fix.id,
        edits: frontEnd.carryOut(fix.intention),
      })),
    ),
  )
  return { facts, problems, fixes }
}

/** Edits a program at random and asks an analysis that was kept and one that starts afresh; gives how often facts changed. */
function editAndCompare(program: Files, seed: number, steps: number): number {
  const kept = new TypeScriptFrontEnd()
  let before = answerOf(kept, program)
  let changes = 0
  const done: string[] = []
  for (const { what, files } of randomEdits(program, seed)) {
    done.push(what)
    const after = answerOf(kept, files)
    const fresh = answerOf(new TypeScriptFrontEnd(), files)
    assert.deepEqual(after, fresh, `Seed ${seed}, after:\n${done.slice(-8).join('\n')}`)
    if (JSON.stringify(after.facts) !== JSON.stringify(before.facts)) changes++
    before = after
    if (done.length === steps) break
  }
  return changes
}

const layered = new Map(Object.entries(layeredProject))

test('the layered project reaches into every layer', () => {
  const { facts } = answerOf(new TypeScriptFrontEnd(), layered)
  const used = [...new Set(facts.queries.map(({ orm }) => orm))].toSorted()
  assert.deepEqual(used, ['knex', 'mongoose', 'prisma', 'sequelize', 'typeorm'])
  const found = [...new Set(facts.handlers.map(({ route }) => route.framework))].toSorted()
  assert.deepEqual(found, ['express', 'fastify', 'nest', 'trpc'])
  assert.ok(facts.queries.some(({ path }) => path.length >= 3))
})

for (const seed of [1, 2, 3]) {
  test(`after every edit of the layered project, the answer is that of a fresh analysis (seed ${seed})`, () => {
    const changes = editAndCompare(layered, seed, 40)
    assert.ok(changes >= 15, `Only ${changes} edits changed the facts.`)
  })
}

/** All examples of the registries as one program, each in a folder of its own. */
function allExamples(): Files {
  const files = new Map<string, string>()
  const add = (folder: string, texts: Readonly<Record<string, string>>): void => {
    for (const [file, text] of Object.entries(texts)) files.set(`${folder}/${file}`, text)
  }
  for (const { id, examples } of frameworks)
    for (const [index, { files: texts }] of examples.entries()) add(`${id}-${index}`, texts)
  const registry: readonly Orm[] = orms
  for (const { id, examples } of registry)
    for (const [index, { setup, code, others }] of examples.entries()) {
      const handler = `app.get('/', async (req, res) => {\n${code}\n})\n`
      const app = `import express from 'express'\n${setup}\nconst app = express()\n${handler}`
      add(`${id}-${index}`, { 'app.ts': app, ...others })
    }
  return files
}

test('after every edit of all examples together, the answer is that of a fresh analysis', () => {
  assert.ok(editAndCompare(allExamples(), 4, 12) >= 4)
})

test('files may come, go and come back as they were', () => {
  const kept = new TypeScriptFrontEnd()
  const before = answerOf(kept, layered)
  for (const file of layered.keys()) {
    const without = new Map([...layered].filter(([name]) => name !== file))
    if (file.startsWith('lib/') || file.startsWith('services/'))
      assert.deepEqual(answerOf(kept, without), answerOf(new TypeScriptFrontEnd(), without), file)
  }
  assert.deepEqual(answerOf(kept, layered), before)
})

test('answers about a program are kept by its memo alone, which knows what they were made from', () => {
  const folder = join(import.meta.dirname, '../../src/analysis/typescript')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const hidden = files.filter((file) =>
    /new WeakMap<(?:Resolver|Program|Context|CallGraph)\b[^>]*Map</.test(
      readFileSync(join(folder, file), 'utf8'),
    ),
  )
  assert.deepEqual(hidden, [])
})
