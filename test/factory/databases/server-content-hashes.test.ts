import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { openFactory } from '../../../src/factory/client.ts'
import { query as mariadbQuery, startMariadb } from '../../servers/mariadb.ts'
import { query as postgresQuery, startPostgres } from '../../servers/postgres.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'

/** `UPDATE=1` writes the hashes down anew, where values were changed on purpose. */
const file = new URL('server-content-hashes.json', import.meta.url)
const pinned = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>

const tables: readonly (readonly [name: string, order: string, definition: string])[] = [
  [
    'users',
    'id',
    'id BIGINT PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, name VARCHAR(80) NOT NULL, born DATE, plan VARCHAR(10) NOT NULL',
  ],
  [
    'posts',
    'id',
    'id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id), title VARCHAR(100) NOT NULL, price DECIMAL(10, 2), created_at TIMESTAMP NOT NULL',
  ],
  [
    'likes',
    'post_id, user_id',
    'user_id BIGINT NOT NULL REFERENCES users (id), post_id BIGINT NOT NULL REFERENCES posts (id), PRIMARY KEY (user_id, post_id)',
  ],
]

async function hashesOf(
  query: (url: string, sql: string) => Promise<readonly Record<string, unknown>[]>,
  url: string,
): Promise<Record<string, string>> {
  const hashes: [string, string][] = []
  for (const [name, order, definition] of tables) {
    // Drivers read times in their own zone: texts are the same everywhere.
    const columns = definition
      .replaceAll(/\([^)]*\)/g, '')
      .split(',')
      .map((part) => part.trim().split(' ')[0] ?? '')
    const list = columns
      .filter((column) => /^[a-z_]+$/.test(column))
      .map((column) => `CAST(${column} AS CHAR(200)) AS ${column}`)
    const rows = await query(url, `SELECT ${list.join(', ')} FROM ${name} ORDER BY ${order}`)
    hashes.push([name, createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16)])
  }
  return Object.fromEntries(hashes)
}

const servers = [
  { kind: 'postgres', start: startPostgres, query: postgresQuery },
  { kind: 'mariadb', start: startMariadb, query: mariadbQuery },
] as const

for (const { kind, start, query } of servers) {
  describe(`the rows of a seed in ${kind}`, { skip: skipReason(kind) }, () => {
    let server: TestServer
    before(async () => (server = await start()))
    after(() => server.stop())

    it('are the same every time, on every machine', async () => {
      for (let round = 0; round < 2; round += 1) {
        const url = await server.createDatabase()
        for (const [name, , definition] of tables) await query(url, `CREATE TABLE ${name} (${definition})`)
        const factory = openFactory({ root: '/', databaseUrl: url })
        const options = { rows: { users: 500, likes: 2000 }, per: { posts: 120 }, seed: 7 }
        await factory.seed(await factory.plan(options), () => undefined)
        await factory.dispose()
        const hashes = await hashesOf(query, url)
        if (process.env['UPDATE'] === '1') {
          pinned[kind] = hashes
          writeFileSync(file, `${JSON.stringify(pinned, null, 2)}\n`)
        }
        assert.deepEqual(hashes, pinned[kind])
      }
    })
  })
}
