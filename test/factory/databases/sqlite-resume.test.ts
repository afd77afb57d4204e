import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'

import { openDatabase } from '../../../src/factory/databases/index.ts'
import { resumeSeed, seedDatabase } from '../../../src/factory/seed.ts'
import { failsWith } from '../factory-process.ts'
import { inPartsOf } from '../in-parts.ts'
import {
  blogSql,
  contentHash,
  copyOf,
  createDatabase,
  numberOf,
  planFor,
  query,
  resume,
  runSql,
  seed,
  seedInPart,
  tableHashes,
  undo,
  violations,
} from '../temporary-database.ts'

const options = { rows: { users: 300 }, per: { activities: 20 } }
/** What generators make is pinned: `UPDATE=1` writes it again. */
const pinned = new URL('./sqlite-content-hashes.json', import.meta.url)
const never = new AbortController().signal

test('the rows are the same whatever the size of the chunks', async (context) => {
  const target = createDatabase(context, blogSql)
  const plan = await planFor(target, options)
  const copies = [1, 7, 333, 1_000_000].map((rows) => ({ rows, copy: copyOf(target, `${rows}.sqlite`) }))
  for (const { rows, copy } of copies) {
    const database = await openDatabase(copy.path, copy.root)
    await seedDatabase(inPartsOf(database, rows), plan, () => {}, never)
    await database.close()
  }
  const [first, ...others] = copies.map(({ copy }) => contentHash(copy.path))
  for (const hash of others) assert.equal(hash, first)
})

test('the same seed makes the same rows on every machine', async (context) => {
  const target = createDatabase(
    context,
    `${blogSql} UPDATE users SET created_at = '2025-01-01 00:00:00'; UPDATE activities SET created_at = '2025-01-01 00:00:00'`,
  )
  await seed(target, options)
  const hashes = `${JSON.stringify(tableHashes(target.path), null, 2)}\n`
  if (process.env.UPDATE === '1') writeFileSync(pinned, hashes)
  assert.equal(hashes, readFileSync(pinned, 'utf8'), 'values changed; where that is meant: UPDATE=1')
})

test('cancelled, then resumed: the rows are the same, and the indexes were back in between', async (context) => {
  const target = createDatabase(context, blogSql)
  const untouched = contentHash(target.path)
  const whole = copyOf(target, 'whole.sqlite')
  const many = { rows: { users: 2000 }, per: { activities: 40 } }
  await seed(whole, many)
  const stopped = await seedInPart(target, many, 20_000)
  assert.equal(stopped.complete, false)
  assert.ok(stopped.rows >= 20_000 && stopped.rows < 90_000, String(stopped.rows))
  assert.deepEqual(violations(target.path), [])
  assert.equal(query(target.path, "SELECT 1 FROM sqlite_schema WHERE name = 'activities_user'").length, 1)
  await assert.rejects(seed(target, many), failsWith('HR_SEED_UNFINISHED', /Resume it, or undo it/))
  const resumed = await resume(target)
  assert.equal(resumed.complete, true)
  assert.deepEqual(tableHashes(target.path), tableHashes(whole.path))
  await assert.rejects(resume(target), failsWith('HR_SEED_NOTHING_TO_RESUME', /nothing to resume/))
  await undo(target)
  assert.equal(contentHash(target.path), untouched)
})

test('what others add or remove before it is resumed does not change the rows', async (context) => {
  const target = createDatabase(context, blogSql)
  const whole = copyOf(target, 'whole.sqlite')
  await seed(whole, options)
  await seedInPart(target, options, 1)
  runSql(
    target.path,
    `INSERT INTO tags (name) VALUES ('late'); INSERT INTO users (name, email, role) VALUES ('Late', 'late@example.com', 'member')`,
  )
  await resume(target)
  const theirs = query(whole.path, 'SELECT * FROM post_tags ORDER BY 1, 2')
  assert.deepEqual(query(target.path, 'SELECT * FROM post_tags ORDER BY 1, 2'), theirs)
  assert.equal(numberOf(target.path, "SELECT count(*) AS n FROM users WHERE name = 'Late'"), 1)
  assert.deepEqual(violations(target.path), [])
})

test('a parent that is removed before it is resumed is noticed at the end', async (context) => {
  const target = createDatabase(context, blogSql)
  const stopped = await seedInPart(target, options, 1000)
  assert.equal(stopped.complete, false)
  runSql(target.path, 'PRAGMA foreign_keys = OFF; DELETE FROM users WHERE id = 8')
  await assert.rejects(resume(target), failsWith('HR_SEED_REFERENCES', /`users` that were removed meanwhile/))
  await undo(target)
  assert.equal(numberOf(target.path, 'SELECT count(*) AS n FROM users'), 2)
})

test('a unique index that others made impossible is named, and comes back once their rows are gone', async (context) => {
  const target = createDatabase(
    context,
    `CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT NOT NULL, note TEXT);
     CREATE UNIQUE INDEX t_code ON t (code); CREATE INDEX t_note ON t (note)`,
  )
  const untouched = contentHash(target.path)
  const twice = "INSERT INTO t (code) VALUES ('twice')"
  let inserted = false
  const seeding = seed(target, { rows: { t: 60_000 } }, never, () => {
    if (!inserted && query(target.path, "SELECT 1 FROM sqlite_schema WHERE name = 't_code'").length === 0) {
      inserted = true
      runSql(target.path, `${twice}; ${twice}`)
    }
  })
  await assert.rejects(seeding, failsWith('HR_DATABASE_CONSTRAINT', /unique index t_code of `t`/))
  assert.equal(query(target.path, "SELECT 1 FROM sqlite_schema WHERE name = 't_note'").length, 1)
  await assert.rejects(undo(target), failsWith('HR_DATABASE_CONSTRAINT', /unique index t_code/))
  runSql(target.path, "DELETE FROM t WHERE code = 'twice'")
  await undo(target)
  assert.equal(contentHash(target.path), untouched)
})

test('statistics of the planner follow the rows, and are as before after the undo', async (context) => {
  const target = createDatabase(context, `${blogSql} ANALYZE;`)
  const untouched = contentHash(target.path)
  const statistics = "SELECT stat FROM sqlite_stat1 WHERE idx = 'activities_user'"
  assert.match(String(query(target.path, statistics)[0]?.stat), /^6 /)
  await seed(target, options)
  assert.match(String(query(target.path, statistics)[0]?.stat), /^6006 /)
  await undo(target)
  assert.equal(contentHash(target.path), untouched)
})

test('a run that an index was put away for ends with the index as it was written', async (context) => {
  const index =
    'CREATE  INDEX   "odd ""name" ON activities(created_at DESC, type COLLATE NOCASE) WHERE post_id IS NOT NULL'
  const target = createDatabase(context, `${blogSql} ${index};`)
  const names: string[] = []
  const database = await openDatabase(target.path, target.root)
  const plan = await planFor(target, { rows: { users: 1000 }, per: { activities: 60 } })
  await seedDatabase(database, plan, ({ phase, table }) => names.push(`${phase} ${table}`), never)
  await database.close()
  assert.ok(names.includes('index index odd "name'), names.join())
  const [row] = query(target.path, `SELECT sql FROM sqlite_schema WHERE name = 'odd "name'`)
  assert.equal(row?.sql, index.replace(/^CREATE\s+INDEX\s+/, 'CREATE INDEX '))
})

test('a ledger of another format is left alone', async (context) => {
  const target = createDatabase(
    context,
    `${blogSql} CREATE TABLE headroom_run (run INTEGER PRIMARY KEY, format INTEGER NOT NULL, seed INTEGER NOT NULL);
     INSERT INTO headroom_run VALUES (1, 1, 1)`,
  )
  const format = failsWith('HR_LEDGER_FORMAT', /Another version of Headroom/)
  await assert.rejects(seed(target, options), format)
  await assert.rejects(undo(target), format)
  const database = await openDatabase(target.path, target.root)
  await assert.rejects(
    resumeSeed(database, () => {}, never),
    format,
  )
  await database.close()
})
