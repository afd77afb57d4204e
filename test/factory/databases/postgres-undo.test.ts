import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { planSeed } from '../../../src/factory/plan.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'
import { failsWith } from '../factory-process.ts'
import {
  dump,
  fewRows,
  manyRows,
  numberOf,
  query,
  seed,
  shopSql,
  tableHashes,
  undo,
  withOpen,
} from './postgres-shop.ts'

const never = new AbortController().signal

/** Tables that refer to each other, one that refers to itself, and references that no index helps to follow. */
const circleSql = `
  CREATE TABLE teams (id serial PRIMARY KEY, name text NOT NULL, lead_id int, parent_id int REFERENCES teams ON DELETE CASCADE);
  CREATE TABLE members (id serial PRIMARY KEY, name text NOT NULL, team_id int NOT NULL REFERENCES teams ON DELETE CASCADE);
  ALTER TABLE teams ADD CONSTRAINT teams_lead FOREIGN KEY (lead_id) REFERENCES members ON DELETE CASCADE DEFERRABLE;
  CREATE TABLE notes (id bigserial PRIMARY KEY, member_id int REFERENCES members ON DELETE CASCADE, body text NOT NULL);
  INSERT INTO teams (name) VALUES ('one'), ('two');
  INSERT INTO members (name, team_id) VALUES ('Ann', 1), ('Bob', 2);
  UPDATE teams SET lead_id = 1;
  INSERT INTO notes (member_id, body) SELECT 1 + i % 2, repeat('long ago ', 100) FROM generate_series(1, 15000) AS i;
  ANALYZE;`
const circleRows = { rows: { teams: 300, members: 900, notes: 4000 } }

/** The database's URL for its superuser, or for a role that owns it and may do no more. */
async function asRole(url: string, role: 'superuser' | 'owner'): Promise<string> {
  if (role === 'superuser') return url
  const name = new URL(url).pathname.slice(1)
  await query(url, `CREATE ROLE owner_of_${name} LOGIN PASSWORD 'local-test'`)
  await query(url, `ALTER DATABASE "${name}" OWNER TO owner_of_${name}`)
  await query(url, `ALTER SCHEMA public OWNER TO owner_of_${name}`)
  return Object.assign(new URL(url), { username: `owner_of_${name}` }).href
}

/** Seeding leaves one link of the circle empty: closes it among Headroom's rows, as an application might. */
function linkCircle(url: string): Promise<unknown> {
  return query(url, 'UPDATE teams SET lead_id = 2 + (id % 900) + 1, parent_id = id - 1 WHERE id > 3')
}

describe('undoing in a PostgreSQL', { skip: skipReason('postgres') }, () => {
  let server: TestServer
  before(async () => {
    server = await startPostgres()
  })
  after(() => server.stop())

  async function databaseWith(sql: string): Promise<string> {
    const url = await server.createDatabase()
    await query(url, sql)
    return url
  }

  it('refuses to touch rows that somebody else refers to, and says which', async () => {
    const url = await databaseWith(shopSql)
    await seed(url, fewRows)
    const seeded = await tableHashes(url)
    await query(url, "INSERT INTO activities (user_id, type) SELECT max(id), 'mine' FROM users")
    await query(url, 'INSERT INTO user_tags SELECT 1, id FROM tags ORDER BY id LIMIT 2')
    await assert.rejects(undo(url), failsWith('HR_UNDO_DEPENDENTS', /1 row in `activities` → `users`/))
    await query(url, "DELETE FROM activities WHERE type = 'mine'")
    await assert.rejects(undo(url), failsWith('HR_UNDO_DEPENDENTS', /\d rows? in `user_tags` → `tags`/))
    await query(
      url,
      "DELETE FROM user_tags WHERE user_id = 1 AND tag_id <> '6a0e8f0e-5b7c-4e0e-9d5c-0a3a4f1f2b11'",
    )
    assert.deepEqual(await tableHashes(url), seeded)
    await undo(url)
  })

  it('refuses as much for a reference that comes after it has looked: no cascade takes it', async () => {
    const url = await databaseWith(shopSql)
    await seed(url, fewRows)
    await withOpen(url, async (database) => {
      assert.deepEqual(await database.findDependents(), [])
      for (const table of ['activities', 'user_tags'])
        while ((await database.removeChunk(table, 1000, never)) !== null);
      await query(url, "INSERT INTO activities (user_id, type) SELECT max(id), 'mine' FROM users")
      await assert.rejects(
        database.removeChunk('users', 50, never),
        failsWith('HR_UNDO_DEPENDENTS', /1 row in `activities` → `users`/),
      )
    })
    assert.equal(await numberOf(url, 'SELECT count(*) AS n FROM users'), 102)
    assert.equal(await numberOf(url, "SELECT count(*) AS n FROM activities WHERE type = 'mine'"), 1)
  })

  it('removes at most as many rows as it is told, the youngest first', async () => {
    const url = await databaseWith(shopSql)
    await seed(url, fewRows)
    await withOpen(url, async (database) => {
      assert.equal(await database.removeChunk('activities', 300, never), 300)
      assert.equal(await numberOf(url, 'SELECT max(id) AS n FROM activities'), 2003 - 300)
      const made = (await database.readLedger()).tables.find(({ table }) => table === 'activities')?.made
      assert.deepEqual(made, [{ firstIndex: 0, rows: 1700 }])
    })
    await undo(url)
  })

  for (const role of ['superuser', 'owner'] as const) {
    it(`takes tables that refer to each other and to themselves, as ${role}`, async () => {
      const url = await asRole(await server.createDatabase(), role)
      await query(url, circleSql)
      const atFirst = await dump(url)
      await seed(url, circleRows)
      await linkCircle(url)
      await undo(url)
      assert.equal(await dump(url), atFirst)
    })
  }

  it('leaves a circle undoable again when it is stopped in the middle', async () => {
    const url = await asRole(await server.createDatabase(), 'owner')
    await query(url, circleSql)
    const atFirst = await dump(url)
    await seed(url, circleRows)
    await linkCircle(url)
    await withOpen(url, async (database) => {
      assert.deepEqual(await database.findDependents(), [])
      for (const table of ['notes', 'members']) await database.removeChunk(table, 100, never)
    })
    await undo(url)
    assert.equal(await dump(url), atFirst)
  })

  it('empties a table at once that holds nothing else', async () => {
    const url = await databaseWith(`${shopSql} DELETE FROM activities`)
    const atFirst = await dump(url)
    await seed(url, manyRows)
    const file = await numberOf(url, "SELECT relfilenode AS n FROM pg_class WHERE relname = 'activities'")
    assert.equal((await undo(url)).rows, 58_730)
    assert.notEqual(
      await numberOf(url, "SELECT relfilenode AS n FROM pg_class WHERE relname = 'activities'"),
      file,
    )
    assert.equal(await dump(url), atFirst)
  })

  it('sets counters back exactly, unless somebody took numbers or has larger keys', async () => {
    const counters = 'SELECT last_value AS n FROM'
    const url = await databaseWith(shopSql)
    await seed(url, fewRows)
    await query(url, "INSERT INTO activities (user_id, type) VALUES (1, 'mine')")
    await undo(url)
    assert.equal(await numberOf(url, `${counters} users_id_seq`), 2)
    const mine = await numberOf(url, "SELECT id AS n FROM activities WHERE type = 'mine'")
    assert.ok(mine > 2003 && (await numberOf(url, `${counters} activities_id_seq`)) >= mine)
    await query(url, "INSERT INTO activities (user_id, type) VALUES (1, 'again')")
  })

  it('forgets the rows of a table that is gone', async () => {
    const url = await databaseWith(shopSql)
    await seed(url, fewRows)
    await query(url, 'DROP TABLE activities')
    await undo(url)
    assert.equal(await numberOf(url, 'SELECT count(*) AS n FROM users'), 2)
  })

  it('leaves a schema called headroom that was there before', async () => {
    const url = await databaseWith(`${shopSql} CREATE SCHEMA headroom; CREATE TABLE headroom.mine (id int)`)
    const atFirst = await dump(url)
    await seed(url, fewRows)
    await undo(url)
    assert.equal(await dump(url), atFirst)
  })

  it('goes by the rows that are there where the plan made none', async () => {
    const url = await databaseWith(shopSql)
    const plan = await withOpen(url, async (database) => planSeed(await database.readSchema(), fewRows))
    assert.ok(plan.tables.length > 0)
    assert.deepEqual((await undo(url)).tables, [])
  })
})
