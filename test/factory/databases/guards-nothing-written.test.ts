import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { openDatabase } from '../../../src/factory/databases/index.ts'
import { startForwarder } from '../../servers/forwarder.ts'
import * as mariadb from '../../servers/mariadb.ts'
import * as postgres from '../../servers/postgres.ts'
import type { ServerKind } from '../../servers/programs.ts'
import { freePort, skipReason, type TestServer } from '../../servers/server.ts'
import { refusalOf } from './guarded-connection.ts'

interface Engine {
  readonly kind: ServerKind
  readonly start: () => Promise<TestServer>
  readonly query: (url: string, statement: string) => Promise<unknown>
  readonly dump: (url: string) => Promise<string>
}

const engines: readonly Engine[] = [
  { kind: 'postgres', start: () => postgres.startPostgres(), query: postgres.query, dump: postgres.dump },
  { kind: 'mariadb', start: () => mariadb.startMariadb(), query: mariadb.query, dump: mariadb.dump },
]

for (const { kind, start, query, dump } of engines) {
  describe(`what is refused leaves no trace: ${kind}`, { skip: skipReason(kind) }, () => {
    let server: TestServer
    before(async () => {
      server = await start()
    })
    after(() => server.stop())

    /** Opens the URL that `change` makes of a database's, and checks that the database is as it was. */
    async function refusedUnchanged(
      change: (url: URL) => Promise<void> | void,
      name?: string,
    ): Promise<{ code: string; message: string }> {
      const url = await server.createDatabase(name)
      await query(url, 'CREATE TABLE users (id int PRIMARY KEY, name varchar(40) NOT NULL)')
      await query(url, "INSERT INTO users VALUES (1, 'Ann')")
      const atFirst = await dump(url)
      const changed = new URL(url)
      await change(changed)
      const { data } = await refusalOf(openDatabase(changed.href, '/'))
      assert.equal(await dump(url), atFirst)
      assert.ok(atFirst.includes('Ann'))
      assert.ok(!JSON.stringify(data).includes(server.url.split(/[:@]/)[2] ?? ''), 'no password in it')
      return data
    }

    it('a tunnel', async () => {
      const tunnel = await startForwarder(server.port)
      try {
        const { code, message } = await refusedUnchanged((url) => {
          url.port = String(tunnel.port)
        })
        assert.equal(code, 'HR_DATABASE_TUNNEL')
        assert.match(message, /Nothing was written\.$/)
      } finally {
        await tunnel.stop()
      }
    })

    it('a name that sounds like production', async () => {
      const { code, message } = await refusedUnchanged(() => undefined, 'shop_production')
      assert.equal(code, 'HR_DATABASE_PRODUCTION')
      assert.match(message, /Nothing was written\.$/)
    })

    it('a host that is not this machine', async () => {
      const { code, message } = await refusedUnchanged((url) => {
        url.hostname = '198.51.100.7'
      })
      assert.equal(code, 'HR_DATABASE_NOT_LOCAL')
      assert.match(message, /`198\.51\.100\.7` is not local\. Nothing was written\.$/)
    })

    it('a wrong password', async () => {
      const { code, message } = await refusedUnchanged((url) => {
        url.password = 'hunter2'
      })
      assert.equal(code, 'HR_DATABASE_PASSWORD')
      assert.match(
        message,
        /did not accept the user name and password of its URL\. Check them, then try again\.$/,
      )
      assert.doesNotMatch(message, /hunter2/)
    })

    it('a database that does not exist, and a port where nobody listens', async () => {
      const missing = await refusedUnchanged((url) => {
        url.pathname = '/nowhere'
      })
      assert.equal(missing.code, 'HR_DATABASE_MISSING')
      const port = await freePort()
      const silent = await refusedUnchanged((url) => {
        url.port = String(port)
      })
      assert.match(silent.message, /Start it, then try again/)
    })
  })
}
