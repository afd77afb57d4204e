import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import type { Database } from '../../../src/factory/databases/database.ts'
import { openDatabase } from '../../../src/factory/databases/index.ts'
import { planSeed } from '../../../src/factory/plan.ts'
import { resumeSeed, seedDatabase } from '../../../src/factory/seed.ts'
import { undoSeed } from '../../../src/factory/undo.ts'
import * as mariadb from '../../servers/mariadb.ts'
import * as postgres from '../../servers/postgres.ts'
import type { ServerKind } from '../../servers/programs.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'
import { refusalOf } from './guarded-connection.ts'

interface Engine {
  readonly kind: ServerKind
  readonly start: () => Promise<TestServer>
  readonly query: (url: string, statement: string) => Promise<readonly Record<string, unknown>[]>
  readonly dump: (url: string) => Promise<string>
  /** Enough that they are not all there before a strike hits. */
  readonly activities: number
}

const engines: readonly Engine[] = [
  {
    kind: 'postgres',
    start: () => postgres.startPostgres(),
    query: postgres.query,
    dump: postgres.dump,
    activities: 200_000,
  },
  {
    kind: 'mariadb',
    start: () => mariadb.startMariadb(),
    query: mariadb.query,
    dump: mariadb.dump,
    activities: 150_000,
  },
]

const users = 2_000
const never = new AbortController().signal

/** The database itself, that also tells of every chunk it has taken. */
function telling(database: Database, onChunk: (table: string) => void): Database {
  return new Proxy(database, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (key === 'append') {
        return async (...[chunk, signal]: Parameters<Database['append']>) => {
          await target.append(chunk, signal)
          onChunk(chunk.table.name)
        }
      }
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

async function countOf({ query }: Engine, url: string, table: string): Promise<number> {
  const [row] = await query(url, `SELECT count(*) AS n FROM ${table}`)
  return Number(row?.['n'])
}

async function withOpen<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(url, '/')
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

async function createShop(server: TestServer, { query }: Engine): Promise<string> {
  const url = await server.createDatabase()
  await query(
    url,
    'CREATE TABLE users (id bigint PRIMARY KEY, name varchar(80) NOT NULL, email varchar(120) NOT NULL UNIQUE)',
  )
  await query(
    url,
    `CREATE TABLE activities (id bigint PRIMARY KEY, user_id bigint NOT NULL, type varchar(40) NOT NULL,
       created_at timestamp NOT NULL, CONSTRAINT activities_user FOREIGN KEY (user_id) REFERENCES users (id))`,
  )
  await query(url, 'CREATE INDEX activities_user_created ON activities (user_id, created_at)')
  await query(url, "INSERT INTO users VALUES (1, 'Ann', 'ann@example.com'), (7, 'Bob', 'bob@example.com')")
  return url
}

/** Seeds, has `strike` act once some rows have come in, and gives the message of the failure that seeding ends in. */
async function interrupted(
  url: string,
  { activities }: Engine,
  strike: () => Promise<void>,
): Promise<string> {
  const strikes: Promise<void>[] = []
  let chunks = 0
  const onChunk = (table: string): void => {
    if (table === 'activities') chunks += 1
    if (chunks === 2 && strikes.length === 0) strikes.push(strike())
  }
  const failure = await refusalOf(
    withOpen(url, async (database) => {
      const plan = planSeed(await database.readSchema(), { rows: { users, activities } })
      return seedDatabase(telling(database, onChunk), plan, () => undefined, never)
    }),
  )
  assert.equal(strikes.length, 1, 'rows had come in')
  await Promise.all(strikes)
  return failure.message
}

/** Waits for it without giving way to the load, which could be over otherwise. */
function endAllSessions(url: string): Promise<void> {
  execFileSync(process.execPath, [
    fileURLToPath(new URL('../../servers/end-sessions.ts', import.meta.url)),
    url,
  ])
  return Promise.resolve()
}

for (const engine of engines) {
  const { kind, start, query, dump } = engine
  describe(`a connection that is lost in mid-load: ${kind}`, { skip: skipReason(kind) }, () => {
    let server: TestServer
    before(async () => {
      server = await start()
    })
    after(() => server.stop())

    it('is said in words, and the run is resumed and undone', async () => {
      const url = await createShop(server, engine)
      const atFirst = await dump(url)
      const message = await interrupted(url, engine, () => endAllSessions(url))
      assert.match(
        message,
        /^The connection to .* was lost\. Once the server runs again, the seeding can be resumed or undone\.$/,
      )

      const made = await countOf(engine, url, 'activities')
      assert.ok(made > 0 && made < engine.activities, `${made} rows were there`)

      const result = await withOpen(url, (database) => resumeSeed(database, () => undefined, never))
      assert.equal(result.complete, true)
      assert.equal(await countOf(engine, url, 'users'), 2 + users)
      assert.equal(await countOf(engine, url, 'activities'), engine.activities)

      await withOpen(url, (database) => undoSeed(database, () => undefined, never))
      assert.equal(await dump(url), atFirst)
    })

    it('with the server itself killed: undone after its restart', async () => {
      const url = await createShop(server, engine)
      const atFirst = await dump(url)
      const message = await interrupted(url, engine, () => server.kill())
      assert.match(message, /was lost\. Once the server runs again, the seeding can be resumed or undone\.$/)
      await server.restart()
      await query(url, "INSERT INTO users VALUES (999999999, 'Cas', 'cas@example.com')")

      await withOpen(url, (database) => undoSeed(database, () => undefined, never))
      assert.equal(await countOf(engine, url, 'users'), 3)
      await query(url, 'DELETE FROM users WHERE id = 999999999')
      assert.equal(await dump(url), atFirst)
    })
  })
}
