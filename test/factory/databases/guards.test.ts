import assert from 'node:assert/strict'
import { test } from 'node:test'

import { guardClients } from '../../../src/factory/databases/guards/clients.ts'
import { guardLocality } from '../../../src/factory/databases/guards/locality.ts'
import { containerAddress, ownerKind } from '../../../src/factory/databases/guards/owner-kinds.ts'
import { describeProcess, findOwners } from '../../../src/factory/databases/guards/port-owner.ts'
import { managedSettings } from '../../../src/factory/databases/guards/postgres.ts'
import { looksLikeProduction } from '../../../src/factory/databases/guards/production-name.ts'
import { readServerUrl } from '../../../src/factory/databases/guards/server-url.ts'
import { guardTarget, mysqlDefaults, postgresDefaults } from '../../../src/factory/databases/guards/target.ts'
import { Failure } from '../../../src/model/failure.ts'
import { startForwarder } from '../../servers/forwarder.ts'
import { freePort } from '../../servers/server.ts'
import { refusalOf } from './guarded-connection.ts'

function passes(work: () => unknown): boolean {
  try {
    work()
    return true
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}

test('the parts of a URL, decoded', () => {
  const { parameters, ...url } = readServerUrl(
    'postgresql://a%40b:p%2F%3Aw@[::1]:6000/my%20app?schema=shop',
    5432,
  )
  assert.deepEqual(url, { host: '[::1]', port: 6000, user: 'a@b', password: 'p/:w', database: 'my app' })
  assert.deepEqual(parameters, { schema: 'shop' })
  assert.equal(readServerUrl('mysql://root@localhost/app', 3306).port, 3306)
  assert.equal(readServerUrl('postgres:///app?user=me&port=7000', 5432).port, 7000)
})

test('every way to name a Unix socket', () => {
  const forms = [
    'postgresql:///app?host=/run/postgresql',
    'postgresql://me@localhost/app?host=/run/postgresql',
    'postgresql://me@%2Frun%2Fpostgresql/app',
    'mysql://me@localhost/app?socket=/run/postgresql',
    'mysql://me@localhost/app?socketPath=%2Frun%2Fpostgresql',
  ]
  for (const form of forms) assert.equal(readServerUrl(form, 1).host, '/run/postgresql', form)
})

test('URLs that name no database, or more than one server, are refused', () => {
  const refused = [
    'postgresql://localhost',
    'postgresql://localhost/',
    'postgresql://localhost,127.0.0.1/app',
    'postgresql://localhost:1,127.0.0.1:2/app',
    'postgresql://localhost,db.example.com/app',
    'postgresql://localhost/app?host=db.example.com',
    'postgresql://db.example.com/app?host=/run/postgresql',
    'postgresql://me:a/b@localhost/app',
    'postgresql://me:100%@localhost/app',
  ]
  for (const url of refused)
    assert.equal(
      passes(() => readServerUrl(url, 5432)),
      false,
      url,
    )
})

test('production is a word, not a part of one', () => {
  const refused = [
    'prod',
    'shop_prod',
    'prod-2',
    'prod2',
    'Production',
    'shopProd',
    'live',
    'app.live',
    'PRODUCTION_COPY',
    'eu-prd',
  ]
  const passed = [
    'shop',
    'products',
    'productivity',
    'olive',
    'alive',
    'delivery',
    'livestock',
    'reproduction',
    'app_dev',
    'prodigy',
    '',
  ]
  for (const name of refused) assert.ok(looksLikeProduction(name), name)
  for (const name of passed) assert.ok(!looksLikeProduction(name), name)
})

test('a URL that sounds like production is refused by the part that does', async () => {
  const urls: readonly (readonly [string, string])[] = [
    ['postgresql://me:secret@localhost/shop_production', 'The database `shop_production`'],
    ['postgresql://prod:secret@localhost/shop', 'The user `prod`'],
    ['postgresql://me:secret@prod.localhost/shop', 'The host `prod.localhost`'],
    ['postgresql://me:secret@localhost/shop?schema=live', 'The schema `live`'],
    ['postgresql:///shop?host=/cloudsql/shop-prod:europe:db', 'The host `/cloudsql/shop-prod:europe:db`'],
  ]
  for (const [url, part] of urls) {
    const failure = await refusalOf(guardTarget(url, postgresDefaults))
    assert.equal(failure.data.code, 'HR_DATABASE_PRODUCTION')
    assert.equal(
      failure.message,
      `${part} sounds like production, where Headroom never writes. Use a database, user and host for development that are named otherwise. Nothing was written.`,
    )
  }
  await assert.doesNotReject(guardTarget('postgresql://me:prod@localhost:1/shop', postgresDefaults))
})

test('a host is what it resolves to, and every address of it counts', async () => {
  const addresses: Readonly<Record<string, readonly string[]>> = {
    'db.test': ['127.0.0.1'],
    'moved.test': ['203.0.113.7'],
    'both.test': ['127.0.0.1', '203.0.113.7'],
    'any.test': ['0.0.0.0'],
    'unknown.test': [],
    localhost: ['198.51.100.1'],
  }
  const lookup = (host: string) => Promise.resolve(addresses[host] ?? [])
  const target = await guardTarget('mysql://me@db.test:1/app', mysqlDefaults, { lookup })
  assert.equal(target.address, '127.0.0.1')
  assert.equal(target.display, 'app on 127.0.0.1:1')
  for (const host of ['moved.test', 'both.test', 'any.test', 'unknown.test', 'localhost']) {
    const failure = await refusalOf(guardTarget(`mysql://me:hunter2@${host}/app`, mysqlDefaults, { lookup }))
    assert.equal(failure.data.code, 'HR_DATABASE_NOT_LOCAL')
    assert.equal(
      failure.message,
      `Headroom only writes to databases on this machine. \`${host}\` is not local. Nothing was written.`,
    )
  }
  await assert.rejects(
    guardTarget('mysql://me@moved.test/app', mysqlDefaults, {
      lookup: () => Promise.reject(new Error('ENOTFOUND')),
    }),
    /is not local/,
  )
})

test('the process that owns a port, and what it may be', async (context) => {
  const nowhere = await freePort()
  assert.deepEqual(await findOwners('127.0.0.1', nowhere), [])

  const tunnel = await startForwarder(nowhere)
  context.after(() => tunnel.stop())
  const [owner] = await findOwners('127.0.0.1', tunnel.port)
  assert.equal(owner?.pid, tunnel.pid)
  assert.equal(owner.program, 'node')
  assert.equal(ownerKind(owner), 'stranger')

  const named = await startForwarder(nowhere, {
    program: 'docker-proxy',
    arguments: ['-host-port', '5432', '-container-ip', '172.17.0.2'],
  })
  context.after(() => named.stop())
  const [proxy] = await findOwners('127.0.0.1', named.port)
  assert.equal(proxy && ownerKind(proxy), 'container-proxy')
  assert.equal(proxy && containerAddress(proxy), '172.17.0.2')
  assert.equal((await describeProcess(2 ** 30)).program, null)
})

test('programs by their names', () => {
  const kinds: Readonly<Record<string, readonly string[]>> = {
    server: ['postgres', 'mysqld', 'mariadbd'],
    'container-proxy': [
      'docker-proxy',
      'com.docker.backend',
      'rootlessport',
      'pasta.avx2',
      'OrbStack Helper',
      'limactl',
      'gvproxy',
    ],
    stranger: [
      'ssh',
      'kubectl',
      'cloud_sql_proxy',
      'cloud-sql-proxy',
      'socat',
      'node',
      'pgbouncer',
      'haproxy',
      'wslrelay',
      'postgres-exporter',
    ],
  }
  for (const [kind, programs] of Object.entries(kinds)) {
    for (const program of programs)
      assert.equal(ownerKind({ pid: 1, program, commandLine: [program] }), kind, program)
  }
  assert.equal(ownerKind({ pid: 1, program: null, commandLine: [] }), 'hidden')
  const colima = ['ssh:', '/Users/me/.colima/_lima/colima/ssh.sock', '[mux]']
  assert.equal(ownerKind({ pid: 1, program: 'ssh', commandLine: colima }), 'container-proxy')
})

test('behind a proxy of containers, the server must have been reached in a container', async () => {
  const unknown = { ownEnd: null, seenEnd: null, isOwnProcess: () => Promise.resolve(false) }
  const cases: readonly (readonly [readonly string[], string | null, boolean])[] = [
    [['docker-proxy', '-container-ip', '172.17.0.2'], '172.17.0.2', true],
    [['docker-proxy', '-container-ip', '172.17.0.2'], '10.3.0.9', false],
    [['docker-proxy', '-container-ip', '172.17.0.2'], '127.0.0.1', false],
    [['rootlessport'], '10.0.2.100', true],
    [['rootlessport'], '127.0.0.1', false],
    [['rootlessport'], '203.0.113.7', false],
    [['rootlessport'], null, false],
    [['com.docker.backend'], null, true],
    [['com.docker.backend'], '172.18.0.3', true],
  ]
  for (const [commandLine, serverAddress, expected] of cases) {
    const owners = [{ pid: 1, program: commandLine[0] ?? null, commandLine }]
    const target = { ...(await guardTarget('mysql://me@localhost:1/app', mysqlDefaults)), owners }
    const outcome = guardLocality(target, { ...unknown, serverAddress }).then(
      () => true,
      (error: unknown) => (error instanceof Failure ? false : assert.fail(String(error))),
    )
    assert.equal(await outcome, expected, `${commandLine.join(' ')}: ${serverAddress}`)
  }
})

test('clients are neighbours on loopback and in the network of the container', () => {
  const cases: readonly (readonly [string, string | null, boolean])[] = [
    ['127.0.0.1', null, true],
    ['::1', null, true],
    ['::ffff:127.0.0.1', null, true],
    ['203.0.113.7', null, false],
    ['203.0.113.7', '203.0.113.8', false],
    ['192.168.7.7', null, false],
    ['172.30.0.4', '172.30.0.2', true],
    ['172.31.0.4', '172.30.0.2', false],
    ['10.9.0.4/32', '10.9.200.2', true],
    ['fd00:1:2:3::4', 'fd00:1:2:3::9', true],
    ['colleague.office', null, false],
  ]
  for (const [client, container, expected] of cases) {
    assert.equal(
      passes(() => guardClients([client], container)),
      expected,
      `${client} ${container}`,
    )
  }
})

test('settings of cloud providers, and not of extensions', () => {
  for (const name of [
    'rds.extensions',
    'cloudsql.iam_authentication',
    'azure.extensions',
    'neon.timeline_id',
  ])
    assert.match(name, managedSettings)
  for (const name of [
    'auto_explain.log_timing',
    'pg_stat_statements.max',
    'plpgsql.check_asserts',
    'words.x',
  ])
    assert.doesNotMatch(name, managedSettings)
})
