import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { postsApp } from './scaffolded-app.ts'
import { apply, projectOf } from './temporary-project.ts'

interface Case {
  readonly name: string
  readonly rule: string
  readonly file?: string
  readonly text: string
  readonly others?: Readonly<Record<string, string>>
  /** Lines that the code gets, or null where nothing is offered. */
  readonly gets: readonly string[] | null
}

const read = (query: string, before = '', after = ''): string => `app.get('/:id', async (req, res) => {
${before}  const rows = await ${query}
${after}  res.json(rows)
})
`
const cases: readonly Case[] = [
  {
    name: 'every value that a query depends on is in the key',
    rule: 'cache',
    text: postsApp(
      read(
        `db('posts').where({ author: req.params.id, kind, tag: tags[0] }).limit(size).where((q) => q.where({ kind }))`,
        `  const { kind } = req.query\n  const tags = ['a']\n  const size = Math.min(Number(req.query.size), 100)\n`,
      ),
    ),
    gets: [
      'const rows = await cached(`posts:${JSON.stringify([req.params.id, kind, tags, size])}`, 30_000, () =>',
    ],
  },
  {
    name: 'a query without values has a constant key',
    rule: 'cache',
    text: postsApp(read(`db('posts').limit(10)`)),
    gets: [`const rows = await cached('posts:all', 30_000, () => db('posts').limit(10))`],
  },
  {
    name: 'a function that the handler calls is followed to its arguments',
    rule: 'cache',
    text: postsApp(`async function load(id) {
  return await db('posts').where({ id }).first()
}

app.get('/:id', async (req, res) => {
  res.json(await load(req.params.id))
})
`),
    gets: [
      "return await cached(`posts:${JSON.stringify([id])}`, 30_000, () => db('posts').where({ id }).first())",
    ],
  },
  {
    name: 'no cache where the request as a whole is handed to the query',
    rule: 'cache',
    text: postsApp(read(`db('posts').where(filterOf(req))`)),
    gets: null,
  },
  {
    name: 'no cache where a value may be anything',
    rule: 'cache',
    text: postsApp(read(`db('posts').where(scope)`, '  const scope = scopeOf(req)\n')),
    gets: null,
  },
  {
    name: 'no cache where a value can’t be written as JSON',
    rule: 'cache',
    text: postsApp(read(`db('posts').where({ id })`, '  const id = BigInt(req.params.id)\n')),
    gets: null,
  },
  {
    name: 'no cache where rows are changed afterwards',
    rule: 'cache',
    text: postsApp(
      read(`db('posts').limit(10)`, '', '  for (const row of rows) row.title = row.title.trim()\n'),
    ),
    gets: null,
  },
  {
    name: 'no cache where the rows are sorted in place',
    rule: 'cache',
    text: postsApp(read(`db('posts').limit(10)`, '', '  rows.sort()\n')),
    gets: null,
  },
  {
    name: 'no cache where a query is built in steps',
    rule: 'cache',
    text: postsApp(
      read('query', `  const query = db('posts')\n  if (req.query.own) query.where({ own: true })\n`),
    ),
    gets: null,
  },
  {
    name: 'no cache for what a POST reads',
    rule: 'cache',
    text: postsApp(read(`db('posts').limit(10)`).replace('app.get', 'app.post')),
    gets: null,
  },
  {
    name: 'no cache where TypeScript would forget what a condition told it',
    rule: 'cache',
    text: postsApp(
      read(
        `db('posts').where({ title: req.query.title })`,
        `  if (typeof req.query.title !== 'string') return\n`,
      ),
    ),
    gets: null,
  },
  {
    name: 'no cache where its name is taken',
    rule: 'cache',
    text: postsApp(`const cached = new Map()\n${read(`db('posts').limit(10)`)}`),
    gets: null,
  },
  {
    name: 'a handler on a line of its own keeps it',
    rule: 'rate-limit',
    text: postsApp(`app.get(\n  '/',\n  // who may\n  (req, res) => res.end(),\n)\n`),
    gets: ['  // who may', '  limitRequests,', '  (req, res) => res.end(),'],
  },
  {
    name: 'no rate limit where the package has one',
    rule: 'rate-limit',
    text: postsApp(read(`db('posts').limit(10)`)),
    others: {
      'limits.ts': `import { rateLimit } from 'express-rate-limit'\nexport const limits = rateLimit()\n`,
    },
    gets: null,
  },
  {
    name: 'no structured logs where the package has them',
    rule: 'structured-logs',
    text: postsApp(read(`db('posts').limit(10)`)),
    others: { 'log.ts': `import pino from 'pino'\nexport const log = pino()\n` },
    gets: null,
  },
  {
    name: 'the application that an instance holds',
    rule: 'structured-logs',
    text: `import express from 'express'

class Server {
  app: express.Express

  constructor() {
    this.app = express() // the one
    this.app.get('/', (req, res) => res.end())
  }
}
new Server()
`,
    gets: ['    this.app = express() // the one', '    this.app.use(logRequests)'],
  },
  {
    name: 'JavaScript with require gets what it needs by require, and no types',
    rule: 'structured-logs',
    file: 'app.js',
    text: `const express = require("express");
const app = express();
app.get("/", (req, res) => {
	res.end();
});
`,
    gets: [
      'const { AsyncLocalStorage } = require("node:async_hooks");',
      'const { randomUUID } = require("node:crypto");',
      '',
      'const requestIds = new AsyncLocalStorage();',
    ],
  },
  {
    name: 'a breaker named after the setting that holds the address',
    rule: 'circuit-breaker',
    text: `import axios from 'axios'
${postsApp(`const base = process.env.WEATHER_URL
app.get('/', async (req, res) => {
  const { data } = await axios.get(base + '/today', { timeout: 1000 })
  res.json(data)
})
`)}`,
    gets: [
      `const { data } = await withBreaker('WEATHER_URL', () => axios.get(base + '/today', { timeout: 1000 }))`,
    ],
  },
  {
    name: 'no retry and no breaker in code that no handler runs',
    rule: 'missing-retry',
    text: postsApp(`import './page.ts'\n${read(`db('posts').limit(10)`)}`),
    others: {
      'page.ts': `export const load = async () => await fetch('https://example.com', { signal: AbortSignal.timeout(9) })\n`,
    },
    gets: null,
  },
  {
    name: 'no breaker where the address is different for every request',
    rule: 'circuit-breaker',
    text: postsApp(`app.get('/', async (req, res) => {
  const answer = await fetch(req.query.url, { signal: AbortSignal.timeout(1000) })
  res.json(await answer.json())
})
`),
    gets: null,
  },
  {
    name: 'no retry for a POST',
    rule: 'missing-retry',
    text: postsApp(`app.post('/', async (req, res) => {
  const answer = await fetch('https://example.com', { method: 'POST', signal: AbortSignal.timeout(1000) })
  res.json(await answer.json())
})
`),
    gets: null,
  },
  {
    name: 'no idempotency key where nothing is inserted',
    rule: 'idempotency-key',
    text: postsApp(read(`db('posts').where({ id: 1 }).update({ title: '' })`).replace('app.get', 'app.post')),
    gets: null,
  },
]

for (const { name, rule, file = 'app.ts', text, others, gets } of cases) {
  test(name, (t) => {
    const root = projectOf(t, { [file]: text, ...others })
    const inspection = new Inspection(root)
    const finding = inspection.check({}).scaffolds.find((each) => each.rule === rule)
    assert.equal(finding !== undefined, gets !== null)
    const [fix] = finding?.fixes ?? []
    if (!finding || !fix || gets === null) return
    const now = apply(root, inspection.fix({ finding, fix: fix.id })).get(file) ?? ''
    assert.ok(now.includes(gets.join('\n')), now)
    assert.deepEqual(inspection.check({}).problems, [])
  })
}

const readAt = (path: string): string =>
  read(`db('posts').where({ id: req.params.id })`).replace('/:id', path)

test('a second place of a file shares what the first one added', (t) => {
  const root = projectOf(t, { 'app.ts': postsApp(readAt('/a/:id') + readAt('/b/:id')) })
  const inspection = new Inspection(root)
  let text = ''
  for (const rule of ['cache', 'cache', 'rate-limit', 'rate-limit']) {
    const finding = inspection.check({}).scaffolds.find((each) => each.rule === rule)
    assert.ok(finding)
    text = apply(root, inspection.fix({ finding, fix: rule })).get('app.ts') ?? ''
  }
  assert.equal(text.match(/function (?:cached|limitRequests)\b/g)?.length, 2)
  assert.equal(text.match(/, limitRequests, async/g)?.length, 2)
  assert.deepEqual(text.match(/cached\(`[\w-]+:/g), ['cached(`posts:', 'cached(`posts-2:'])
})
