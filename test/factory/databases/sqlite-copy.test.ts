import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'

import { copiesOf } from '../../../src/factory/databases/index.ts'
import { factoryChildren, factoryFor, failsWith } from '../factory-process.ts'
import {
  blogSql,
  contentHash,
  createDatabase,
  numberOf,
  query,
  runSql,
  tableHashes,
} from '../temporary-database.ts'

const options = { rows: { users: 300 }, per: { activities: 20 } }

for (const mode of ['delete', 'wal']) {
  test(`a copy is filled and removed, and the database stays as it was (${mode})`, async (context) => {
    const { root, path } = createDatabase(context, `PRAGMA journal_mode = ${mode}; ${blogSql}`)
    const untouched = contentHash(path)
    const source = factoryFor(context, root)
    assert.equal(await source.findCopy('headroom'), null)
    const url = await source.makeCopy('headroom')
    assert.equal(url, 'sqlite:./app.sqlite.headroom.sqlite')
    assert.equal(await source.findCopy('headroom'), url)
    assert.deepEqual(tableHashes(`${path}.headroom.sqlite`), tableHashes(path))
    assert.equal(query(`${path}.headroom.sqlite`, 'PRAGMA journal_mode')[0]?.journal_mode, mode)
    const copy = factoryFor(context, root, url)
    const schema = await copy.schema()
    assert.deepEqual(schema, await source.schema())
    const result = await copy.seed(await copy.plan(options), () => {})
    assert.ok(result.complete && result.rows > 6000)
    assert.equal(contentHash(path), untouched)
    await source.removeCopy('headroom')
    await source.removeCopy('headroom')
    assert.deepEqual(
      readdirSync(root).filter((name) => name.includes('headroom')),
      [],
    )
    assert.equal(contentHash(path), untouched)
  })
}

test('a copy has what was committed when it was made, and an earlier one is replaced', async (context) => {
  const { root, path } = createDatabase(context, `PRAGMA journal_mode = WAL; ${blogSql}`)
  const app = new DatabaseSync(path)
  context.after(() => app.close())
  app.exec("INSERT INTO tags (name) VALUES ('in the log'); BEGIN; INSERT INTO tags (name) VALUES ('not yet')")
  const factory = factoryFor(context, root)
  await factory.makeCopy('one')
  const copy = `${path}.one.sqlite`
  assert.equal(numberOf(copy, "SELECT count(*) AS n FROM tags WHERE name = 'in the log'"), 1)
  assert.equal(numberOf(copy, "SELECT count(*) AS n FROM tags WHERE name = 'not yet'"), 0)
  app.exec('COMMIT')
  runSql(copy, "INSERT INTO tags (name) VALUES ('of the copy')")
  await factory.makeCopy('one')
  assert.equal(numberOf(copy, "SELECT count(*) AS n FROM tags WHERE name = 'not yet'"), 1)
  assert.equal(numberOf(copy, "SELECT count(*) AS n FROM tags WHERE name = 'of the copy'"), 0)
})

test('killed while it copies, nothing that looks like a copy is left, and the next one takes the rest away', async (context) => {
  const filler = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)'
  const { root } = createDatabase(
    context,
    `CREATE TABLE big (id INTEGER PRIMARY KEY, data BLOB); ${filler} INSERT INTO big SELECT i, randomblob(1000) FROM n`,
  )
  const factory = factoryFor(context, root)
  await factory.schema()
  const [child = 0] = await factoryChildren()
  const making = factory.makeCopy('headroom')
  const partial = () => readdirSync(root).some((name) => name.endsWith('.partial'))
  while (!partial()) await new Promise((resolve) => setImmediate(resolve))
  process.kill(child, 'SIGKILL')
  await assert.rejects(making, failsWith('HR_FACTORY_DIED', /SIGKILL/))
  assert.equal(await factory.findCopy('headroom'), null)
  assert.ok(!existsSync(join(root, 'app.sqlite.headroom.sqlite')))
  await factory.makeCopy('headroom')
  assert.ok(!partial())
  assert.equal(numberOf(join(root, 'app.sqlite.headroom.sqlite'), 'SELECT count(*) AS n FROM big'), 60_000)
})

test('a file that is no copy, and a copy that is in use, are left alone', async (context) => {
  const { root, path } = createDatabase(context, `PRAGMA journal_mode = WAL; ${blogSql}`)
  const factory = factoryFor(context, root)
  runSql(`${path}.mine.sqlite`, 'CREATE TABLE t (id INTEGER PRIMARY KEY)')
  for (const work of [() => factory.makeCopy('mine'), () => factory.removeCopy('mine')]) {
    await assert.rejects(work, failsWith('HR_COPY_FOREIGN', /app\.sqlite\.mine\.sqlite .* did not make it/))
  }
  assert.equal(await factory.findCopy('mine'), null)
  writeFileSync(`${path}.text.sqlite`, 'not a database at all')
  await assert.rejects(factory.makeCopy('text'), failsWith('HR_DATABASE_FORMAT', /is not a SQLite database/))
  await factory.makeCopy('used')
  const app = new DatabaseSync(`${path}.used.sqlite`)
  app.prepare('SELECT count(*) FROM tags').get()
  await assert.rejects(factory.removeCopy('used'), failsWith('HR_COPY_IN_USE', /Stop it/))
  app.close()
  await factory.removeCopy('used')
  assert.ok(!existsSync(`${path}.used.sqlite`))
})

test('the URL of a copy is written as that of the database', async (context) => {
  const { root, path } = createDatabase(context, blogSql)
  const urls = [
    ['app.sqlite', 'app.sqlite.x.sqlite'],
    [path, `${path}.x.sqlite`],
    ['file:./app.sqlite?connection_limit=1', 'file:./app.sqlite.x.sqlite?connection_limit=1'],
    [`file://${path}`, `file://${path}.x.sqlite`],
    ['sqlite://app.sqlite?mode=rw', 'sqlite://app.sqlite.x.sqlite?mode=rw'],
  ] as const
  for (const [url, copy] of urls) {
    assert.equal(await copiesOf(url, root).make(url, root, 'x'), copy)
    assert.equal(await copiesOf(url, root).find(url, root, 'x'), copy)
  }
})
