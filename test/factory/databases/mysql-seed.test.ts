import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Chunk, Database } from '../../../src/factory/databases/database.ts'
import { Failure } from '../../../src/model/failure.ts'
import { failsWith } from '../factory-process.ts'
import { mariadbForFile, shopSql, skip } from './mysql-database.ts'

const create = mariadbForFile()
const options = { rows: { users: 400 }, per: { activities: 20 } }
/** Enough activities that their indexes are put away. */
const manyActivities = { rows: { users: 600 }, per: { activities: 100 } }

test('all constraints hold, counts are as planned, and undo leaves no trace', { skip }, async () => {
  const shop = await create(shopSql)
  const before = await shop.dump()
  const plan = await shop.plan(options)
  const result = await shop.seed(options)
  assert.equal(result.complete, true)
  assert.deepEqual(await shop.brokenReferences(), [])
  assert.deepEqual(result.tables.map(({ table }) => table).toSorted(), [
    'activities',
    'notes',
    'post_tags',
    'posts',
    'profiles',
    'tags',
    'users',
  ])
  for (const { table, rows } of plan.tables)
    assert.equal(
      await shop.number(`SELECT count(*) AS n FROM ${table.name}`),
      table.rowCount + rows,
      table.name,
    )
  assert.equal((await shop.undo()).rows, result.rows)
  assert.deepEqual(await shop.dump(), before)
})

test(
  'indexes and foreign keys are away while many rows are loaded, and back as they were',
  { skip },
  async () => {
    const shop = await create(shopSql)
    const before = await shop.dump()
    const seen = new Set<string>()
    const change = (database: Database): Database => ({
      ...database,
      append: async (chunk, signal) => {
        await database.append(chunk, signal)
        if (chunk.table.name !== 'activities') return
        const [row] = await shop.rows('SHOW CREATE TABLE activities')
        for (const name of String(row?.['Create Table']).matchAll(/activities_\w+/g)) seen.add(name[0])
      },
    })
    await shop.seed(manyActivities, { change })
    assert.deepEqual([...seen], [])
    assert.equal(definitionOf(await shop.dump()), definitionOf(before))
    assert.deepEqual(await shop.brokenReferences(), [])
    await shop.undo()
    assert.deepEqual(await shop.dump(), before)
  },
)

/** The columns and keys of the activities, without their counter. */
function definitionOf(dump: Readonly<Record<string, string>>): string | undefined {
  return dump['activities']?.split(') ENGINE')[0]
}

/** Splits each chunk into pieces of these sizes, over and over. */
function inPieces(sizes: readonly number[]): (database: Database) => Database {
  let turn = 0
  return (database) => ({
    ...database,
    append: async (chunk: Chunk, signal) => {
      for (let done = 0; done < chunk.rows;) {
        const rows = Math.min(sizes[turn++ % sizes.length] ?? 1, chunk.rows - done)
        const { firstIndex, firstKey } = chunk
        await database.append(
          { ...chunk, rows, firstIndex: firstIndex + done, firstKey: firstKey + done },
          signal,
        )
        done += rows
      }
    },
  })
}

test('the same seed gives the same rows, whatever the size of chunks', { skip }, async () => {
  const [shop, pieces] = [await create(shopSql), await create(shopSql)]
  await shop.seed(options)
  await pieces.seed(options, { change: inPieces([1, 700, 33, 2, 257]) })
  const hashes = await shop.hashes()
  assert.deepEqual(await pieces.hashes(), hashes)
})

test('growth appends, and its rows can be taken back alone', { skip }, async () => {
  const shop = await create(shopSql)
  const before = await shop.dump()
  await shop.seed(options)
  const small = await shop.hashes()
  const grown = await shop.seed({ rows: { users: 50 }, per: { activities: 10 } })
  assert.deepEqual(await shop.brokenReferences(), [])
  const added = Object.fromEntries(grown.tables.map(({ table, rows }) => [table, rows]))
  const { undoSeed } = await import('../../../src/factory/undo.ts')
  await shop.opened((database) => undoSeed(database, () => {}, new AbortController().signal, added))
  assert.deepEqual(await shop.hashes(), small)
  await shop.seed({ rows: { users: 50 }, per: { activities: 10 } })
  await shop.undo()
  assert.deepEqual(await shop.dump(), before)
})

test('stopped in the middle, the rest is made later: the same rows', { skip }, async () => {
  const [shop, atOnce] = [await create(shopSql), await create(shopSql)]
  const before = await shop.dump()
  const stop = new AbortController()
  const result = await shop.seed(manyActivities, {
    signal: stop.signal,
    onRows: (rows) => rows > 20_000 && stop.abort(),
  })
  assert.equal(result.complete, false)
  assert.ok(result.rows > 20_000)
  await assert.rejects(shop.seed(options), failsWith('HR_SEED_UNFINISHED', /interrupted/))
  assert.equal((await shop.resume()).complete, true)
  await atOnce.seed(manyActivities)
  assert.deepEqual(await shop.hashes(), await atOnce.hashes())
  await shop.undo()
  assert.deepEqual(await shop.dump(), before)
})

test('rows that the app adds meanwhile stay, with keys of their own', { skip }, async () => {
  const shop = await create(shopSql)
  let writes = 0
  const change = (database: Database): Database => ({
    ...database,
    append: async (chunk, signal) => {
      await database.append(chunk, signal)
      writes++
      await shop.run(
        `INSERT INTO users (name, email) VALUES ('App', 'app${writes}@example.com')`,
        `INSERT INTO activities (user_id, type, occurred_at) VALUES (1, 'app', NOW())`,
        "UPDATE posts SET title = 'Changed' WHERE id = 'p1'",
      )
    },
  })
  const result = await shop.seed(options, { change })
  assert.ok(writes >= 7)
  assert.equal((await shop.undo()).rows, result.rows)
  assert.equal(await shop.number("SELECT count(*) AS n FROM users WHERE name = 'App'"), writes)
  assert.equal(await shop.number('SELECT count(*) AS n FROM users'), writes + 2)
  assert.equal(await shop.number("SELECT count(*) AS n FROM activities WHERE type = 'app'"), writes)
  assert.equal(await shop.number("SELECT count(*) AS n FROM posts WHERE title = 'Changed'"), 1)
  assert.deepEqual(await shop.brokenReferences(), [])
  // The next row of the app gets the key behind its last one.
  const last = await shop.number('SELECT max(id) AS n FROM users')
  await shop.run("INSERT INTO users (name, email) VALUES ('Next', 'next@example.com')")
  assert.equal(await shop.number("SELECT id AS n FROM users WHERE name = 'Next'"), last + 1)
})

test(
  'undo refuses to touch rows that somebody else refers to, and no cascade takes any',
  { skip },
  async () => {
    const shop = await create(shopSql)
    await shop.seed(options)
    const seeded = await shop.hashes()
    await shop.run(
      "INSERT INTO posts (id, author_id, title, slug) SELECT 'mine', max(id), 'Mine', 'mine' FROM users",
    )
    await assert.rejects(shop.undo(), failsWith('HR_UNDO_DEPENDENTS', /\(1 row in `posts` → `users`\)/))
    assert.equal(await shop.number("SELECT count(*) AS n FROM posts WHERE id = 'mine'"), 1)
    await shop.run("DELETE FROM posts WHERE id = 'mine'")
    assert.deepEqual(await shop.hashes(), seeded)
  },
)

test('a parent that the app removes while its children are loaded is noticed', { skip }, async () => {
  const shop = await create(shopSql)
  const before = await shop.dump()
  const change = (database: Database): Database => ({
    ...database,
    append: async (chunk, signal) => {
      if (chunk.table.name === 'activities' && chunk.firstIndex === 0)
        await shop.run(
          'SET foreign_key_checks = 0',
          'DELETE FROM users WHERE id = 7',
          'SET foreign_key_checks = 1',
        )
      await database.append(chunk, signal)
    },
  })
  const only = {
    rows: { activities: 3000 },
    exclude: ['users', 'profiles', 'posts', 'tags', 'post_tags', 'notes'],
  }
  await assert.rejects(
    shop.seed(only, { change }),
    failsWith('HR_SEED_REFERENCES', /`activities` refer to rows of `users`/),
  )
  await shop.undo()
  await shop.run(
    `INSERT INTO users (id, name, email, role, created_at) VALUES (7, 'Bob', 'bob@example.com', 'member', '2025-01-02')`,
  )
  assert.deepEqual(
    await shop.hashes(),
    Object.fromEntries(Object.entries(before).map(([name, text]) => [name, text.split('\n').at(-1)])),
  )
})

test('rows that break a constraint are found before any is written', { skip }, async () => {
  const odd = await create([
    "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, x VARCHAR(20) NOT NULL CHECK (x LIKE 'yes%'))",
  ])
  const before = await odd.dump()
  await assert.rejects(odd.seed({}), (error) => {
    assert.ok(error instanceof Failure)
    assert.equal(error.data.code, 'HR_DATABASE_CONSTRAINT')
    assert.match(error.message, /`t`: .*CONSTRAINT `t.x` failed for .*t.*--exclude t/)
    return true
  })
  assert.deepEqual(await odd.dump(), before)
})
