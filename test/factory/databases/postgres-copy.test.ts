import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Client } from 'pg'
import { postgres } from '../../../src/factory/databases/postgres.ts'
import { query, startPostgres } from '../../servers/postgres.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'

const { copies } = postgres
assert.ok(copies)

describe('copies of a PostgreSQL database', { skip: skipReason('postgres') }, () => {
  let server: TestServer
  before(async () => (server = await startPostgres()))
  after(() => server.stop())

  async function shop(): Promise<string> {
    const url = await server.createDatabase()
    await query(
      url,
      `CREATE TABLE users (id bigserial PRIMARY KEY, name text); INSERT INTO users (name) VALUES ('Ada')`,
    )
    return url
  }

  const databases = async (): Promise<unknown[]> =>
    (await query(server.url, `SELECT datname FROM pg_database WHERE datname LIKE '%headroom%'`)).map(
      ({ datname }) => datname,
    )

  it('hold the rows and the settings, apart from the database itself, and go again', async () => {
    const url = await shop()
    const name = new URL(url).pathname.slice(1)
    await query(server.url, `ALTER DATABASE "${name}" SET search_path TO "$user", public, app`)
    await query(server.url, `ALTER DATABASE "${name}" SET application_name TO 'it''s the shop'`)
    assert.equal(await copies.find(url, '/', 'headroom'), null)
    const copy = await copies.make(url, '/', 'headroom')
    assert.equal(copy, `${url}_headroom`)
    assert.equal(await copies.find(url, '/', 'headroom'), copy)
    await query(copy, `INSERT INTO users (name) VALUES ('Grace')`)
    assert.deepEqual(await query(copy, 'SELECT id, name FROM users ORDER BY id'), [
      { id: '1', name: 'Ada' },
      { id: '2', name: 'Grace' },
    ])
    assert.equal((await query(url, 'SELECT * FROM users')).length, 1)
    for (const setting of ['search_path', 'application_name']) {
      assert.deepEqual(await query(copy, `SHOW ${setting}`), await query(url, `SHOW ${setting}`))
    }
    assert.equal(await copies.make(url, '/', 'headroom'), copy)
    assert.equal((await query(copy, 'SELECT * FROM users')).length, 1, 'a fresh copy')
    await copies.remove(url, '/', 'headroom')
    assert.equal(await copies.find(url, '/', 'headroom'), null)
    assert.deepEqual(await databases(), [])
    await copies.remove(url, '/', 'headroom')
  })

  it('are refused in a sentence while someone is connected', async () => {
    const url = await shop()
    const client = new Client({ connectionString: url })
    await client.connect()
    await assert.rejects(copies.make(url, '/', 'headroom'), {
      message:
        /^A program is connected to `app_\d+`, and PostgreSQL only copies a database that nobody uses\./,
    })
    await client.end()
    const copy = await copies.make(url, '/', 'headroom')
    const user = new Client({ connectionString: copy })
    await user.connect()
    await assert.rejects(
      copies.make(url, '/', 'headroom'),
      /A program is using the copy of `app_\d+`\. Stop it/,
    )
    await assert.rejects(copies.remove(url, '/', 'headroom'), /A program is using the copy/)
    await user.end()
    await copies.remove(url, '/', 'headroom')
    assert.deepEqual(await databases(), [])
  })

  it("never take somebody else's database for a copy", async () => {
    const url = await shop()
    const name = new URL(url).pathname.slice(1)
    await query(server.url, `CREATE DATABASE "${name}_headroom"`)
    assert.equal(await copies.find(url, '/', 'headroom'), null)
    await assert.rejects(copies.make(url, '/', 'headroom'), /Headroom did not make it\. Rename it/)
    await assert.rejects(copies.remove(url, '/', 'headroom'), /Headroom did not make it/)
    assert.deepEqual(await databases(), [`${name}_headroom`])
  })
})
