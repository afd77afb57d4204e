import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QueryCall } from '../../src/analysis/facts.ts'
import { TypeScriptFrontEnd } from '../../src/analysis/typescript/front-end.ts'
import { readSql } from '../../src/analysis/typescript/orms/sql/text.ts'

type Expected = readonly [sql: string, operation: string, bound: string | null, table: string | null]

const statements: readonly Expected[] = [
  ['SELECT * FROM users', 'many', null, 'users'],
  ['select u.name from public.users u where u.id = $1', 'many', 'unique-key', 'users'],
  ['SELECT * FROM users WHERE lower(email) = lower($1)', 'many', 'unique-key', 'users'],
  ['SELECT * FROM books WHERE book_id = (?)', 'many', 'unique-key', 'books'],
  ['SELECT * FROM a WHERE id = 1 OR name = 2', 'many', null, 'a'],
  ['SELECT * FROM a WHERE (b = 1 OR c = 2) AND id = $1', 'many', 'unique-key', 'a'],
  ['SELECT * FROM a WHERE id = b.a_id', 'many', null, 'a'],
  ['SELECT * FROM posts WHERE id IN (?, ?)', 'many', 'key-list', 'posts'],
  ['SELECT * FROM posts WHERE id = ANY($1::int[])', 'many', 'key-list', 'posts'],
  ['SELECT * FROM posts WHERE id IN (SELECT post_id FROM likes)', 'many', null, 'posts'],
  ["SELECT * FROM posts WHERE status IN ('a', 'b')", 'many', null, 'posts'],
  ['SELECT * FROM posts -- LIMIT 10', 'many', null, 'posts'],
  ["SELECT * FROM posts WHERE title = 'LIMIT 10'", 'many', null, 'posts'],
  ['SELECT * FROM (SELECT * FROM posts LIMIT 3) p', 'many', null, 'posts'],
  ['SELECT * FROM posts ORDER BY id LIMIT ?, ?', 'many', 'limit', 'posts'],
  ['SELECT * FROM posts ORDER BY id LIMIT 1', 'one', 'limit', 'posts'],
  ['SELECT * FROM posts FETCH FIRST 10 ROWS ONLY', 'many', 'limit', 'posts'],
  ['SELECT COUNT(*) AS total FROM posts', 'count', null, 'posts'],
  ['SELECT COUNT(*), MAX(id) FROM posts', 'aggregate', null, 'posts'],
  ['SELECT *, COUNT(*) OVER () AS total FROM posts', 'many', null, 'posts'],
  ['SELECT status, COUNT(*) FROM posts GROUP BY status', 'aggregate', null, 'posts'],
  ['SELECT p.*, COUNT(c.id) FROM posts p JOIN c ON c.post_id = p.id GROUP BY p.id', 'many', null, 'posts'],
  [
    'SELECT p.*, u.name FROM posts p JOIN users u ON u.id = p.user_id WHERE p.id = ?',
    'many',
    'unique-key',
    'posts',
  ],
  ['SELECT p.*, c.text FROM posts p JOIN c ON c.post_id = p.id WHERE p.id = ?', 'many', null, 'posts'],
  ['WITH recent AS (SELECT id FROM posts LIMIT 5) SELECT * FROM recent', 'many', null, 'recent'],
  ['SELECT EXISTS (SELECT 1 FROM users WHERE email = $1)', 'aggregate', null, 'users'],
  ['INSERT INTO posts (title) VALUES ($1) RETURNING *', 'insert', null, 'posts'],
  ['INSERT INTO posts (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET title = $2', 'upsert', null, 'posts'],
  ['INSERT INTO posts (id) VALUES ($1) ON CONFLICT DO NOTHING', 'insert', null, 'posts'],
  ['UPDATE posts SET title = $1 WHERE id = $2', 'update', null, 'posts'],
  ['DELETE FROM posts WHERE id = $1', 'delete', null, 'posts'],
]

for (const [sql, operation, bound, table] of statements) {
  test(`SQL: ${sql}`, () => {
    const statement = readSql(sql)
    assert.deepEqual(
      statement && { operation: statement.operation, bound: statement.bound, table: statement.table },
      { operation, bound, table },
    )
  })
}

test('SQL: statements that read and write no rows are none', () => {
  for (const sql of [
    'BEGIN',
    'COMMIT',
    'SELECT 1',
    'SELECT now()',
    'CREATE TABLE a (id int)',
    'PRAGMA x',
    '',
  ])
    assert.equal(readSql(sql), null, sql)
})

test('SQL: columns, order and filters', () => {
  const statement = readSql(
    "SELECT a.id, b.name AS author FROM a JOIN b ON b.id = a.b_id WHERE a.kind = $1 AND b.name LIKE '%x' ORDER BY a.created_at DESC, id",
  )
  assert.deepEqual(statement?.columns, ['id', 'name'])
  assert.deepEqual(statement?.order, ['created_at', 'id'])
  assert.deepEqual(
    statement?.filters.map(({ column, match }) => `${column} ${match}`),
    ['kind equals', 'name other'],
  )
})

/** The queries of the one route of a program. */
function queriesOf(files: Readonly<Record<string, string>>): readonly QueryCall[] {
  return new TypeScriptFrontEnd().read({ texts: new Map(Object.entries(files)), problems: [] }).facts.queries
}

const head = `import express from 'express'
import { Pool } from 'pg'
import mysql from 'mysql2'
const pool = new Pool()
const db = mysql.createPool({})
const app = express()
`

function route(body: string): readonly QueryCall[] {
  return queriesOf({ 'app.ts': `${head}app.get('/', async (req, res) => {\n${body}\n})\n` })
}

test('rows are followed through callbacks, promises around them, and callbacks handed over by name', () => {
  const bodies = [
    `db.query('SELECT * FROM posts', (error, rows) => { if (error) throw error; res.json(rows) })`,
    `const list = (done) => db.query('SELECT * FROM posts', (err, rows) => done(err, rows))
     list((err, rows) => res.json(rows))`,
    `const list = (done) => db.query('SELECT * FROM posts', done)
     list((err, rows) => res.json(rows))`,
    `const rows = await new Promise((resolve, reject) => {
       db.query('SELECT * FROM posts', (err, rows) => (err ? reject(err) : resolve(rows)))
     })
     res.json(rows)`,
  ]
  for (const body of bodies) {
    const [query] = route(body)
    assert.equal(query?.table, 'posts', body)
    assert.equal(query.rowsReachResponse, true, body)
  }
})

test('a callback that answers with something else sends no rows', () => {
  const [query] = route(
    `db.query('SELECT * FROM posts', (err, rows) => { res.json({ count: rows.length }) })`,
  )
  assert.equal(query?.rowsReachResponse, false)
  assert.deepEqual(
    query.uses.map(({ kind }) => kind),
    ['count'],
  )
})

test('queries inside the callback of another are found', () => {
  const queries = route(`db.query('SELECT * FROM posts', (err, posts) => {
    db.query('SELECT * FROM users', (error, users) => res.json({ posts, users }))
  })`)
  assert.deepEqual(
    queries.map(({ table }) => table),
    ['posts', 'users'],
  )
})

test('a limit that is bound, put in or added is found, with where it comes from', () => {
  const cases: readonly (readonly [string, string | null, string | undefined])[] = [
    [
      `await pool.query('SELECT * FROM posts LIMIT $1 OFFSET $2', [req.query.limit, 0])`,
      'optional-limit',
      'request',
    ],
    ['const limit = 10; await pool.query(`SELECT * FROM posts LIMIT ${limit}`)', 'limit', 'constant'],
    [
      `let sql = 'SELECT * FROM posts'; const values = []
       if (req.query.author) { values.push(req.query.author); sql += ' WHERE author = ?' }
       sql += ' LIMIT ?'; values.push(Math.min(Number(req.query.limit) || 20, 100))
       await pool.query(sql, values)`,
      'limit',
      'capped',
    ],
    [
      `let sql = 'SELECT * FROM posts'
       if (req.query.limit) sql += ' LIMIT ' + req.query.limit
       await pool.query(sql)`,
      'optional-limit',
      undefined,
    ],
  ]
  for (const [body, bound, source] of cases) {
    const [query] = route(body)
    assert.equal(query?.bound, bound, body)
    assert.equal(query.pageSize?.source, source, body)
  }
})

test('a search for a text anywhere in a column is told from other patterns', () => {
  const [anywhere] = route(
    "await pool.query('SELECT * FROM posts WHERE title ILIKE $1', [`%${req.query.q}%`])",
  )
  assert.equal(anywhere?.filters[0]?.pattern, 'leading-wildcard')
  const [prefix] = route("await pool.query('SELECT * FROM posts WHERE title ILIKE $1', [`${req.query.q}%`])")
  assert.equal(prefix?.filters[0]?.pattern, undefined)
})

test('queries between BEGIN and COMMIT run in a transaction', () => {
  const queries = route(`const client = await pool.connect()
    await pool.query('SELECT * FROM posts')
    await client.query('BEGIN')
    await client.query('DELETE FROM posts')
    await client.query('COMMIT')`)
  assert.deepEqual(
    queries.map(({ inTransaction }) => inTransaction),
    [false, true],
  )
})

test('a method of the same name on something else is no query', () => {
  assert.deepEqual(
    route(`const cache = new Map(); cache.get('SELECT * FROM posts'); document.query('SELECT * FROM x')`),
    [],
  )
})
