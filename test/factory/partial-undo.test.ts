import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { type Factory, openFactory } from '../../src/factory/client.ts'
import { query as mariadbQuery, startMariadb } from '../servers/mariadb.ts'
import { query as postgresQuery, startPostgres } from '../servers/postgres.ts'
import { skipReason, type TestServer } from '../servers/server.ts'

const tables = [
  'CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(200) NOT NULL)',
  'CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), text VARCHAR(200) NOT NULL)',
  'CREATE TABLE likes (user_id INTEGER NOT NULL REFERENCES users (id), note_id INTEGER NOT NULL REFERENCES notes (id), PRIMARY KEY (user_id, note_id))',
]

const ignore = () => undefined

/** Rows of each table, by what the database says. */
async function countsIn(factory: Factory): Promise<Record<string, number>> {
  const schema = await factory.schema()
  return Object.fromEntries(schema.tables.map(({ name, rowCount }) => [name, rowCount]))
}

/** What a volume sweep does that takes its own rows back: earlier rows stay, and more can be seeded afterwards. */
async function takeBackAndSeedAgain(databaseUrl: string): Promise<void> {
  const factory = openFactory({ root: '/', databaseUrl })
  try {
    const seed = async (notes: number) =>
      factory.seed(await factory.plan({ rows: { users: 20, notes, likes: 40 } }), ignore)
    assert.equal((await seed(300)).complete, true)
    assert.equal((await seed(700)).complete, true)
    assert.deepEqual(await countsIn(factory), { users: 40, notes: 1000, likes: 80 })
    const undone = await factory.undo(ignore, undefined, { notes: 800, likes: 70, users: 0 })
    assert.equal(undone.rows, 870)
    assert.deepEqual(await countsIn(factory), { users: 40, notes: 200, likes: 10 })
    assert.equal((await seed(500)).complete, true)
    assert.deepEqual(await countsIn(factory), { users: 60, notes: 700, likes: 50 })
    await factory.undo(ignore)
    assert.deepEqual(await countsIn(factory), { users: 0, notes: 0, likes: 0 })
  } finally {
    await factory.dispose()
  }
}

describe('a part of the seeded rows can be taken back, and more be seeded after that', () => {
  it('in SQLite', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'headroom-partial-'))
    const file = join(folder, 'app.sqlite')
    const database = new DatabaseSync(file)
    for (const statement of tables) database.exec(statement)
    database.close()
    await takeBackAndSeedAgain(`sqlite:${file}`)
    await rm(folder, { recursive: true })
  })

  const servers = [
    { kind: 'postgres', start: startPostgres, query: postgresQuery },
    { kind: 'mariadb', start: startMariadb, query: mariadbQuery },
  ] as const
  for (const { kind, start, query } of servers) {
    describe(`in ${kind}`, { skip: skipReason(kind) }, () => {
      let server: TestServer
      before(async () => (server = await start()))
      after(() => server.stop())

      it('as anywhere', async () => {
        for (const statement of tables) await query(server.url, statement)
        await takeBackAndSeedAgain(server.url)
      })
    })
  }
})
