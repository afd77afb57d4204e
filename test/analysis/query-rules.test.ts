import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { apply, projectOf } from './temporary-project.ts'

const head = `import express from 'express'
import knex from 'knex'
import { z } from 'zod'

const db = knex({ client: 'pg' })
const app = express()
`

function inspectionOf(t: TestContext, handler: string): { root: string; inspection: Inspection } {
  const root = projectOf(t, { 'app.ts': head + handler })
  return { root, inspection: new Inspection(root) }
}

/** The findings of one rule in code below the common head, as the text of the line they stand in. */
function linesOf(t: TestContext, rule: string, handler: string): string[] {
  const report = inspectionOf(t, handler).inspection.check({})
  assert.deepEqual(report.problems, [])
  const lines = (head + handler).split('\n')
  return report.findings.filter((each) => each.rule === rule).map(({ line }) => lines[line - 1]?.trim() ?? '')
}

const get = (body: string): string => `app.get('/posts/:id', async (req, res) => {\n${body}\n})\n`
const list = (limit: string): string => get(`res.json(await db('posts').orderBy('id').limit(${limit}))`)

const uncapped: Readonly<Record<string, readonly [code: string, line: string]>> = {
  'a converted value with a default': [
    get(
      "const limit = Number(req.query.limit) || 20\nres.json(await db('posts').orderBy('id').limit(limit))",
    ),
    'const limit = Number(req.query.limit) || 20',
  ],
  'a parameter of a service, at the query': [
    `const page = (limit) => db('posts').orderBy('id').limit(limit || 10)\n${get('res.json(await page(Number(req.query.limit)))')}`,
    "const page = (limit) => db('posts').orderBy('id').limit(limit || 10)",
  ],
  'a validation that sets no maximum, where it is called': [
    `const positive = (text, fallback) => { const n = decode(text); if (n < 1) throw new Error('no'); return n }
const decode = JSON.parse
${get("const limit = positive(req.query.limit, 20)\nres.json(await db('posts').orderBy('id').limit(limit))")}`,
    'const limit = positive(req.query.limit, 20)',
  ],
  'a schema without a maximum, at its property': [
    `const schema = z.object({
  limit: z.coerce.number().int().default(20),
})
${get("const { limit } = schema.parse(req.query)\nres.json(await db('posts').orderBy('id').limit(limit))")}`,
    'limit: z.coerce.number().int().default(20),',
  ],
}

for (const [what, [code, line]] of Object.entries(uncapped))
  test(`an uncapped page size is found: ${what}`, (t) => {
    assert.deepEqual(linesOf(t, 'uncapped-page-size', code), [line])
  })

const capped: Readonly<Record<string, string>> = {
  'a constant': list('20'),
  'Math.min': list('Math.min(Number(req.query.limit) || 20, 100)'),
  'a condition that throws': get(
    "const limit = Number(req.query.limit) || 20\nif (limit > 100) throw new Error('too many')\nres.json(await db('posts').orderBy('id').limit(limit))",
  ),
  'a condition that lowers it': get(
    "let limit = Number(req.query.limit) || 20\nif (limit > 100) limit = 100\nres.json(await db('posts').orderBy('id').limit(limit))",
  ),
  'a function of the project': `const clampPage = (value) => Math.min(Number(value) || 20, 100)\n${list('clampPage(req.query.limit)')}`,
  'a schema with a maximum': `const schema = z.object({ limit: z.coerce.number().max(100).default(20), page: z.coerce.number() })
${get("const { limit } = schema.parse(req.query)\nres.json(await db('posts').orderBy('id').limit(limit))")}`,
}

for (const [what, code] of Object.entries(capped))
  test(`a capped page size is fine: ${what}`, (t) => {
    assert.deepEqual(linesOf(t, 'uncapped-page-size', code), [])
  })

const fine: readonly (readonly [rule: string, what: string, code: string])[] = [
  [
    'sequential-awaits',
    'a guard stands between the reads',
    get(
      "const post = await db('posts').where({ id: req.params.id }).first()\nif (!post) return res.sendStatus(404)\nconst tags = await db('tags').limit(9)\nres.json({ post, tags })",
    ),
  ],
  [
    'sequential-awaits',
    'the second read uses what the first gave',
    get(
      "const post = await db('posts').where({ id: req.params.id }).first()\nconst author = await db('users').where({ id: post.author_id }).first()\nres.json({ post, author })",
    ),
  ],
  [
    'count-by-loading',
    'the rows are looked up in, too',
    get(
      "const rows = await db('roles')\nconst names = new Set(rows.map((row) => row.name))\nif (rows.length === 0) return res.end()\nres.json(names.has(req.query.name))",
    ),
  ],
  [
    'count-by-loading',
    'the rows are handed on from a callback',
    get(
      "const rows = await db('roles')\nconst data = []\nif (rows.length > 0) rows.forEach((row) => data.push({ name: row.name }))\nres.json(data)",
    ),
  ],
  [
    'filter-in-memory',
    'the rows are used unfiltered as well',
    get("const rows = await db('roles')\nres.json({ rows, first: rows.find((row) => row.id === 1) })"),
  ],
  [
    'multi-write-without-transaction',
    'only one of the writes runs',
    get(
      "if (req.query.a) await db('posts').insert({ a: 1 })\nelse await db('drafts').insert({ a: 1 })\nres.end()",
    ),
  ],
  [
    'write-in-loop',
    'the list is constant',
    get("for (const name of ['a', 'b']) await db('tags').insert({ name })\nres.end()"),
  ],
  [
    'lost-update',
    'the database computes the value',
    get(
      "const post = await db('posts').where({ id: 1 }).first()\nawait db('posts').where({ id: post.id }).increment('likes', 1)\nres.end()",
    ),
  ],
  [
    'repeated-query',
    'something is written in between',
    get(
      "const before = await db('posts').where({ id: 1 }).first()\nawait db('posts').where({ id: 1 }).update({ seen: true })\nconst after = await db('posts').where({ id: 1 }).first()\nres.json({ before, after })",
    ),
  ],
]

for (const [rule, what, code] of fine)
  test(`${rule} is fine where ${what}`, (t) => {
    assert.deepEqual(linesOf(t, rule, code), [])
  })

test('a function that calls itself for each item is an N+1', (t) => {
  const code = `async function tree(id) {
  const children = await db('nodes').where({ parent_id: id })
  return Promise.all(children.map(async (child) => ({ ...child, children: await tree(child.id) })))
}
${get('res.json(await tree(Number(req.params.id)))')}`
  assert.deepEqual(linesOf(t, 'n-plus-one', code), [
    'return Promise.all(children.map(async (child) => ({ ...child, children: await tree(child.id) })))',
  ])
})

test('a fix runs independent reads together and keeps their names', (t) => {
  const body = `  const post = await db('posts').where({ id: req.params.id }).first()
  const [{ count }] = await db('posts').count({ count: '*' })
  res.json({ post, count })`
  const { root, inspection } = inspectionOf(t, get(body))
  const finding = inspection.check({}).findings.find(({ rule }) => rule === 'sequential-awaits')
  assert.ok(finding)
  const fixed = apply(root, inspection.fix({ finding, fix: 'run-together' }))
  assert.match(
    fixed.get('app.ts') ?? '',
    /const \[post, \[\{ count \}\]\] = await Promise\.all\(\[\n {4}db\('posts'\)\.where\(\{ id: req\.params\.id \}\)\.first\(\),\n {4}db\('posts'\)\.count\(\{ count: '\*' \}\),\n {2}\]\)/,
  )
})

test('a fix lets the database add, in an update that says so itself', (t) => {
  const body = `  const post = await db('posts').where({ id: 1 }).first()
  await db('posts').where({ id: post.id }).update({ likes: post.likes + 1 })
  res.end()`
  const { root, inspection } = inspectionOf(t, get(body))
  const finding = inspection.check({}).findings.find(({ rule }) => rule === 'lost-update')
  assert.ok(finding)
  const fixed = apply(root, inspection.fix({ finding, fix: 'atomic-update' }))
  assert.match(fixed.get('app.ts') ?? '', /update\(\{ likes: db\.raw\('\?\? \+ \?', \['likes', 1\]\) \}\)/)
})
