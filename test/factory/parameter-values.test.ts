import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import type { Database } from '../../src/factory/databases/database.ts'
import { openDatabase } from '../../src/factory/databases/index.ts'
import { readParameterValues } from '../../src/factory/parameter-values.ts'
import { query as mariadbQuery, startMariadb } from '../servers/mariadb.ts'
import { query as postgresQuery, startPostgres } from '../servers/postgres.ts'
import { skipReason, type TestServer } from '../servers/server.ts'

const users = 200

/** User n, from 1, has ⌊300 / n⌋ activities; every fifth one has none. */
function activitiesOf(user: number): number {
  return user % 5 === 0 ? 0 : Math.floor(300 / user)
}

const statements: readonly string[] = [
  'CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL)',
  'CREATE TABLE activities (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id))',
  `INSERT INTO users VALUES ${Array.from({ length: users }, (_, n) => `(${n + 1}, 'user')`).join(', ')}`,
  `INSERT INTO activities VALUES ${Array.from({ length: users }, (_, n) => n + 1)
    .flatMap((user) => Array.from({ length: activitiesOf(user) }, () => user))
    .map((user, id) => `(${id + 1}, ${user})`)
    .join(', ')}`,
]
const wanted = { table: 'users', column: 'id', limit: 100 }
const countedBy = { table: 'activities', column: 'user_id' }

async function check(url: string): Promise<void> {
  const database: Database = await openDatabase(url, '/')
  try {
    const { values, rows, missing, total } = await readParameterValues(database, { ...wanted, countedBy })
    assert.equal(total, users)
    assert.deepEqual(
      rows,
      values.map((value) => activitiesOf(Number(value))),
    )
    const asked = (user: number) => values.filter((value) => value === `${user}`).length
    assert.ok(asked(1) > asked(2) && asked(2) >= asked(3), 'the hottest is asked for most')
    assert.ok(asked(1) >= 10 && asked(1) <= 20)
    assert.ok(rows.includes(0) && rows.includes(1), 'cold ones and those without rows are asked for too')
    assert.equal(missing?.length, 10)
    assert.ok(missing.every((value) => Number(value) > users))
    const even = await readParameterValues(database, wanted)
    assert.deepEqual([even.values.length, even.rows, new Set(even.values).size], [100, undefined, 100])
    await assert.rejects(
      readParameterValues(database, { ...wanted, countedBy: { table: 'activities', column: 'owner' } }),
      /`activities` has no column `owner`\. Its columns are id, user_id\./,
    )
  } finally {
    await database.close()
  }
}

describe('values for load, by the rows that belong to them', () => {
  it('SQLite', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headroom-values-'))
    const file = join(folder, 'app.sqlite')
    const database = new DatabaseSync(file)
    for (const statement of statements) database.exec(statement)
    database.close()
    await check(`sqlite:${file}`)
    await rm(folder, { recursive: true })
  })

  const servers = [
    { kind: 'postgres', start: startPostgres, query: postgresQuery },
    { kind: 'mariadb', start: startMariadb, query: mariadbQuery },
  ] as const
  for (const { kind, start, query } of servers) {
    describe(kind, { skip: skipReason(kind) }, () => {
      let server: TestServer
      before(async () => (server = await start()))
      after(() => server.stop())

      it('as anywhere', async () => {
        for (const statement of statements) await query(server.url, statement)
        await check(server.url)
      })
    })
  }
})
