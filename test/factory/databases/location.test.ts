import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'node:test'

import { databaseKinds, openDatabase } from '../../../src/factory/databases/index.ts'
import { isLoopbackHost } from '../../../src/factory/databases/location.ts'
import { Failure } from '../../../src/model/failure.ts'
import { createDatabase } from '../temporary-database.ts'

async function refusal(url: string, root: string): Promise<Failure> {
  try {
    const database = await openDatabase(url, root)
    await database.close()
  } catch (error) {
    assert.ok(error instanceof Failure, String(error))
    return error
  }
  return assert.fail(`${url} was opened`)
}

test('every way to name a SQLite file opens it', async (context) => {
  const { root, path } = createDatabase(context, 'CREATE TABLE t (id INTEGER PRIMARY KEY)', 'my app.sqlite')
  const urls = [
    './my app.sqlite',
    'my app.sqlite',
    path,
    `sqlite:${path}`,
    'sqlite:./my app.sqlite',
    'SQLITE:my app.sqlite',
  ]
  const forms = [
    ...urls,
    `file:${path}`,
    'file:./my app.sqlite?mode=rw',
    pathToFileURL(path).href,
    'sqlite://./my%20app.sqlite',
  ]
  for (const url of forms) {
    const database = await openDatabase(url, root)
    assert.equal(database.display, 'my app.sqlite', url)
    await database.close()
  }
})

test('a file that does not exist is named and not created', async (context) => {
  const { root } = createDatabase(context, '')
  const failure = await refusal('sqlite:./data/app.sqlite', root)
  assert.equal(
    failure.message,
    'There is no database at data/app.sqlite. Start the app once so that it creates it.',
  )
  await refusal('other.db', root)
  assert.deepEqual(readdirSync(root), ['app.sqlite'])
  assert.equal(existsSync(join(root, 'data')), false)
})

test('a file that is no database, a folder and an in-memory database are refused in words', async (context) => {
  const { root } = createDatabase(context, '')
  writeFileSync(join(root, 'notes.db'), 'These are just some notes, and they are long enough.')
  mkdirSync(join(root, 'folder.sqlite'))
  assert.match((await refusal('notes.db', root)).message, /notes\.db is not a SQLite database/)
  assert.match((await refusal('folder.sqlite', root)).message, /not a file/)
  assert.match((await refusal('sqlite::memory:', root)).message, /in-memory/)
})

const remote: readonly (readonly [string, string])[] = [
  ['postgres://app:hunter2@db.example.com:5432/app', 'db.example.com'],
  ['postgresql://app:hunter2@10.0.0.5/app', '10.0.0.5'],
  ['postgres://app:hunter2@localhost,db.example.com/app', 'db.example.com'],
  ['postgres://app:hunter2@localhost/app?host=db.example.com', 'db.example.com'],
  ['postgres://app:hunter2@localhost/app?hostaddr=10.0.0.5', '10.0.0.5'],
  ['mysql://root:hunter2@localhost.example.com/app', 'localhost.example.com'],
  ['postgres://app:hunter2@127.0.0.1.example.com/app', '127.0.0.1.example.com'],
  ['postgres://app:hun@ter2@db.example.com/app', 'db.example.com'],
  ['libsql://app.example.com?authToken=hunter2', 'app.example.com'],
  ['file://server.example.com/share/app.sqlite', 'server.example.com'],
]

test('a database on another machine is refused by its host', async () => {
  for (const [url, host] of remote) {
    const failure = await refusal(url, '/')
    assert.equal(failure.data.code, 'HR_DATABASE_NOT_LOCAL', url)
    assert.equal(
      failure.message,
      `Headroom only writes to databases on this machine. \`${host}\` is not local. Nothing was written.`,
    )
  }
})

test('no message repeats a password', async () => {
  const secrets = [
    'postgres://app:hunter2@localhost:1/app',
    'mysql://app:hunter2@localhost:1/app',
    'mysql://app:hunter2@localhost:1/',
    'postgres://app:hunter2/x@db.example.com/app',
    'postgres://:hunter2/x@db.example.com/app',
    'postgres://app:hunter2?x@db.example.com/app',
    'postgres://app:hunter2#x@db.example.com/app',
    'mongodb+srv://app:hunter2@cluster.example.com/app',
    'app:hunter2@localhost/app',
    'hunter2',
    ...remote.map(([url]) => url),
  ]
  for (const url of secrets) {
    const { data } = await refusal(url, '/')
    assert.doesNotMatch(JSON.stringify(data), /hunter2|ter2/, url)
    assert.equal(data.exitCode, 2)
  }
})

test('a local server that is not supported yet is said so', async () => {
  const failure = await refusal('mssql://app:secret@127.0.0.1:1433/app', '/')
  const supported = databaseKinds.map(({ exampleUrl }) => exampleUrl).join(', ')
  assert.equal(
    failure.message,
    `SQL Server databases are not supported yet. Headroom can seed ${supported}. Nothing was written.`,
  )
})

test('loopback hosts', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]', '::1', '', 'db.localhost'])
    assert.ok(isLoopbackHost(host), host)
  for (const host of ['0.0.0.0', '128.0.0.1', '::2', 'localhost.com', '127.0.0.1.nip.io'])
    assert.ok(!isLoopbackHost(host), host)
})

test('every kind of database has an id, a scheme of its own and an example that names it', () => {
  const schemes = databaseKinds.flatMap((kind) => kind.schemes)
  assert.equal(new Set(schemes).size, schemes.length)
  for (const kind of databaseKinds) {
    assert.match(kind.id, /^[a-z]+$/)
    assert.ok(kind.schemes.some((scheme) => kind.exampleUrl.startsWith(`${scheme}:`)))
  }
})
