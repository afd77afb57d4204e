import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QueryCall } from '../../src/analysis/facts.ts'
import { rules } from '../../src/analysis/rules/index.ts'
import { readApp, type ReadApp } from './orm-app.ts'

const postgres = `import postgres from 'postgres'
const sql = postgres('')`
const vercel = `import { sql } from '@vercel/postgres'`
const neon = `import { neon } from '@neondatabase/serverless'
const sql = neon('')`
const prisma = `import { PrismaClient } from '@prisma/client'
const prisma = new PrismaClient()`

function queriesOf(
  setup: string,
  code: string,
  others?: Readonly<Record<string, string>>,
): readonly QueryCall[] {
  return readApp(setup, code, others).facts.queries
}

/** The ids of the rules that a program's facts give findings for. */
function found({ facts }: ReadApp): string[] {
  return rules.filter((rule) => rule.detect(facts).length > 0).map(({ id }) => id)
}

test('templates in loops are queries for every item, keyed by it', () => {
  const loops = [
    'for (const post of posts) post.author = (await sql`SELECT * FROM users WHERE id = ${post.author_id}`)[0]',
    'await Promise.all(posts.map(async (post) => { post.author = await authorOf(post.author_id) }))',
  ]
  for (const loop of loops) {
    const app = readApp(
      `${postgres}
async function authorOf(id) { const [author] = await sql\`SELECT * FROM users WHERE id = \${id}\`; return author }`,
      `const posts = await sql\`SELECT * FROM posts LIMIT 20\`\n${loop}\nres.json(posts)`,
    )
    const [, users] = app.facts.queries
    assert.equal(users?.table, 'users', loop)
    assert.deepEqual(
      users.loops.map(({ source, item, keyed }) => ({ source, item, keyed })),
      [{ source: 'items', item: 'post', keyed: true }],
      loop,
    )
    assert.ok(found(app).includes('n-plus-one'), loop)
  }
})

test('rows reach the response as each library gives them', () => {
  const cases: readonly (readonly [string, string])[] = [
    [postgres, 'res.json(await sql`SELECT * FROM posts`)'],
    [postgres, 'const posts = await sql`SELECT * FROM posts`; res.json({ posts })'],
    [postgres, 'res.json(await sql.begin(async (tx) => { return await tx`SELECT * FROM posts` }))'],
    [neon, 'const posts = await sql`SELECT * FROM posts`; return res.json(posts)'],
    [neon, 'const [posts] = await sql.transaction([sql`SELECT * FROM posts`]); res.json(posts)'],
    [vercel, 'const { rows } = await sql<{ id: number }>`SELECT * FROM posts`; res.json(rows)'],
    [vercel, 'const result = await sql`SELECT * FROM posts`; res.json(result.rows)'],
    [prisma, 'const posts = await prisma.$queryRaw`SELECT * FROM posts`; res.json(posts)'],
  ]
  for (const [setup, code] of cases) {
    const app = readApp(setup, code)
    assert.deepEqual(
      app.facts.queries.map(({ table, operation, bound, rowsReachResponse }) => ({
        table,
        operation,
        bound,
        rowsReachResponse,
      })),
      [{ table: 'posts', operation: 'many', bound: null, rowsReachResponse: true }],
      code,
    )
    assert.ok(found(app).includes('unbounded-result-set'), code)
  }
})

test('a template that reads one row, counts or is limited is no unbounded list', () => {
  const bodies = [
    'const [post] = await sql`SELECT * FROM posts WHERE title = ${req.query.title}`; res.json(post)',
    'res.json(await sql`SELECT * FROM posts WHERE id = ${req.params.id}`)',
    'res.json(await sql`SELECT * FROM posts WHERE id IN ${sql([1, 2])}`)',
    'res.json(await sql`SELECT * FROM posts WHERE id = ANY(${[1, 2]})`)',
    'const [{ count }] = await sql`SELECT count(*) FROM posts`; res.json({ count })',
    'res.json(await sql`SELECT * FROM posts ORDER BY id LIMIT ${20}`)',
  ]
  for (const body of bodies) {
    const app = readApp(postgres, body)
    assert.equal(app.facts.queries.length, 1, body)
    assert.ok(!found(app).includes('unbounded-result-set'), body)
  }
})

test('a limit that is put in is followed to where it comes from, also out of a piece of SQL', () => {
  const cases: readonly (readonly [string, string | null, string | undefined])[] = [
    ['await sql`SELECT * FROM posts LIMIT ${req.query.limit}`', 'optional-limit', 'request'],
    [
      'const limit = Math.min(Number(req.query.limit) || 20, 100); await sql`SELECT * FROM posts LIMIT ${limit}`',
      'limit',
      'capped',
    ],
    [
      'const page = sql`LIMIT ${Number(req.query.limit ?? 10)}`; await sql`SELECT * FROM posts ${page}`',
      'limit',
      'request',
    ],
    ["const status = 'new'; await sql`SELECT * FROM posts WHERE status = ${status}`", null, undefined],
  ]
  for (const [body, bound, source] of cases) {
    const [query] = queriesOf(postgres, body)
    assert.equal(query?.bound, bound, body)
    assert.equal(query.pageSize?.source, source, body)
  }
})

test('a value that is put in is compared with, a piece of SQL is read', () => {
  const [byStatus, byChoice] = queriesOf(
    postgres,
    `const status = 'new'
await sql\`SELECT * FROM posts WHERE status = \${status}\`
await sql\`SELECT * FROM posts WHERE status = \${status} \${req.query.a ? sql\`AND author_id = \${req.query.a}\` : sql\`\`}\``,
  )
  assert.deepEqual(byStatus?.filters, [{ column: 'status', match: 'equals' }])
  assert.deepEqual(
    byChoice?.filters.map(({ column }) => column),
    ['status', 'author_id'],
  )
})

test('a template that another one takes in is no query of its own', () => {
  const bodies = [
    'await sql`SELECT * FROM posts WHERE author_id IN (${sql`SELECT id FROM users`})`',
    'const users = sql`SELECT id FROM users`; await sql`SELECT * FROM posts WHERE author_id IN (${users})`',
    'const q = req.query.all ? sql`SELECT id FROM users` : sql`SELECT id FROM admins`; await sql`SELECT * FROM posts WHERE author_id IN (${q})`',
  ]
  for (const body of bodies)
    assert.deepEqual(
      queriesOf(postgres, body).map(({ table }) => table),
      ['posts'],
      body,
    )
})

test('tags that only make SQL, and tags of nobody known, are no queries', () => {
  const cases: readonly (readonly [string, string])[] = [
    [`import { sql } from 'drizzle-orm'`, 'const q = sql`SELECT * FROM posts`; res.json(q)'],
    [`import { sql } from 'kysely'`, 'res.json(sql`SELECT * FROM posts`)'],
    [`import { Prisma } from '@prisma/client'`, 'res.json(Prisma.sql`SELECT * FROM posts`)'],
    [`const sql = String.raw`, 'res.json(sql`SELECT * FROM posts`)'],
    ['', 'res.json(sql`SELECT * FROM posts`)'],
  ]
  for (const [setup, code] of cases) assert.deepEqual(queriesOf(setup, code), [], setup)
})

test('templates in transactions belong to them', () => {
  const writes =
    'await tx`INSERT INTO posts (title) VALUES (${1})`; await tx`UPDATE users SET posts = posts + 1 WHERE id = ${1}`'
  const cases: readonly (readonly [string, string])[] = [
    [postgres, `await sql.begin(async (tx) => { ${writes} })`],
    [postgres, `await sql.begin('isolation level serializable', async (tx) => { ${writes} })`],
    [
      `${postgres}\nasync function save(tx: postgres.TransactionSql) { ${writes} }`,
      'await sql.begin((tx) => save(tx))',
    ],
    [
      prisma,
      `await prisma.$transaction(async (client) => { ${writes.replaceAll('tx`', 'client.$executeRaw`')} })`,
    ],
    [
      vercel,
      'await sql`BEGIN`; await sql`INSERT INTO posts (title) VALUES (${1})`; await sql`DELETE FROM users WHERE id = ${1}`; await sql`COMMIT`',
    ],
    [
      neon,
      'await sql.transaction([sql`INSERT INTO posts (title) VALUES (${1})`, sql`DELETE FROM users WHERE id = ${1}`])',
    ],
  ]
  for (const [setup, code] of cases) {
    const app = readApp(setup, code)
    assert.deepEqual(
      app.facts.queries.map(({ inTransaction }) => inTransaction),
      [true, true],
      code,
    )
    assert.ok(!found(app).includes('multi-write-without-transaction'), code)
  }
  const apart = readApp(postgres, writes.replaceAll('tx`', 'sql`'))
  assert.deepEqual(
    apart.facts.queries.map(({ inTransaction }) => inTransaction),
    [false, false],
  )
  assert.ok(found(apart).includes('multi-write-without-transaction'))
})

test('a template without await is seen, and one in a list for Promise.all is not', () => {
  assert.ok(
    found(readApp(postgres, 'sql`DELETE FROM posts WHERE id = ${1}`; res.end()')).includes('missing-await'),
  )
  assert.ok(
    !found(readApp(postgres, 'await Promise.all([sql`DELETE FROM posts WHERE id = ${1}`])')).includes(
      'missing-await',
    ),
  )
})

test('pages are put into the template', () => {
  const cases: readonly (readonly [string, string, string | null])[] = [
    [
      postgres,
      'await sql`SELECT * FROM posts`',
      'sql`SELECT * FROM posts ORDER BY id DESC LIMIT ${limit} OFFSET ${offset}`',
    ],
    [
      postgres,
      'await sql`\n    SELECT * FROM posts\n    WHERE status = ${1}\n    ORDER BY created_at;\n  `',
      'sql`\n    SELECT * FROM posts\n    WHERE status = ${1}\n    ORDER BY created_at\n    LIMIT ${limit} OFFSET ${offset};\n  `',
    ],
    [
      neon,
      'await sql`SELECT * FROM posts`',
      'sql`SELECT * FROM posts ORDER BY id DESC LIMIT ${limit} OFFSET ${offset}`',
    ],
    [
      prisma,
      'await prisma.$queryRaw`SELECT * FROM posts`',
      '$queryRaw`SELECT * FROM posts ORDER BY id DESC LIMIT ${limit} OFFSET ${offset}`',
    ],
    // What is taken in may limit or order the rows.
    [postgres, 'await sql`SELECT * FROM posts ${req.query.rest}`', null],
    [postgres, 'await sql`SELECT * FROM posts FOR UPDATE`', null],
  ]
  for (const [setup, code, expected] of cases) {
    const app = readApp(setup, `const posts = ${code}\nres.json(posts)`)
    const [query] = app.facts.queries
    assert.ok(query, code)
    const page = { defaultLimit: 20, maximumLimit: 100 }
    const after = app.after({ kind: 'paginate', queries: [query.id], page, by: 'offset' })
    if (expected === null) assert.equal(after, null, code)
    else assert.ok(after?.includes(expected), `${code}\n${after ?? ''}`)
  }
})

test('a statement that is tagged and handed to a driver gets its page in the template, too', () => {
  const app = readApp(
    `import SQL from 'sql-template-strings'
import { Pool } from 'pg'
const pool = new Pool()`,
    'const { rows } = await pool.query(SQL`SELECT * FROM posts WHERE a = ${req.query.a}`)\nres.json(rows)',
  )
  const [query] = app.facts.queries
  const page = { defaultLimit: 20, maximumLimit: 100 }
  const after = app.after({ kind: 'paginate', queries: [query?.id ?? ''], page, by: 'offset' })
  assert.match(after ?? '', /= \$\{req\.query\.a\} ORDER BY id DESC LIMIT \$\{limit\} OFFSET \$\{offset\}`\)/)
})

test('a function that others call reads everything without a page only where the database takes no limit for that', () => {
  const code = 'res.json(await list())'
  const other = { 'other.ts': `import { list } from './list'\nexport const all = () => list()` }
  const list = (setup: string, query: string): Readonly<Record<string, string>> => ({
    ...other,
    'list.ts': `${setup}\nexport async function list() {\n  return ${query}\n}\n`,
  })
  const cases: readonly (readonly [string, string, string | null])[] = [
    [postgres, 'sql`SELECT * FROM posts`', 'LIMIT ${page?.limit ?? null} OFFSET ${page?.offset ?? null}`'],
    [prisma, 'prisma.$queryRaw`SELECT * FROM posts`', null],
  ]
  for (const [setup, query, expected] of cases) {
    const app = readApp(`import { list } from './list'`, code, list(setup, query))
    const page = { defaultLimit: 20, maximumLimit: 100 }
    const queries = app.facts.queries.map(({ id }) => id)
    assert.equal(queries.length, 1, query)
    const after = app.after({ kind: 'paginate', queries, page, by: 'offset' }, 'list.ts')
    if (expected === null) assert.equal(after, null)
    else assert.ok(after?.includes(expected), after ?? '')
  }
})

test('fixes that need a call are refused for templates', () => {
  const app = readApp(
    postgres,
    `const posts = await sql\`SELECT * FROM posts LIMIT 20\`
for (const post of posts) {
  const [author] = await sql\`SELECT * FROM users WHERE id = \${post.author_id}\`
  post.author = author
  await sql\`INSERT INTO views (post_id) VALUES (\${post.id})\`
}
res.json(posts.length)`,
  )
  const [posts, users, views] = app.facts.queries.map(({ id }) => id)
  assert.equal(app.after({ kind: 'batch', query: users ?? '' }), null)
  assert.equal(app.after({ kind: 'eager-load', query: users ?? '' }), null)
  assert.equal(app.after({ kind: 'bulk-write', query: views ?? '' }), null)
  assert.equal(app.after({ kind: 'count', query: posts ?? '' }), null)
  assert.ok(found(app).includes('write-in-loop'))
})

test('the order of a template gets the primary key', () => {
  const app = readApp(
    postgres,
    'res.json(await sql`SELECT * FROM posts ORDER BY created_at LIMIT 20 OFFSET ${Number(req.query.offset)}`)',
  )
  const [query] = app.facts.queries
  const after = app.after({ kind: 'stable-order', query: query?.id ?? '' })
  assert.match(after ?? '', /ORDER BY created_at, id LIMIT 20/)
})
