import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { planSeed } from '../../../src/factory/plan.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'
import { failsWith } from '../factory-process.ts'
import {
  changed,
  definitions,
  dump,
  fewRows,
  hasLedger,
  inPieces,
  manyRows,
  numberOf,
  query,
  seed,
  shopSql,
  tableHashes,
  undo,
  withOpen,
} from './postgres-shop.ts'

describe('seeding a PostgreSQL', { skip: skipReason('postgres') }, () => {
  let server: TestServer
  before(async () => {
    server = await startPostgres()
  })
  after(() => server.stop())

  async function shop(sql = shopSql): Promise<string> {
    const url = await server.createDatabase()
    await query(url, sql)
    return url
  }

  for (const [how, options] of Object.entries({ 'as they stand': fewRows, 'with indexes away': manyRows })) {
    it(`tables ${how}: counts are as planned, definitions as before, and undo leaves no trace`, async () => {
      const url = await shop()
      const [atFirst, defined] = [await dump(url), await definitions(url)]
      const plan = await withOpen(url, async (database) => planSeed(await database.readSchema(), options))
      const result = await seed(url, options)
      assert.deepEqual(
        result.tables,
        plan.tables.map(({ table, rows }) => ({ table: table.name, rows })),
      )
      for (const { table, rows } of plan.tables)
        assert.equal(await numberOf(url, `SELECT count(*) AS n FROM ${table.name}`), table.rowCount + rows)
      assert.equal(await definitions(url), defined)
      assert.equal(await numberOf(url, `SELECT count(*) AS n FROM pg_index WHERE NOT indisvalid`), 0)
      const unproven = `SELECT count(*) AS n FROM pg_constraint WHERE contype = 'f' AND NOT convalidated`
      assert.equal(await numberOf(url, unproven), 0)
      assert.equal((await undo(url)).rows, result.rows)
      assert.equal(await hasLedger(url), false)
      assert.equal(await dump(url), atFirst)
    })
  }

  it('puts indexes away for many rows only, and shows the table as it is with them', async () => {
    const url = await shop()
    const atHome = await withOpen(url, (database) => database.readSchema())
    const seen: { indexes: number; schema: unknown }[] = []
    let looked: Promise<void> | null = null
    const look = async () => {
      const indexes = await numberOf(
        url,
        "SELECT count(*) AS n FROM pg_index WHERE indrelid = 'activities'::regclass",
      )
      const { tables } = await withOpen(url, (database) => database.readSchema())
      const keys = tables.map(({ primaryKey, foreignKeys, uniques }) => [primaryKey, foreignKeys, uniques])
      seen.push({ indexes, schema: keys })
    }
    await seed(url, manyRows, {
      as: (database) =>
        changed(database, {
          append: async (chunk, signal) => {
            if (chunk.table.name === 'activities') await (looked ??= look())
            await database.append(chunk, signal)
          },
        }),
    })
    const keys = atHome.tables.map(({ primaryKey, foreignKeys, uniques }) => [
      primaryKey,
      foreignKeys,
      uniques,
    ])
    assert.deepEqual(seen, [{ indexes: 0, schema: keys }])
  })

  it('makes the same rows whatever the chunks and the number of connections', async () => {
    const options = { rows: { users: 150, tags: 20, user_tags: 300 }, per: { activities: 30 } }
    const made: unknown[] = []
    for (const { size, writers } of [
      { size: 100_000, writers: 2 },
      { size: 7, writers: 2 },
      { size: 1000, writers: 1 },
    ]) {
      const url = await shop()
      await seed(url, options, { as: (database) => inPieces(database, size, writers) })
      made.push(await tableHashes(url))
    }
    assert.deepEqual(made[1], made[0])
    assert.deepEqual(made[2], made[0])
  })

  it('grows: 50 users and then 100 more are the same rows as 150 at once', async () => {
    const [twice, once] = [await shop(), await shop()]
    const atFirst = await dump(twice)
    await seed(twice, times(50))
    await seed(twice, times(100))
    await seed(once, times(150))
    assert.deepEqual(await tableHashes(twice), await tableHashes(once))
    await undo(twice)
    assert.equal(await dump(twice), atFirst)
  })

  it('leaves a key in place that a view depends on', async () => {
    const url = await shop(
      `${shopSql} CREATE VIEW counted AS SELECT activities.*, count(*) FROM activities GROUP BY activities.id`,
    )
    const atFirst = await dump(url)
    await seed(url, manyRows)
    await undo(url)
    assert.equal(await dump(url), atFirst)
  })

  it('leaves no counter moved by a sample that is taken back', async () => {
    const url = await shop()
    const atFirst = await dump(url)
    await withOpen(url, async (database) => {
      const plan = planSeed(await database.readSchema(), fewRows)
      const { withEstimate } = await import('../../../src/factory/probe.ts')
      const { estimate } = await withEstimate(database, plan)
      assert.ok((estimate?.bytes ?? 0) > 100_000 && (estimate?.freeBytes ?? 0) > 0, JSON.stringify(estimate))
    })
    assert.equal(await dump(url), atFirst)
  })

  it('says what a value that the database refuses breaks, and leaves nothing behind', async () => {
    const url = await shop("CREATE TABLE t (id bigserial PRIMARY KEY, x text NOT NULL CHECK (md5(x) < '8'))")
    const atFirst = await dump(url)
    await assert.rejects(
      seed(url, { rows: { t: 100 } }),
      failsWith('HR_DATABASE_CONSTRAINT', /`t`: .*violates check constraint "t_x_check".*--exclude t/),
    )
    assert.equal(await dump(url), atFirst)
    assert.equal(await hasLedger(url), false)
  })
})

/** So many new users with their activities, and nothing else. */
function times(users: number) {
  return { rows: { users, tags: 0, user_tags: 0 }, per: { activities: 20 } }
}
