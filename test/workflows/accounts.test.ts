import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import type { Run } from '../../src/model/run.ts'
import { readConfig } from '../../src/workflows/config.ts'
import { planSeeds, seedDatabase } from '../../src/workflows/seed.ts'
import { testEndpoint } from '../../src/workflows/test-endpoint.ts'
import { serve } from '../load/servers.ts'

const folders: string[] = []
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

const never = new AbortController().signal
const password = 'correct horse'
const hash = scryptSync(password, 'salt', 32).toString('hex')

async function seeded(config: object): Promise<{ readonly root: string; readonly database: DatabaseSync }> {
  const root = await mkdtemp(join(tmpdir(), 'headroom-accounts-'))
  folders.push(root)
  const database = new DatabaseSync(join(root, 'app.sqlite'))
  database.exec(`
    CREATE TABLE users (
      id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL,
      role TEXT NOT NULL CHECK (role IN ('member', 'admin')));
    CREATE TABLE sessions (
      token VARCHAR(64) PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), expires_at DATETIME NOT NULL)`)
  const columns = { password_hash: { fixed: hash }, role: { values: { member: 0.9, admin: 0.1 } } }
  const factory = { rows: { users: 40 }, per: { sessions: 2 }, tables: { users: { columns } } }
  const base = { database: 'sqlite:./app.sqlite', stepSeconds: 0.5, users: [4], factory }
  await writeFile(join(root, 'headroom.config.json'), JSON.stringify({ ...base, ...config }))
  const project = { root, databaseUrl: 'sqlite:./app.sqlite', variable: null }
  const [plan] = await planSeeds({ ...project, options: [{}] }, () => undefined, never)
  assert.ok(plan)
  await seedDatabase({ ...project, plan }, () => undefined, never)
  return { root, database }
}

async function load(root: string, baseUrl: string): Promise<Run> {
  const config = await readConfig(root, { baseUrl })
  const endpoint = { method: 'GET', path: '/me' } as const
  const order = { root, config, endpoint, routes: [], findings: [], start: false, writes: true }
  return testEndpoint(order, () => undefined, never)
}

function failures({ steps }: Run): Record<string, number> {
  const all = steps.flatMap(({ errors }) => Object.entries(errors)).filter(([, count]) => count > 0)
  return Object.fromEntries(all)
}

test('seeded users log in with a password that the configuration knows the hash of', async () => {
  const login = { request: 'POST /login', body: { email: '{{email}}', password }, capture: { id: '$.id' } }
  const parameters = { email: 'users.email' }
  const headers = { authorization: 'User {{id}}' }
  const { root, database } = await seeded({ login: [login], parameters, headers })
  const select = database.prepare('SELECT id, password_hash FROM users WHERE email = ?')
  const loggedIn = new Set<unknown>()
  const logIn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const given = JSON.parse(body) as { email: string; password: string }
    const user = select.get(given.email)
    const fits = user?.['password_hash'] === scryptSync(given.password, 'salt', 32).toString('hex')
    if (fits) loggedIn.add(user?.['id'])
    response.writeHead(fits ? 200 : 401).end(JSON.stringify({ id: user?.['id'] }))
  }
  await using server = await serve((request, response) => {
    const known = loggedIn.has(Number(request.headers.authorization?.replace('User ', '')))
    if (request.url === '/login') void logIn(request, response)
    else response.writeHead(known ? 200 : 401).end('{}')
  })
  const run = await load(root, server.baseUrl)
  assert.deepEqual([run.verdict.kind, failures(run)], ['holds', {}])
  assert.ok(loggedIn.size > 1, 'users log in as different accounts')
  const roles = database.prepare('SELECT DISTINCT role FROM users ORDER BY role').all()
  assert.deepEqual(
    roles.map(({ role }) => role),
    ['admin', 'member'],
  )
  database.close()
})

test('seeded sessions are valid as long as anything is measured', async () => {
  const parameters = { token: 'sessions.token' }
  const { root, database } = await seeded({ headers: { authorization: 'Bearer {{token}}' }, parameters })
  const select = database.prepare(
    `SELECT user_id FROM sessions WHERE token = ? AND expires_at > datetime('now')`,
  )
  await using server = await serve(({ headers }, response) => {
    const session = select.get(headers.authorization?.replace('Bearer ', '') ?? '')
    response.writeHead(session === undefined ? 401 : 200).end('{}')
  })
  const run = await load(root, server.baseUrl)
  assert.deepEqual([run.verdict.kind, failures(run)], ['holds', {}])
  database.close()
})
