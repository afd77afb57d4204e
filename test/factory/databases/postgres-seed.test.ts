import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

import type { Database } from '../../../src/factory/databases/database.ts'
import { planSeed } from '../../../src/factory/plan.ts'
import { seedDatabase } from '../../../src/factory/seed.ts'
import type { SeedProgress } from '../../../src/model/seed-plan.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'
import { failsWith } from '../factory-process.ts'
import {
  definitions,
  dump,
  fewRows,
  hasLedger,
  manyRows,
  numberOf,
  query,
  resume,
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
    const looks: Promise<unknown>[] = []
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
      onProgress: ({ phase, table }) => {
        if (phase === 'insert' && table === 'activities' && looks.length === 0) looks.push(look())
      },
    })
    await Promise.all(looks)
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

  it('keeps the rows that the application adds meanwhile, and they keep their keys', async () => {
    const url = await shop()
    const alone = await shop()
    await seed(alone, manyRows)
    const added: Promise<unknown>[] = []
    const add = () =>
      query(
        url,
        `WITH u AS (INSERT INTO users (name, email) VALUES ('App', clock_timestamp() || '@example.com') RETURNING id)
        INSERT INTO activities (user_id, type) SELECT id, 'app' FROM u`,
      )
    // A reference to a row of another transaction must find it: while keys are away nothing checks it.
    await seed(url, manyRows, { onProgress: ({ phase }) => void (phase === 'insert' && added.push(add())) })
    const outcomes = await Promise.allSettled(added)
    added.push(add())
    await added.at(-1)
    const count = outcomes.filter(({ status }) => status === 'fulfilled').length + 1
    assert.ok(count > 2)
    assert.deepEqual(
      await tableHashes(url, "position('App' in t::text) = 0 AND position(',app,' in t::text) = 0 "),
      await tableHashes(alone),
    )
    await undo(url)
    assert.equal(await numberOf(url, "SELECT count(*) AS n FROM users WHERE name = 'App'"), count)
    assert.equal(await numberOf(url, "SELECT count(*) AS n FROM activities WHERE type = 'app'"), count)
    assert.equal(await numberOf(url, 'SELECT count(*) AS n FROM users'), 2 + count)
    await add()
  })

  it('cancelled, has its indexes back and can be resumed', async () => {
    const [url, alone] = [await shop(), await shop()]
    const [atFirst, defined] = [await dump(url), await definitions(url)]
    await seed(alone, manyRows)
    const stop = new AbortController()
    const result = await seed(url, manyRows, {
      signal: stop.signal,
      as: (database) => inPieces(database, 500, 2),
      onProgress: ({ phase, rowsDone }) => {
        if (phase === 'insert' && rowsDone > 3000) stop.abort()
      },
    })
    assert.equal(result.complete, false)
    assert.ok(result.rows > 3000 && result.rows < 58_730, String(result.rows))
    assert.equal(await definitions(url), defined)
    assert.equal((await resume(url)).complete, true)
    assert.deepEqual(await tableHashes(url), await tableHashes(alone))
    await undo(url)
    assert.equal(await dump(url), atFirst)
  })

  it('hears Stop while another program keeps the table locked', async () => {
    const url = await shop()
    const app = new Client({ connectionString: url })
    await app.connect()
    const stop = new AbortController()
    let stoppedAt = 0
    const locking: Promise<unknown>[] = []
    const onProgress = ({ phase }: SeedProgress) => {
      if (phase === 'insert' && locking.length === 0) locking.push(lock())
    }
    const lock = async () => {
      await app.query('BEGIN; LOCK TABLE activities IN SHARE MODE')
      while (
        (await numberOf(
          url,
          "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'activities'::regclass",
        )) === 0
      )
        await sleep(5)
      stoppedAt = performance.now()
      stop.abort()
    }
    const result = await withOpen(url, async (database) => {
      const plan = planSeed(await database.readSchema(), fewRows)
      const counting = inPieces(database, 50, 2)
      const seeding = seedDatabase(counting, plan, onProgress, stop.signal)
      await new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()))
      const waited = seeding.then((done) => ({ done, millis: performance.now() - stoppedAt }))
      // Statistics wait for the lock: it goes once the writers have given up.
      while (
        (await numberOf(
          url,
          "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'COPY%'",
        )) > 0
      )
        await sleep(5)
      await app.query('COMMIT')
      return waited
    })
    await Promise.all(locking)
    await app.end()
    assert.equal(result.done.complete, false)
    assert.ok(result.millis < 2000, `${result.millis} ms`)
    await undo(url)
  })

  it('is refused while another process changes the database', async () => {
    const url = await shop()
    let attempt: Promise<unknown> | null = null
    await seed(url, fewRows, {
      onProgress: ({ phase }) => {
        if (phase === 'insert')
          attempt ??= assert.rejects(undo(url), failsWith('HR_SEED_BUSY', /Another Headroom run/))
      },
      as: (database) =>
        changed(inPieces(database, 100, 2), {
          finishRun: async (run) => {
            await attempt
            await database.finishRun(run)
          },
        }),
    })
    assert.ok(attempt !== null)
    await undo(url)
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

  it('says so where keys that were put away cannot be made again, and undo still works', async () => {
    const url = await shop()
    const attempt = seed(url, manyRows, {
      as: (database) =>
        changed(database, {
          putBack: async (onStep) => {
            await query(
              url,
              "INSERT INTO activities (id, user_id, type) OVERRIDING SYSTEM VALUE SELECT max(id), 1, 'twice' FROM activities",
            )
            await database.putBack(onStep)
          },
        }),
    })
    await assert.rejects(
      attempt,
      failsWith(
        'HR_DATABASE_CONSTRAINT',
        /primary key activities_key cannot be put back: Key \(id\)=\(\d+\) is duplicated/,
      ),
    )
    await query(url, "DELETE FROM activities WHERE type = 'twice'")
    assert.equal((await resume(url)).complete, true)
    await undo(url)
  })
})

/** So many new users with their activities, and nothing else. */
function times(users: number) {
  return { rows: { users, tags: 0, user_tags: 0 }, per: { activities: 20 } }
}

/** The database with chunks cut into pieces of at most `size` rows, and so many writers. */
function inPieces(database: Database, size: number, writers: number): Database {
  return changed(database, {
    writers,
    append: async (chunk, signal) => {
      for (let done = 0; done < chunk.rows; done += size) {
        const rows = Math.min(size, chunk.rows - done)
        const piece = { firstIndex: chunk.firstIndex + done, firstKey: chunk.firstKey + done, rows }
        await database.append({ ...chunk, ...piece }, signal)
      }
    },
  })
}

/** The database with some of its members in another way. */
function changed(database: Database, other: Partial<Database>): Database {
  return new Proxy(database, {
    get: (target, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(other, name) ? other : target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
