import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { openDatabase } from '../../../src/factory/databases/index.ts'
import { planSeed } from '../../../src/factory/plan.ts'
import { seedDatabase } from '../../../src/factory/seed.ts'
import { undoSeed } from '../../../src/factory/undo.ts'
import * as mariadb from '../../servers/mariadb.ts'
import { dump, query, startPostgres } from '../../servers/postgres.ts'
import { skipReason } from '../../servers/server.ts'
import { mountSmallDisk, smallDiskSkipReason } from '../../servers/small-disk.ts'
import { refusalOf } from './guarded-connection.ts'

const never = new AbortController().signal

async function createShop(url: string): Promise<void> {
  await query(url, 'CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL)')
  await query(
    url,
    'CREATE TABLE activities (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, note text NOT NULL)',
  )
  await query(url, "INSERT INTO users VALUES (1, 'Ann')")
}

async function seed(url: string, activities: number): Promise<void> {
  const database = await openDatabase(url, '/')
  try {
    const plan = planSeed(await database.readSchema(), { rows: { users: 1_000, activities } })
    await seedDatabase(database, plan, () => undefined, never)
  } finally {
    await database.close()
  }
}

async function undo(url: string): Promise<void> {
  const database = await openDatabase(url, '/')
  try {
    await undoSeed(database, () => undefined, never)
  } finally {
    await database.close()
  }
}

describe('a full disk: PostgreSQL', { skip: skipReason('postgres') || smallDiskSkipReason() }, () => {
  it('is foreseen where the server keeps its data: nothing is written', async () => {
    using disk = mountSmallDisk(512)
    const server = await startPostgres({ dataFolder: disk.path })
    try {
      await createShop(server.url)
      const atFirst = await dump(server.url)
      const failure = await refusalOf(seed(server.url, 100_000))
      assert.equal(failure.data.code, 'HR_SEED_SPACE')
      assert.match(
        failure.message,
        /^These rows need about .* MB, and .* MB are free, .* Seed fewer rows\. Nothing was written\.$/,
      )
      assert.equal(await dump(server.url), atFirst)
    } finally {
      await server.stop()
    }
  })

  it('in mid-load, on a disk that only the table is on: said in words, and undone with a little room', async () => {
    using disk = mountSmallDisk(32)
    const server = await startPostgres()
    try {
      const ballast = join(disk.path, 'ballast')
      await writeFile(ballast, Buffer.alloc(2 ** 21))
      await query(server.url, `CREATE TABLESPACE small LOCATION '${disk.path}'`)
      await createShop(server.url)
      await query(server.url, 'ALTER TABLE activities SET TABLESPACE small')
      const atFirst = await dump(server.url)
      const failure = await refusalOf(seed(server.url, 400_000))
      assert.equal(failure.data.code, 'HR_DATABASE_FULL')
      assert.match(
        failure.message,
        /^The disk of .* is full\. Free some space; the rows that it already got can be undone\.$/,
      )
      const [made] = await query(server.url, 'SELECT count(*)::int AS n FROM activities')
      assert.ok(Number(made?.['n']) > 0 && Number(made?.['n']) < 400_000)

      await rm(ballast)
      await undo(server.url)
      assert.equal(await dump(server.url), atFirst)
    } finally {
      await server.stop()
    }
  })
})

describe('a full disk: MariaDB', { skip: skipReason('mariadb') || smallDiskSkipReason() }, () => {
  it('in mid-load, on a disk that only the table is on: said in words, and undone', async () => {
    using disk = mountSmallDisk(24)
    const server = await mariadb.startMariadb()
    try {
      await mariadb.query(server.url, 'CREATE TABLE users (id bigint PRIMARY KEY, name varchar(80) NOT NULL)')
      await mariadb.query(
        server.url,
        `CREATE TABLE activities (id bigint PRIMARY KEY, user_id bigint NOT NULL, note varchar(200) NOT NULL,
           FOREIGN KEY (user_id) REFERENCES users (id)) DATA DIRECTORY = '${disk.path}'`,
      )
      await mariadb.query(server.url, "INSERT INTO users VALUES (1, 'Ann')")
      const atFirst = await mariadb.dump(server.url)
      const failure = await refusalOf(seed(server.url, 400_000))
      assert.equal(failure.data.code, 'HR_DATABASE_FULL')
      assert.match(failure.message, /^The disk of .* is full\. Free some space; .* can be undone\.$/)
      const [made] = await mariadb.query(server.url, 'SELECT count(*) AS n FROM activities')
      assert.ok(Number(made?.['n']) > 0 && Number(made?.['n']) < 400_000)

      await undo(server.url)
      assert.equal(await mariadb.dump(server.url), atFirst)
    } finally {
      await server.stop()
    }
  })
})
