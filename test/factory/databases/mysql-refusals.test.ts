import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'

import { guardTarget, mysqlDefaults } from '../../../src/factory/databases/guards/target.ts'
import { Connection } from '../../../src/factory/databases/mysql/connection.ts'
import type { Database } from '../../../src/factory/databases/database.ts'
import { openDatabase } from '../../../src/factory/databases/index.ts'
import { failsWith } from '../factory-process.ts'
import { startMariadb } from '../../servers/mariadb.ts'
import { freePort } from '../../servers/server.ts'
import { mariadbForFile, ServerDatabase, shopSql, skip } from './mysql-database.ts'

const create = mariadbForFile()
const options = { rows: { users: 400 }, per: { activities: 20 } }

async function connected<T>(shop: ServerDatabase, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.open(await guardTarget(shop.url, mysqlDefaults))
  try {
    return await work(connection)
  } finally {
    await connection.close()
  }
}

test(
  'what is wrong with a URL, an account or a server is one clear sentence without the password',
  { skip },
  async () => {
    const { url } = await create([])
    const wrong = url.replace(/:[^:@/]+@/, ':s3cret@')
    await assert.rejects(openDatabase(wrong, '/'), (error) => {
      assert.ok(error instanceof Error && !error.message.includes('s3cret'))
      return failsWith(
        'HR_DATABASE_PASSWORD',
        /^app_1 on 127\.0\.0\.1:\d+ did not accept the user name and password/,
      )(error)
    })
    await assert.rejects(
      openDatabase(url.replace(/[^/]+$/, 'nowhere'), '/'),
      failsWith('HR_DATABASE_MISSING', /There is no database at nowhere on/),
    )
    await assert.rejects(
      openDatabase(`mysql://root@127.0.0.1:${await freePort()}/app`, '/'),
      failsWith('HR_DATABASE_REFUSED', /No MySQL or MariaDB answers at app on 127/),
    )
    await assert.rejects(
      openDatabase('mysql://root@db.example.com/app', '/'),
      failsWith('HR_DATABASE_NOT_LOCAL', /not local/),
    )
    await assert.rejects(
      openDatabase(url.replace(/[^/]+$/, 'shop_prod'), '/'),
      failsWith('HR_DATABASE_PRODUCTION', /production/),
    )
  },
)

test('a server that asks for a file gets none', { skip }, async () => {
  const shop = await create(['CREATE TABLE t (line TEXT)'])
  await connected(shop, async (connection) => {
    const load = "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t"
    await assert.rejects(connection.run(load), failsWith('HR_DATABASE', /not allowed|disabled/))
    assert.equal(await connection.number('SELECT count(*) AS n FROM t'), 0)
  })
})

test('a lock of somebody else is waited for, and an abort ends the wait', { skip }, async () => {
  const shop = await create(shopSql)
  await shop.connected(async (other) => {
    await other.query('START TRANSACTION')
    await other.query("UPDATE tags SET name = 'mine' WHERE id = 5")
    await connected(shop, async (connection) => {
      const stop = new AbortController()
      const beganAt = performance.now()
      setTimeout(() => stop.abort(), 100)
      const change = connection.transaction(() => connection.run("UPDATE tags SET name = 'x' WHERE id = 5"), {
        signal: stop.signal,
      })
      await assert.rejects(change, failsWith('HR_STOPPED', /taken back/))
      assert.ok(performance.now() - beganAt < 3000)
      const patient = connection.transaction(() => connection.run("UPDATE tags SET name = 'x' WHERE id = 5"))
      await assert.rejects(patient, failsWith('HR_DATABASE_LOCKED', /keeps a table of app_\d+ on .* locked/))
    })
  })
  assert.equal(await shop.number("SELECT count(*) AS n FROM tags WHERE name = 'x'"), 0)
})

test(
  'a table that a transaction of somebody else uses is refused before anything is written',
  { skip },
  async () => {
    const shop = await create(shopSql)
    const before = await shop.dump()
    await shop.connected(async (other) => {
      await other.query('START TRANSACTION')
      await other.query('SELECT * FROM activities LIMIT 1')
      await assert.rejects(shop.seed(options), failsWith('HR_DATABASE_LOCKED', /locked/))
    })
    assert.deepEqual(await shop.dump(), before)
  },
)

test('a table that comes into use later is loaded as it stands', { skip }, async () => {
  const shop = await create(shopSql)
  const before = await shop.dump()
  let keysWhileLoading = 0
  const change = (database: Database): Database => ({
    ...database,
    putAway: (targets, onStep) =>
      shop.connected(async (other) => {
        await other.query('START TRANSACTION')
        await other.query('SELECT * FROM activities LIMIT 1')
        await database.putAway(targets, onStep)
      }),
    append: async (chunk, signal) => {
      await database.append(chunk, signal)
      const [row] = await shop.rows('SHOW CREATE TABLE activities')
      keysWhileLoading = [
        ...String(row?.['Create Table']).matchAll(/KEY `activities_|`activities_user` FOREIGN/g),
      ].length
    },
  })
  const result = await shop.seed({ rows: { users: 600 }, per: { activities: 100 } }, { change })
  assert.equal(result.complete, true)
  assert.equal(keysWhileLoading, 3)
  await shop.undo()
  assert.deepEqual(await shop.dump(), before)
})

test('a table without transactions is refused by name', { skip }, async () => {
  const old = await create([
    'CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, line VARCHAR(50)) ENGINE = MyISAM',
  ])
  const before = await old.dump()
  await assert.rejects(
    old.seed({}),
    failsWith('HR_DATABASE_ENGINE', /`log` is a table of the MyISAM engine.*--exclude log/),
  )
  assert.deepEqual(await old.dump(), before)
})

test('keys that would run out are refused, and nothing is left', { skip }, async () => {
  const small = await create([
    'CREATE TABLE t (id TINYINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50))',
    "INSERT INTO t VALUES (200, 'x')",
  ])
  const before = await small.dump()
  await assert.rejects(
    small.seed({ rows: { t: 100 } }),
    (error) => error instanceof Error && /`t`/.test(error.message),
  )
  assert.deepEqual(await small.dump(), before)
  await small.seed({ rows: { t: 55 } })
  assert.equal(await small.number('SELECT max(id) AS n FROM t'), 255)
  await small.undo()
  assert.deepEqual(await small.dump(), before)
})

test('a server that dies in mid-load: one sentence', { skip }, async () => {
  const server = await startMariadb()
  try {
    const shop = new ServerDatabase(server.url, server)
    await shop.run(...shopSql)
    let chunks = 0
    const change = (database: Database): Database => ({
      ...database,
      append: async (chunk, signal) => {
        if (++chunks === 3) await server.kill()
        await database.append(chunk, signal)
      },
    })
    await assert.rejects(
      shop.seed(options, { change }),
      failsWith('HR_DATABASE', /The connection to app on .* was lost/),
    )
  } finally {
    await server.stop()
  }
})

test('something else that listens there is no database', { skip }, async () => {
  const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  try {
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await assert.rejects(
      openDatabase(`mysql://root@127.0.0.1:${port}/app`, '/'),
      (error) => error instanceof Error && error.message.length > 0,
    )
  } finally {
    other.close()
  }
})
