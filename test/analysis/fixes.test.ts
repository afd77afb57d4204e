import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import { runInNewContext } from 'node:vm'
import { Inspection } from '../../src/analysis/inspection.ts'
import type { CheckReport, Finding, Fix } from '../../src/model/finding.ts'
import { apply, copyOfSample, projectOf } from './temporary-project.ts'

const run = promisify(execFile)
const repository = join(import.meta.dirname, '../..')
const tsc = join(repository, 'node_modules/.bin', process.platform === 'win32' ? 'tsc.cmd' : 'tsc')

function findingOf(report: CheckReport, rule: string, route: string): Finding {
  const finding = report.findings.find(
    (candidate) => candidate.rule === rule && candidate.routes.includes(route),
  )
  assert.ok(finding, `${rule} of ${route}`)
  return finding
}

function mend(root: string, rule: string, route: string): { fix: Fix; texts: Map<string, string> } {
  const inspection = new Inspection(root)
  const finding = findingOf(inspection.check({}), rule, route)
  const fix = inspection.fix({ finding, fix: finding.fixes[0]?.id ?? '' })
  const before = inspection.check({})
  const texts = apply(root, fix)
  for (const [file, text] of texts) assert.ok(text.length > 0, file)
  const after = inspection.check({})
  assert.deepEqual(after.problems, before.problems)
  assert.ok(
    !after.findings.some((left) => left.rule === rule && left.routes.includes(route)),
    'the finding is gone',
  )
  return { fix, texts }
}

function comments(text: string): string[] {
  return (text.match(/\/\/.*|\/\*[\s\S]*?\*\//g) ?? []).map((comment) => comment.trim())
}

async function typeCheck(root: string): Promise<void> {
  await run(tsc, ['--noEmit', '-p', root], { shell: process.platform === 'win32' })
}

test(
  'the sample: both fixes of two routes type-check against Knex and pass its own tests',
  { timeout: 180_000 },
  async (t) => {
    const root = copyOfSample(t)
    const original = new Map(
      ['src/storage.ts', 'src/routes/activities.ts', 'src/routes/posts.ts'].map((file) => [
        file,
        readFileSync(join(root, file), 'utf8'),
      ]),
    )
    for (const route of ['GET /users/:userId/activities', 'GET /posts']) {
      for (const rule of ['n-plus-one', 'unbounded-result-set']) {
        mend(root, rule, route)
        await typeCheck(root)
      }
    }
    for (const [file, text] of original) {
      const now = comments(readFileSync(join(root, file), 'utf8'))
      for (const comment of comments(text)) assert.ok(now.includes(comment), `${file} keeps "${comment}"`)
    }
    await run('npm', ['test'], { cwd: root, shell: process.platform === 'win32' })
  },
)

test(
  'the sample: every fix that is offered type-checks, in whatever order',
  { timeout: 180_000 },
  async (t) => {
    const root = copyOfSample(t)
    const inspection = new Inspection(root)
    const titles: string[] = []
    for (;;) {
      const finding = inspection.check({}).findings.findLast(({ fixes }) => fixes.length > 0)
      const [summary] = finding?.fixes ?? []
      if (!finding || !summary) break
      const fix = inspection.fix({ finding, fix: summary.id })
      assert.deepEqual({ id: fix.id, title: fix.title, safety: fix.safety }, summary)
      apply(root, fix)
      titles.push(fix.title)
      assert.ok(titles.length < 20, 'fixes come to an end')
    }
    assert.ok(titles.includes('Load all posts in one query (1 instead of 1 per activity)'))
    assert.ok(titles.length >= 8)
    await typeCheck(root)
  },
)

test('a fix keeps the line ends, quotes, semicolons and indentation of its file', (t) => {
  const text = [
    '// A shop',
    'import express from "express";',
    'import knex from "knex";',
    '',
    'const db = knex({ client: "pg" });',
    'const app = express();',
    'const getItem = async (id: number) => db("items").where({ id }).first(); // one item',
    'app.get("/orders", async (request, response) => {',
    '    const orders = await db("orders");',
    '    for (const order of orders) {',
    '        /* the item */ order.item = await getItem(order.item_id); // with all its columns',
    '    }',
    '    response.json(orders);',
    '});',
    '',
  ].join('\r\n')
  const root = projectOf(t, { 'app.ts': text })
  for (const rule of ['n-plus-one', 'unbounded-result-set']) mend(root, rule, 'GET /orders')
  const fixed = readFileSync(join(root, 'app.ts'), 'utf8')
  assert.equal(fixed.replaceAll('\r\n', '').match(/[\r\n]/), null)
  assert.doesNotMatch(fixed, /'/)
  for (const comment of comments(text)) assert.ok(fixed.includes(comment))
  for (const line of fixed.split('\r\n')) assert.match(line, /^(?: {4})*(?:\S.*)?$/)
  assert.ok(fixed.includes('const items = await getItemsByIds(orders.map((order) => order.item_id));'))
  assert.ok(fixed.includes('order.item = itemsById.get(String(order.item_id)); // with all its columns'))
  assert.ok(fixed.includes('await db("orders").orderBy("id", "desc").limit(limit).offset(offset);'))
})

test('the page that a fix reads from a request is always two whole numbers in their limits', (t) => {
  const root = projectOf(t, {
    'app.js': `const express = require('express')
const db = require('knex')({})
express().get('/x', async (req, res) => {
  res.json(await db('x'))
})
`,
  })
  const { texts } = mend(root, 'unbounded-result-set', 'GET /x')
  const source = /function parsePage[\s\S]*?\n\}/.exec(texts.get('app.js') ?? '')?.[0] ?? ''
  const page = (query: unknown): unknown => runInNewContext(`(${source})(query)`, { query })
  const cases: [unknown, number, number][] = [
    [{}, 20, 0],
    [{ limit: '50', offset: '100' }, 50, 100],
    [{ limit: '1000', offset: '-5' }, 100, 0],
    [{ limit: '-1', offset: 'abc' }, 1, 0],
    [{ limit: '0', offset: '7.9' }, 1, 7],
    [{ limit: '', offset: '' }, 20, 0],
    [{ limit: 'NaN', offset: 'Infinity' }, 20, 0],
    [{ limit: ['5', '6'], offset: { a: '1' } }, 5, 0],
    [{ limit: '9'.repeat(30), offset: '9'.repeat(30) }, 20, 0],
  ]
  for (const [query, limit, offset] of cases) {
    assert.deepEqual({ ...Object(page(query)) }, { limit, offset }, JSON.stringify(query))
  }
})

test('a function with other callers gets an optional page, which leaves them as they were', (t) => {
  const root = projectOf(t, {
    'app.js': `const express = require('express')
const db = require('knex')({ client: 'pg' })
const app = express()

async function allUsers() {
  return db('users').where({ active: true })
}

app.get('/users', async (_req, res) => {
  res.json(await allUsers())
})

setInterval(async () => console.log((await allUsers()).length), 1000)
`,
  })
  const { texts } = mend(root, 'unbounded-result-set', 'GET /users')
  const text = texts.get('app.js') ?? ''
  assert.match(text, /async function allUsers\(page\) \{/)
  assert.match(
    text,
    /if \(page\) query\.orderBy\('id', 'desc'\)\.limit\(page\.limit\)\.offset\(page\.offset\)/,
  )
  assert.match(
    text,
    /app\.get\('\/users', async \(req, res\) => \{\n {2}res\.json\(await allUsers\(parsePage\(req\.query\)\)\)/,
  )
  assert.match(text, /await allUsers\(\)\)\.length/)
})

test('an interface that a storage class implements gets the same methods and parameters', (t) => {
  const root = projectOf(t, {
    'app.ts': `import express from 'express'
import { knex } from 'knex'

interface Post { id: number; author_id: number }
interface User { id: string }
interface IStorage {
  getUser(id: string): Promise<User | null>
  getPosts(authorId: number): Promise<Post[]>
}
const db = knex({ client: 'pg' })
class DatabaseStorage implements IStorage {
  async getUser(id: string): Promise<User | null> {
    const user = await db('users').where({ id }).first()
    return user || null
  }

  async getPosts(authorId: number): Promise<Post[]> {
    return db('posts').where({ author_id: authorId })
  }
}
const storage: IStorage = new DatabaseStorage()
const app = express()
app.get('/posts/:author', async (req, res) => {
  const posts = await storage.getPosts(Number(req.params.author))
  res.json(await Promise.all(posts.map(async (post) => ({ ...post, author: await storage.getUser(String(post.author_id)) }))))
})
app.get('/authors/:author', async (req, res) => {
  const posts = await storage.getPosts(Number(req.params.author))
  const authors: (User | null)[] = []
  for (const { id } of posts) authors.push(await storage.getUser(\`\${id}\`))
  res.json(authors)
})
`,
  })
  const inspection = new Inspection(root)
  const finding = findingOf(inspection.check({}), 'n-plus-one', 'GET /posts/:author')
  assert.deepEqual(finding.fixes, [], 'a key that is computed by a call is not understood')
  mend(root, 'n-plus-one', 'GET /authors/:author')
  const { texts } = mend(root, 'unbounded-result-set', 'GET /posts/:author')
  const text = texts.get('app.ts') ?? ''
  assert.match(text, /interface IStorage \{[^}]*getUsersByIds\(ids: readonly string\[\]\): Promise<User\[\]>/)
  assert.match(text, /authors\.push\(usersById\.get\(`\$\{id\}`\) \?\? null\)/)
  // The route that lists the authors still reads all posts: only their keys reach its answer.
  assert.match(
    text,
    /getPosts\(authorId: number, page\?: \{ limit: number; offset: number \}\): Promise<Post\[\]>\n/,
  )
})

test('the page goes down through a service, and past parameters that are left out', (t) => {
  const root = projectOf(t, {
    'app.ts': `import { app } from './server'
import * as service from './service'
app.get('/posts', async (req, res) => {
  const posts = await service.list('public')
  res.json({ posts })
})
`,
    'server.ts': `import express from 'express'
export const app = express()
`,
    'service.ts': `import { repository } from './repository'
export const list = async (state: string) => repository.findAll(state)
`,
    'repository.ts': `import knex from 'knex'
const db = knex({})
export const repository = {
  findAll: (state: string, author?: number) => db('posts').where({ state, author }),
}
`,
  })
  mend(root, 'unbounded-result-set', 'GET /posts')
  const read = (file: string): string => readFileSync(join(root, file), 'utf8')
  assert.match(read('app.ts'), /service\.list\('public', parsePage\(req\.query\)\)/)
  assert.match(
    read('service.ts'),
    /async \(state: string, page: \{[^}]*\}\) => repository\.findAll\(state, undefined, page\)/,
  )
  assert.match(read('repository.ts'), /author\?: number, page\?: \{/)
  assert.match(read('repository.ts'), /\.modify\(\(query\) => \{\s+if \(page\) query\.orderBy/)
})

test('no page is handed to a function that is only named', (t) => {
  const root = projectOf(t, {
    'app.js': `import express from 'express'
import knex from 'knex'
const db = knex({})
const load = () => db('posts')
express().get('/posts', (req, res, next) => { Promise.resolve().then(load).then((rows) => res.json(rows)).catch(next) })
`,
  })
  const finding = findingOf(new Inspection(root).check({}), 'unbounded-result-set', 'GET /posts')
  assert.deepEqual(finding.fixes, [])
})

function listing(inner: string): Record<string, string> {
  return {
    'app.js': `import express from 'express'
import knex from 'knex'
const db = knex({})
const getUser = async (id) => db('users').where({ id }).first()
express().get('/posts', async (req, res) => {
  const posts = await db('posts').limit(10)
  const result = ${inner}
  res.json(result)
})
`,
  }
}

test('Promise.all goes with its last await, unless a comment or a promise would be lost', (t) => {
  const fixed = (inner: string): string => {
    const { texts } = mend(projectOf(t, listing(inner)), 'n-plus-one', 'GET /posts')
    return /const result = ([\s\S]*)\n {2}res/.exec(texts.get('app.js') ?? '')?.[1] ?? ''
  }
  assert.equal(
    fixed('await Promise.all(posts.map(async (post) => ({ ...post, author: await getUser(post.author) })))'),
    'posts.map((post) => ({ ...post, author: usersById.get(String(post.author)) }))',
  )
  assert.equal(
    fixed(
      'await Promise.all(\n    // with authors\n    posts.map(async (post) => ({ author: await getUser(post.author) })),\n  )',
    ),
    'await Promise.all(\n    // with authors\n    posts.map(async (post) => ({ author: usersById.get(String(post.author)) })),\n  )',
  )
  assert.equal(
    fixed('await Promise.all(posts.map((post) => getUser(post.author)))'),
    'await Promise.all(posts.map((post) => usersById.get(String(post.author))))',
  )
})

const loops: Record<string, string> = {
  'a try of its own': `for (const post of posts) {
    try { post.author = await getUser(post.author_id) } catch { post.author = null }
  }`,
  'a branch that a key is only safe to read in': `for (const post of posts) if (post.meta) post.author = await getUser(post.meta.author_id)`,
  'rows changed one by one': `for (const post of posts) {
    const comments = await db('comments').where({ post_id: post.id })
    for (const comment of comments) comment.seen = true
    post.comments = comments
  }`,
  'a write in between': `for (const post of posts) {
    await db('users').where({ id: post.author_id }).increment('views', 1)
    post.author = await getUser(post.author_id)
  }`,
  'something else that is awaited': `for (const post of posts) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    post.author = await getUser(post.author_id)
  }`,
  'a key made in the loop': `for (const post of posts) {
    const key = await db('keys').where({ post: post.id }).first()
    post.author = await getUser(key.author_id)
  }`,
  'a changed row': `for (const post of posts) {
    const author = await getUser(post.author_id)
    delete author.password
    post.author = author
  }`,
  'items that may not be an array': `for (const post of req.body.posts) post.author = await getUser(post.author_id)`,
  'rows that are not looked up by their key': `for (const post of posts) post.comment = await db('comments').where({ post_id: post.id }).first()`,
  'a limit on what is read': `for (const post of posts) post.tags = await db('tags').where({ post_id: post.id }).limit(3)`,
}

for (const [name, loop] of Object.entries(loops)) {
  test(`no fix for a loop with ${name}`, (t: TestContext) => {
    const root = projectOf(t, {
      'app.js': `import express from 'express'
import knex from 'knex'
const db = knex({ client: 'pg' })
const app = express()
const getUser = async (id) => db('users').where({ id }).first()
app.get('/posts', async (req, res) => {
  const posts = await db('posts').limit(20)
  ${loop}
  res.json(posts)
})
`,
    })
    const finding = findingOf(new Inspection(root).check({}), 'n-plus-one', 'GET /posts')
    assert.deepEqual(finding.fixes, [])
  })
}

test('a fix that no longer applies is refused in words', (t) => {
  const root = copyOfSample(t)
  const inspection = new Inspection(root)
  const finding = findingOf(inspection.check({}), 'n-plus-one', 'GET /posts')
  apply(root, inspection.fix({ finding, fix: 'batch' }))
  assert.throws(() => inspection.fix({ finding, fix: 'batch' }), {
    name: 'Failure',
    message: /no longer applies/,
  })
  assert.throws(() => inspection.fix({ finding, fix: 'unheard-of' }), { name: 'Failure' })
})

test('offsets count UTF-16 units of the overlaid text, byte order mark included', (t) => {
  const text = `\uFEFFimport express from 'express'
import knex from 'knex'
const db = knex({ client: 'pg' })
express().get('/🚀', async (req, res) => { /* 🚀 */
  res.json(await db('posts'))
})
`
  const root = projectOf(t, { 'app.js': 'export {}\n' })
  const inspection = new Inspection(root)
  const overlays = [{ file: 'app.js', text }]
  const [finding] = inspection.check({ overlays }).findings
  assert.ok(finding)
  const fix = inspection.fix({ finding, fix: 'paginate', overlays })
  const [last] = fix.edits.toSorted((a, b) => b.start - a.start)
  assert.equal(text.slice((last?.start ?? 0) - 11, last?.start), `db('posts')`)
})
