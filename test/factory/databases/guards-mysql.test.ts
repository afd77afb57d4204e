import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createConnection } from 'mysql2/promise'

import { startForwarder } from '../../servers/forwarder.ts'
import { query, startMariadb } from '../../servers/mariadb.ts'
import { skipReason, type TestServer } from '../../servers/server.ts'
import { passMysql, refusalOf } from './guarded-connection.ts'
import { passUnseen, skipUnseen } from './unseen.ts'

function bySocket(socket: string): string {
  return `mysql://headroom:local-test@localhost/app?socketPath=${socket}`
}

describe('guards: MariaDB', { skip: skipReason('mariadb') }, () => {
  let server: TestServer
  before(async () => {
    server = await startMariadb()
  })
  after(() => server.stop())

  const through = (port: number) => server.url.replace(`:${server.port}/`, `:${port}/`)

  it('lets a server of this machine pass, by address, by name and by socket', async () => {
    const { address, owners } = await passMysql(server.url)
    assert.equal(address, '127.0.0.1')
    assert.deepEqual(
      owners.map(({ pid, program }) => ({ pid, program })),
      [{ pid: server.pid, program: 'mariadbd' }],
    )
    assert.equal((await passMysql(server.url.replace('127.0.0.1', 'localhost'))).address, '127.0.0.1')
    assert.equal((await passMysql(bySocket(server.socket))).socketPath, server.socket)
  })

  it('lets an account without further rights pass, also where the server resolves names', async () => {
    const resolving = await startMariadb({ arguments: ['--skip-name-resolve=0'] })
    try {
      await query(resolving.url, "CREATE USER app@localhost IDENTIFIED BY 'local-test'")
      await query(resolving.url, 'GRANT ALL PRIVILEGES ON app.* TO app@localhost')
      await passMysql(resolving.url.replace('headroom:', 'app:'))
    } finally {
      await resolving.stop()
    }
  })

  it('refuses a tunnel by the process that owns its port, before a password goes out', async () => {
    const tunnel = await startForwarder(server.port)
    try {
      const failure = await refusalOf(passMysql(through(tunnel.port)))
      assert.equal(failure.data.code, 'HR_DATABASE_TUNNEL')
      assert.match(failure.message, /belongs to `node` \(process \d+\), .* Nothing was written\.$/)
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
        /^HR_DATABASE_TUNNEL .*does not see this connection/,
      )
      assert.equal(tunnel.connections(), 1)
    } finally {
      await tunnel.stop()
    }
  })

  it('refuses a Unix socket that is forwarded', { skip: skipUnseen }, async () => {
    const socket = `${server.socket}.forwarded`
    const tunnel = await startForwarder(server.port, { socket })
    try {
      assert.match(await passUnseen(bySocket(socket)), /^HR_DATABASE_TUNNEL .*is no process of this machine/)
    } finally {
      await tunnel.stop()
    }
  })

  it('refuses names that sound like production', async () => {
    const failure = await refusalOf(passMysql(await server.createDatabase('live_shop')))
    assert.equal(failure.data.code, 'HR_DATABASE_PRODUCTION')
    assert.match(failure.message, /^The database `live_shop` sounds like production/)
    await query(server.url, "CREATE USER prod@'%' IDENTIFIED BY 'local-test'")
    const byUser = await refusalOf(passMysql(server.url.replace('headroom:', 'prod:')))
    assert.match(byUser.message, /^The user `prod` sounds like production/)
  })

  it('refuses a server that a cloud provider built', async () => {
    const managed = await startMariadb({ arguments: ['--version=10.11.8-google'] })
    try {
      const failure = await refusalOf(passMysql(managed.url))
      assert.equal(failure.data.code, 'HR_DATABASE_MANAGED')
      assert.equal(
        failure.message,
        'A cloud provider manages this server: its variable `version` says so. Seed a MySQL or MariaDB of your own on this machine. Nothing was written.',
      )
    } finally {
      await managed.stop()
    }
  })

  it('refuses a server that takes no writes', async () => {
    await query(server.url, 'SET GLOBAL read_only = ON')
    try {
      const failure = await refusalOf(passMysql(server.url))
      assert.equal(failure.data.code, 'HR_DATABASE_REPLICATED')
      assert.match(failure.message, /^This server takes no writes \(`read_only` is on\)/)
    } finally {
      await query(server.url, 'SET GLOBAL read_only = OFF')
    }
  })

  it('refuses a server that has a replica, and the replica', async () => {
    const primary = await startMariadb({ arguments: ['--log-bin', '--server-id=1', '--skip-log-bin=0'] })
    const replica = await startMariadb({ arguments: ['--server-id=2'] })
    try {
      const { port } = primary
      await query(
        replica.url,
        `CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=${port}, MASTER_USER='headroom', MASTER_PASSWORD='local-test'`,
      )
      await query(replica.url, 'START SLAVE')
      await connected(primary)
      assert.match(
        (await refusalOf(passMysql(primary.url))).message,
        /^This server has replicas, .* Nothing was written\.$/,
      )
      assert.match(
        (await refusalOf(passMysql(replica.url))).message,
        /^This server is a replica of another one\./,
      )
    } finally {
      await replica.stop()
      await primary.stop()
    }
  })
})

/** Asks until a replica reads the log. */
async function connected(primary: TestServer): Promise<void> {
  const end = performance.now() + 20_000
  const connection = await createConnection(primary.url)
  try {
    while (performance.now() < end) {
      const [rows] = await connection.query("SHOW STATUS LIKE 'Slaves_connected'")
      if (JSON.stringify(rows).includes('"1"')) return
    }
    throw new Error('the replica did not connect')
  } finally {
    await connection.end()
  }
}
