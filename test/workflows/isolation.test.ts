import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import type { RunEvent } from '../../src/model/panel.ts'
import { readConfig } from '../../src/workflows/config.ts'
import { findCopy, projectDatabase, sourceOfDatabase } from '../../src/workflows/project-database.ts'
import { planSeeds, resumeSeed, seedDatabase, undoSeed } from '../../src/workflows/seed.ts'
import { testEndpoint } from '../../src/workflows/test-endpoint.ts'
import { freePort } from '../servers/server.ts'

const folders: string[] = []
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

const never = new AbortController().signal
const ignore = () => undefined

/** Answers with the notes of a user, from the database that its environment or `.env` names. */
const server = `
  import { existsSync } from 'node:fs'
  import { createServer } from 'node:http'
  import { DatabaseSync } from 'node:sqlite'
  if (existsSync('.env')) process.loadEnvFile('.env')
  const database = new DatabaseSync(process.env.DATABASE_URL.replace('sqlite:', ''))
  const select = database.prepare('SELECT id FROM notes WHERE user_id = ?')
  createServer((request, response) => {
    const [, , user] = request.url.split('/')
    response.end(JSON.stringify(select.all(Number(user))))
  }).listen(process.env.PORT, '127.0.0.1')`

async function project(environment: string, config: object): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'headroom-isolation-'))
  folders.push(root)
  const database = new DatabaseSync(join(root, 'app.sqlite'))
  database.exec(`
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), text TEXT NOT NULL);
    INSERT INTO users VALUES (1, 'Ada');
    INSERT INTO notes VALUES (1, 1, 'first')`)
  database.close()
  await writeFile(join(root, 'server.mjs'), server)
  await writeFile(join(root, '.env'), environment)
  await writeFile(join(root, 'headroom.config.json'), JSON.stringify(config))
  return root
}

function notesIn(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true })
  const row = database.prepare('SELECT count(*) AS n FROM notes').get()
  database.close()
  return Number(row?.['n'])
}

test('rows go into a copy, which the server that is started uses, and undo removes', async () => {
  const port = await freePort()
  const startCommand = `"${process.execPath}" --no-warnings server.mjs`
  const settings = { baseUrl: `http://127.0.0.1:${port}`, startCommand, stepSeconds: 0.5, users: [2] }
  const root = await project('DATABASE_URL=sqlite:./app.sqlite\n', settings)
  const config = await readConfig(root)
  const database = await projectDatabase(root, config)
  assert.equal(database.variable, 'DATABASE_URL')
  const options = [{ rows: { users: 20 }, per: { notes: 10 } }]
  const [plan] = await planSeeds({ ...database, options }, ignore, never)
  assert.ok(plan)
  const result = await seedDatabase({ ...database, plan }, ignore, never)
  assert.deepEqual([result.rows, result.copy, result.complete], [220, 'filled', true])
  assert.equal(notesIn(join(root, 'app.sqlite')), 1)
  const copy = await findCopy(database)
  assert.ok(copy !== null)
  assert.equal(notesIn(join(root, copy.replace('sqlite:', ''))), 201)

  const events: RunEvent[] = []
  const endpoint = { method: 'GET', path: '/users/:userId/notes' } as const
  const order = { root, config, endpoint, routes: [], findings: [], start: true }
  const run = await testEndpoint(order, (event) => events.push(event), never)
  const activities = events.flatMap((event) => (event.kind === 'activity' ? [event.activity] : []))
  assert.ok(activities.includes('The server uses the seeded copy of the database'))
  assert.equal(run.conditions.rows['notes'], 201)
  assert.deepEqual(run.conditions.verified, [
    'GET /users/:userId/notes: every answer must hold as many rows as belong to :userId.',
  ])
  assert.equal(run.verdict.kind, 'holds')
  assert.equal(notesIn(join(root, 'app.sqlite')), 1)

  const undone = await undoSeed(database, ignore, never)
  assert.deepEqual([undone.rows, undone.copy], [0, 'removed'])
  assert.equal(await findCopy(database), null)
  assert.equal(existsSync(join(root, copy.replace('sqlite:', ''))), false)
})

test('rows go into the database itself where that is wanted, or the server can not be told of another', async () => {
  const root = await project('DATABASE_URL=sqlite:./app.sqlite\n', {})
  const config = await readConfig(root)
  assert.equal((await projectDatabase(root, config, { inPlace: true })).variable, null)
  assert.equal((await projectDatabase(root, config, { given: 'sqlite:./app.sqlite' })).variable, null)
  const fixed = await project('', { database: 'sqlite:./app.sqlite' })
  assert.equal((await projectDatabase(fixed, await readConfig(fixed))).variable, null)
  const named = await project('', { database: 'sqlite:./app.sqlite', databaseVariable: 'SQLITE_FILE' })
  assert.equal((await projectDatabase(named, await readConfig(named))).variable, 'SQLITE_FILE')
})

test('what is stopped before its first row leaves no copy behind', async () => {
  const root = await project('DATABASE_URL=sqlite:./app.sqlite\n', {})
  const database = await projectDatabase(root, await readConfig(root))
  const [plan] = await planSeeds({ ...database, options: [{ rows: { users: 20 } }] }, ignore, never)
  assert.ok(plan)
  const result = await seedDatabase({ ...database, plan }, ignore, AbortSignal.abort())
  assert.deepEqual([result.rows, result.complete, result.copy], [0, false, undefined])
  assert.equal(result.database, plan.database)
  assert.equal(await findCopy(database), null)
})

test('rows of the database itself are resumed beside a copy that is complete', async () => {
  const root = await project('DATABASE_URL=sqlite:./app.sqlite\n', {})
  const database = await projectDatabase(root, await readConfig(root))
  const options = [{ rows: { users: 20, notes: 200_000 } }]
  const [plan] = await planSeeds({ ...database, options }, ignore, never)
  assert.ok(plan)
  await seedDatabase({ ...database, plan }, ignore, never)
  const stop = new AbortController()
  const inPlace = { ...database, variable: null }
  const stopped = await seedDatabase(
    { ...inPlace, plan },
    ({ phase }) => phase === 'insert' && stop.abort(),
    stop.signal,
  )
  assert.ok(!stopped.complete && stopped.rows > 0)
  const resumed = await resumeSeed(database, ignore, never)
  assert.deepEqual([resumed.complete, resumed.copy], [true, undefined])
  assert.equal(notesIn(join(root, 'app.sqlite')), 200_001)
})

test('the line that names the database is found, and none where the configuration names it', async () => {
  const root = await project('PORT=3000\n# DATABASE_URL=old\nexport DATABASE_URL=sqlite:./app.sqlite\n', {})
  const where = { variable: 'DATABASE_URL', file: '.env', line: 2 }
  const config = await readConfig(root)
  assert.deepEqual(await sourceOfDatabase(root, config), where)
  assert.deepEqual(await sourceOfDatabase(root, { ...config, database: '${env:DATABASE_URL}' }), where)
  assert.equal(await sourceOfDatabase(root, { ...config, database: 'sqlite:./app.sqlite' }), null)
})
