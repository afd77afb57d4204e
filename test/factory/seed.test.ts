import assert from 'node:assert/strict'
import { test } from 'node:test'

import { openDatabase } from '../../src/factory/databases/index.ts'
import type { PlanOptions } from '../../src/factory/plan.ts'
import { planSeed } from '../../src/factory/plan.ts'
import { seedDatabase } from '../../src/factory/seed.ts'
import { failsWith } from './factory-process.ts'
import {
  blogSql,
  contentHash,
  copyOf,
  createDatabase,
  numberOf,
  planFor,
  query,
  runSql,
  seed,
  seedInPart,
  tableHashes,
  undo,
  violations,
} from './temporary-database.ts'

const options = { rows: { users: 300 }, per: { activities: 20 } }

test('all constraints hold, counts are as planned, and undo leaves no trace', async (context) => {
  const target = createDatabase(context, blogSql)
  const before = contentHash(target.path)
  const plan = await planFor(target, options)
  const result = await seed(target, options)
  assert.deepEqual(violations(target.path), [])
  assert.deepEqual(
    result.tables,
    plan.tables.map(({ table, rows }) => ({ table: table.name, rows })),
  )
  for (const { table, rows } of plan.tables) {
    assert.equal(
      numberOf(target.path, `SELECT count(*) AS n FROM ${table.name}`),
      table.rowCount + rows,
      table.name,
    )
  }
  const undone = await undo(target)
  assert.equal(undone.rows, result.rows)
  assert.equal(contentHash(target.path), before)
  assert.deepEqual(query(target.path, "SELECT name FROM sqlite_schema WHERE name LIKE 'headroom%'"), [])
})

test('new parents have as many children as asked in all, few have many, and others have theirs as before', async (context) => {
  const target = createDatabase(context, blogSql)
  await seed(target, options)
  const counts = query(
    target.path,
    'SELECT users.id, count(activities.id) AS n FROM users LEFT JOIN activities ON user_id = users.id GROUP BY 1 ORDER BY 1',
  )
  const own = counts
    .filter(({ id }) => Number(id) > 7)
    .map(({ n }) => Number(n))
    .toSorted((a, b) => b - a)
  assert.equal(own.length, 300)
  assert.equal(
    own.reduce((sum, n) => sum + n, 0),
    300 * 20,
  )
  assert.ok((own[0] ?? 0) > 10 * (own[150] ?? 0), `${own[0]} and ${own[150]}`)
  assert.deepEqual(
    counts.slice(0, 2).map((row) => row.n),
    [3, 3],
  )
})

test('the same seed gives the same rows: on a copy, and again after undo', async (context) => {
  const target = createDatabase(context, blogSql)
  const copy = copyOf(target, 'copy.sqlite')
  const other = copyOf(target, 'other.sqlite')
  await seed(target, options)
  await seed(copy, options)
  await seed(other, { ...options, seed: 2 })
  const seeded = contentHash(target.path)
  assert.equal(contentHash(copy.path), seeded)
  assert.notEqual(contentHash(other.path), seeded)
  await undo(target)
  await seed(target, options)
  assert.equal(contentHash(target.path), seeded)
})

function times(n: number): PlanOptions {
  return {
    rows: { users: n, posts: 2 * n, tags: n / 10, profiles: n, follows: 4 * n, post_tags: 6 * n },
    per: { activities: 20 },
  }
}

test('growth appends: 100 rows and then 300 more are the same rows as 400 at once, where no parents are drawn', async (context) => {
  const target = createDatabase(context, blogSql)
  const before = contentHash(target.path)
  const atOnce = copyOf(target, 'at-once.sqlite')
  await seed(target, times(100))
  await seed(target, times(300))
  await seed(atOnce, times(400))
  const [grown, whole] = [tableHashes(target.path), tableHashes(atOnce.path)]
  for (const table of ['users', 'tags', 'profiles', 'follows', 'post_tags'])
    assert.equal(grown[table], whole[table], table)
  await undo(target)
  assert.equal(contentHash(target.path), before)
})

test('another seed for a database that has rows already is refused before anything is written', async (context) => {
  const target = createDatabase(context, blogSql)
  await seed(target, options)
  const seeded = contentHash(target.path)
  await assert.rejects(seed(target, { ...options, seed: 2 }), failsWith('HR_SEED_MISMATCH', /--seed 1/))
  assert.equal(contentHash(target.path), seeded)
})

test('a plan for another schema is refused', async (context) => {
  const target = createDatabase(context, blogSql)
  const plan = await planFor(target, options)
  runSql(target.path, 'ALTER TABLE users ADD COLUMN age INTEGER')
  const database = await openDatabase(target.path, target.root)
  const attempt = seedDatabase(database, plan, () => {}, new AbortController().signal)
  await assert.rejects(attempt, failsWith('HR_SEED_PLAN', /`users` has changed/))
  await database.close()
})

test('rows that break a constraint are found before any is written', async (context) => {
  const target = createDatabase(
    context,
    "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT NOT NULL CHECK (x LIKE 'yes%'))",
  )
  const before = contentHash(target.path)
  await assert.rejects(
    seed(target, {}),
    failsWith('HR_DATABASE_CONSTRAINT', /`t`: .*CHECK constraint failed.*--exclude t/),
  )
  assert.equal(contentHash(target.path), before)
  assert.deepEqual(query(target.path, "SELECT name FROM sqlite_schema WHERE name LIKE 'headroom%'"), [])
})

test('undo refuses to touch rows that somebody else refers to, and says which', async (context) => {
  const target = createDatabase(context, blogSql)
  await seed(target, options)
  const seeded = contentHash(target.path)
  const [user] = query(target.path, 'SELECT max(id) AS n FROM users')
  runSql(
    target.path,
    `INSERT INTO posts (id, author_id, title, slug) VALUES ('mine', ${Number(user?.n)}, 'Mine', 'mine')`,
  )
  await assert.rejects(undo(target), failsWith('HR_UNDO_DEPENDENTS', /\(1 row in `posts` → `users`\)/))
  runSql(target.path, "DELETE FROM posts WHERE id = 'mine'")
  assert.equal(contentHash(target.path), seeded)
})

test('rows that the app adds and changes meanwhile stay, and so do their keys', async (context) => {
  const target = createDatabase(context, `PRAGMA journal_mode = WAL; ${blogSql}`)
  const copy = copyOf(target, 'copy.sqlite')
  const appends = `INSERT INTO users (name, email, role) VALUES ('App', 'app' || (SELECT count(*) FROM users) || '@example.com', 'member');
    UPDATE posts SET title = 'Changed' WHERE id = 'p1'`
  let writes = 0
  await seed(target, options, undefined, () => {
    runSql(target.path, appends)
    writes++
  })
  assert.ok(writes > 0)
  assert.deepEqual(violations(target.path), [])
  await undo(target)
  assert.equal(numberOf(target.path, "SELECT count(*) AS n FROM users WHERE name = 'App'"), writes)
  assert.equal(numberOf(target.path, 'SELECT count(*) AS n FROM users'), 2 + writes)
  assert.equal(
    numberOf(target.path, "SELECT seq AS n FROM sqlite_sequence WHERE name = 'users'"),
    numberOf(target.path, 'SELECT max(id) AS n FROM users'),
  )
  runSql(
    target.path,
    "DELETE FROM users WHERE name = 'App'; UPDATE sqlite_sequence SET seq = 7; UPDATE posts SET title = 'First' WHERE id = 'p1'",
  )
  assert.equal(contentHash(target.path), contentHash(copy.path))
})

test('stopped in the middle, what is there is sound, and undo leaves no trace', async (context) => {
  const target = createDatabase(context, blogSql)
  const before = contentHash(target.path)
  const result = await seedInPart(target, { rows: { users: 2000 }, per: { activities: 50 } }, 8000)
  assert.ok(result.rows >= 8000 && result.rows < 100_000, String(result.rows))
  assert.deepEqual(violations(target.path), [])
  assert.equal((await undo(target)).rows, result.rows)
  assert.equal(contentHash(target.path), before)
})

test('stopped before the first row, nothing is left behind', async (context) => {
  const target = createDatabase(context, blogSql)
  const result = await seed(target, options, AbortSignal.abort())
  assert.equal(result.rows, 0)
  assert.deepEqual(query(target.path, "SELECT name FROM sqlite_schema WHERE name LIKE 'headroom%'"), [])
})

test('a stopped undo can be finished later', async (context) => {
  const target = createDatabase(context, blogSql)
  const before = contentHash(target.path)
  await seed(target, options)
  const database = await openDatabase(target.path, target.root)
  const removed = await database.removeChunk('activities', 100, new AbortController().signal)
  await database.close()
  assert.ok(removed !== null && removed > 0)
  await undo(target)
  assert.equal(contentHash(target.path), before)
})

test('undo with nothing to undo changes nothing', async (context) => {
  const target = createDatabase(context, blogSql)
  const before = contentHash(target.path)
  assert.deepEqual((await undo(target)).tables, [])
  assert.equal(contentHash(target.path), before)
})

test('VACUUM between seed and undo changes nothing about what is removed', async (context) => {
  const target = createDatabase(context, blogSql)
  await seed(target, options)
  runSql(target.path, "DELETE FROM post_tags WHERE post_id = 'p1'; VACUUM")
  await undo(target)
  assert.deepEqual(
    query(target.path, 'SELECT post_id, tag_id FROM post_tags').map((row) => ({ ...row })),
    [{ post_id: 'p2', tag_id: 1 }],
  )
  assert.equal(numberOf(target.path, 'SELECT count(*) AS n FROM posts'), 2)
})

test('rows made by a dropped table are forgotten', async (context) => {
  const target = createDatabase(context, blogSql)
  await seed(target, options)
  runSql(target.path, 'DROP TABLE activities')
  await undo(target)
  assert.equal(numberOf(target.path, 'SELECT count(*) AS n FROM users'), 2)
})

test('a locked database is waited for', async (context) => {
  const target = createDatabase(context, blogSql)
  const database = await openDatabase(target.path, target.root)
  const plan = planSeed(await database.readSchema(), options)
  const { DatabaseSync } = await import('node:sqlite')
  const app = new DatabaseSync(target.path)
  app.exec('BEGIN IMMEDIATE')
  const seeding = seedDatabase(database, plan, () => {}, new AbortController().signal)
  setTimeout(() => app.exec('COMMIT'), 300)
  const result = await seeding
  app.close()
  await database.close()
  assert.equal(
    result.rows,
    plan.tables.reduce((sum, table) => sum + table.rows, 0),
  )
})

test('Stop is heard while another program keeps the database locked', async (context) => {
  const target = createDatabase(context, blogSql)
  const plan = await planFor(target, options)
  const database = await openDatabase(target.path, target.root)
  const { DatabaseSync } = await import('node:sqlite')
  const app = new DatabaseSync(target.path)
  const stop = new AbortController()
  let stoppedAt = 0
  const result = await seedDatabase(
    database,
    plan,
    () => {
      if (stoppedAt > 0) return
      app.exec('BEGIN IMMEDIATE')
      stoppedAt = performance.now()
      setTimeout(() => stop.abort(), 50)
    },
    stop.signal,
  )
  const waited = performance.now() - stoppedAt
  app.exec('ROLLBACK')
  app.close()
  await database.close()
  assert.ok(waited < 500, `${waited} ms`)
  assert.ok(result.rows > 0 && result.rows < 1000 + 6000)
  assert.deepEqual(violations(target.path), [])
})

test('every value is written in the form the column has', async (context) => {
  const target = createDatabase(
    context,
    `CREATE TABLE t (id INTEGER PRIMARY KEY, made_at INTEGER NOT NULL, price DECIMAL(10,2) NOT NULL, ok BOOLEAN NOT NULL,
       data BLOB NOT NULL, meta JSON NOT NULL CHECK (json_valid(meta)), n INTEGER NOT NULL UNIQUE, key INT UNIQUE) STRICT;`.replace(
      /DECIMAL\(10,2\)|BOOLEAN|JSON(?= )/g,
      (type) => ({ BOOLEAN: 'INTEGER', JSON: 'TEXT' })[type] ?? 'REAL',
    ),
  )
  await seed(target, { rows: { t: 500 } })
  const types = query(
    target.path,
    'SELECT DISTINCT typeof(made_at) || typeof(price) || typeof(data) || typeof(meta) || typeof(n) AS v FROM t',
  )
  assert.deepEqual(
    types.map((row) => row.v),
    ['integerrealblobtextinteger'],
  )
  assert.equal(
    numberOf(
      target.path,
      'SELECT count(*) AS n FROM t AS a JOIN t AS b ON b.id = a.id + 1 WHERE b.made_at < a.made_at',
    ),
    0,
  )
})
