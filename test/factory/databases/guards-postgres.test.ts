import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { startForwarder } from '../../servers/forwarder.ts'
import { query, startPostgres } from '../../servers/postgres.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'
import { passPostgres, refusalOf } from './guarded-connection.ts'
import { passUnseen, skipUnseen } from './unseen.ts'

describe('guards: PostgreSQL', { skip: skipReason('postgres') }, () => {
  let server: TestServer
  before(async () => {
    server = await startPostgres({ settings: { shared_preload_libraries: 'auto_explain' } })
  })
  after(() => server.stop())

  const through = (port: number) => server.url.replace(`:${server.port}/`, `:${port}/`)
  const bySocket = (socket = server.socket, port = server.port) =>
    `postgresql://postgres@localhost/app?host=${socket}&port=${port}`

  it('lets a server of this machine pass, by address, by name and by socket', async () => {
    const { address, owners, display } = await passPostgres(server.url)
    assert.equal(address, '127.0.0.1')
    assert.deepEqual(
      owners.map(({ pid, program }) => ({ pid, program })),
      [{ pid: server.pid, program: 'postgres' }],
    )
    assert.equal(display, `app on 127.0.0.1:${server.port}`)
    assert.equal((await passPostgres(server.url.replace('127.0.0.1', 'localhost'))).address, '127.0.0.1')
    assert.equal((await passPostgres(bySocket())).socketPath, server.socket)
  })

  it('connects to the address that it has looked at, whatever the name says later', async () => {
    let asked = 0
    const lookup = () => Promise.resolve(asked++ === 0 ? ['127.0.0.1'] : ['203.0.113.7'])
    const target = await passPostgres(server.url.replace('127.0.0.1', 'db.test'), lookup)
    assert.equal(target.address, '127.0.0.1')
    assert.equal(asked, 1)
  })

  it('refuses a tunnel by the process that owns its port, before a password goes out', async () => {
    const tunnel = await startForwarder(server.port)
    try {
      const failure = await refusalOf(passPostgres(through(tunnel.port)))
      assert.equal(failure.data.code, 'HR_DATABASE_TUNNEL')
      assert.equal(
        failure.message,
        `Headroom only writes to databases on this machine. Port ${tunnel.port} belongs to \`node\` (process ${tunnel.pid}), which is no database server and may lead to another machine. Name a database server that runs here, or in a container of this machine. Nothing was written.`,
      )
      assert.equal(tunnel.connections(), 0)
    } finally {
      await tunnel.stop()
    }
  })

  it('refuses a tunnel whose process it may not see', { skip: skipUnseen }, async () => {
    const tunnel = await startForwarder(server.port)
    try {
      assert.equal(await passUnseen(server.url), 'passed')
      assert.match(
        await passUnseen(through(tunnel.port)),
        /^HR_DATABASE_TUNNEL .*does not see this connection as it was made/,
      )
    } finally {
      await tunnel.stop()
    }
  })

  it('refuses a Unix socket that is forwarded', { skip: skipUnseen }, async () => {
    const port = server.port + 1
    const socket = `${server.socket}/.s.PGSQL.${port}`
    const tunnel = await startForwarder(server.port, { socket })
    try {
      const url = bySocket(server.socket, port).replace('postgres@', 'postgres:local-test@')
      assert.match(await passUnseen(url), /^HR_DATABASE_TUNNEL .*is no process of this machine/)
      assert.match(await passUnseen(bySocket()), /^HR_DATABASE_TUNNEL .*is no process of this machine/)
    } finally {
      await tunnel.stop()
    }
  })

  it('refuses names that sound like production, also those that only the server knows', async () => {
    const byName = await refusalOf(passPostgres(await server.createDatabase('shop_prod')))
    assert.equal(byName.data.code, 'HR_DATABASE_PRODUCTION')
    assert.match(byName.message, /^The database `shop_prod` sounds like production/)

    await query(server.url, "CREATE ROLE live SUPERUSER LOGIN PASSWORD 'local-test'")
    await query(server.url, 'ALTER ROLE postgres IN DATABASE app SET role = live')
    try {
      const byRole = await refusalOf(passPostgres(server.url))
      assert.match(byRole.message, /^The user `live` sounds like production/)
    } finally {
      await query(server.url, 'ALTER ROLE postgres IN DATABASE app RESET role')
    }
  })

  it('is not taken in by a search path with catalogues of its own', async () => {
    const url = await server.createDatabase()
    await query(url, 'CREATE VIEW pg_settings AS SELECT 1; CREATE VIEW pg_stat_replication AS SELECT 1')
    await query(url, 'CREATE FUNCTION pg_is_in_recovery() RETURNS bool LANGUAGE sql RETURN true')
    await query(
      url,
      `ALTER DATABASE "${new URL(url).pathname.slice(1)}" SET search_path = public, pg_catalog`,
    )
    await passPostgres(url)
  })

  it('refuses a standby, and a server that has one', async () => {
    const primary = await startPostgres()
    const standby = await startPostgres({ standbyOf: primary })
    try {
      const onStandby = await refusalOf(passPostgres(standby.url))
      assert.equal(onStandby.data.code, 'HR_DATABASE_REPLICATED')
      assert.match(onStandby.message, /^This server is a standby .* Nothing was written\.$/)
      await connected(primary)
      const onPrimary = await refusalOf(passPostgres(primary.url))
      assert.match(onPrimary.message, /^This server replicates to 1 other, .* Nothing was written\.$/)
    } finally {
      await standby.stop()
      await primary.stop()
    }
  })

  it('refuses a server whose name says production', async () => {
    const production = await startPostgres({ settings: { cluster_name: 'eu-production' } })
    try {
      const failure = await refusalOf(passPostgres(production.url))
      assert.match(failure.message, /^The cluster `eu-production` sounds like production/)
    } finally {
      await production.stop()
    }
  })
})

/** Asks until a standby streams. */
async function connected(primary: TestServer): Promise<void> {
  const end = performance.now() + 20_000
  while (performance.now() < end) {
    const [row] = await query(primary.url, 'SELECT count(*)::int AS n FROM pg_stat_replication')
    if (row?.['n'] === 1) return
  }
  throw new Error('the standby did not connect')
}
