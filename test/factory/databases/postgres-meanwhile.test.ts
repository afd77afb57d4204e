import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

import { planSeed } from '../../../src/factory/plan.ts'
import { seedDatabase } from '../../../src/factory/seed.ts'
import type { SeedProgress } from '../../../src/model/seed-plan.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'
import { failsWith } from '../factory-process.ts'
import {
  changed,
  definitions,
  dump,
  fewRows,
  inPieces,
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

describe('a PostgreSQL that others use while it is seeded', { skip: skipReason('postgres') }, () => {
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

  it('keeps the rows that the application adds meanwhile, and they keep their keys', async () => {
    const url = await shop()
    const alone = await shop()
    await seed(alone, manyRows)
    let count = 0
    const add = async () => {
      count++
      await query(
        url,
        `WITH u AS (INSERT INTO users (name, email) VALUES ('App', clock_timestamp() || '@example.com') RETURNING id)
         INSERT INTO activities (user_id, type) SELECT id, 'app' FROM u`,
      )
    }
    await seed(url, manyRows, {
      as: (database) =>
        changed(database, {
          putAway: async (...args) => {
            await add()
            await database.putAway(...args)
          },
          append: async (...args) => {
            await database.append(...args)
            await add()
          },
          putBack: async (...args) => {
            await add()
            await database.putBack(...args)
          },
        }),
    })
    await add()
    assert.ok(count > 5, String(count))
    assert.deepEqual(
      await tableHashes(url, "position(',App,' in t::text) = 0 AND position(',app,' in t::text) = 0 "),
      await tableHashes(alone),
    )
    await undo(url)
    assert.equal(await numberOf(url, "SELECT count(*) AS n FROM users WHERE name = 'App'"), count)
    assert.equal(await numberOf(url, "SELECT count(*) AS n FROM activities WHERE type = 'app'"), count)
    assert.equal(await numberOf(url, 'SELECT count(*) AS n FROM users'), 2 + count)
    await add()
  })

  it('gives way to an application that numbers its rows itself', async () => {
    const url = await shop(
      "CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL); INSERT INTO t SELECT i, 'before' FROM generate_series(1, 9) AS i",
    )
    const atFirst = await dump(url)
    const own = "INSERT INTO t SELECT max(id) + 1, 'app' FROM t"
    await seed(
      url,
      { rows: { t: 5000 } },
      {
        onProgress: () => void query(url, own),
        as: (database) =>
          changed(database, {
            beginRun: async (...args) => {
              const run = await database.beginRun(...args)
              for (let n = 0; n < 3; n++) await query(url, own)
              return run
            },
          }),
      },
    )
    assert.equal(await numberOf(url, "SELECT count(*) AS n FROM t WHERE name <> 'app'"), 5009)
    assert.equal(
      await numberOf(url, "SELECT count(*) AS n FROM t WHERE name = 'app' AND id BETWEEN 10 AND 12"),
      3,
    )
    await undo(url)
    await query(url, "DELETE FROM t WHERE name = 'app'")
    assert.equal(await dump(url), atFirst)
  })

  it('cancelled, has its indexes back and can be resumed', async () => {
    const [url, alone] = [await shop(), await shop()]
    const [atFirst, defined] = [await dump(url), await definitions(url)]
    await seed(alone, manyRows)
    const stop = new AbortController()
    const result = await seed(url, manyRows, {
      signal: stop.signal,
      as: (database) =>
        changed(database, {
          append: async (chunk, signal) => {
            await database.append(chunk, signal)
            if (chunk.table.name === 'activities') stop.abort()
          },
        }),
    })
    assert.equal(result.complete, false)
    assert.ok(result.rows > 1000 && result.rows < 58_730, String(result.rows))
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
