import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Route } from '../../src/model/route.ts'
import { changedCells, checkRoles, writeBaseline, type RoleCheck } from '../../src/workflows/check-roles.ts'
import { readConfig } from '../../src/workflows/config.ts'
import { serve } from '../load/servers.ts'

const folders: string[] = []
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

const never = new AbortController().signal
const config = {
  parameters: { id: ['7', '8'] },
  roles: {
    admin: { login: [{ request: 'POST /login', body: { name: 'ada', password: '${env:ADA_PASSWORD}' } }] },
    member: { headers: { Authorization: 'Bearer member-token' } },
    anonymous: {},
  },
}

async function checkFor(baseUrl: string, changes: object = {}): Promise<RoleCheck> {
  const root = await mkdtemp(join(tmpdir(), 'headroom-roles-'))
  folders.push(root)
  await writeFile(join(root, 'headroom.config.json'), JSON.stringify({ ...config, ...changes, baseUrl }))
  await writeFile(join(root, '.env'), 'ADA_PASSWORD=correct horse\n')
  const routes = [
    route('GET', '/'),
    route('GET', '/admin'),
    route('GET', '/notes/:id'),
    route('DELETE', '/notes/:id'),
    route('GET', '/unknown/:slug'),
  ]
  return { root, config: await readConfig(root), routes, start: false, writes: false }
}

function route(method: Route['method'], path: string): Route {
  const place = { file: 'app.ts', line: 1, column: 1, endLine: 1 }
  return {
    ...place,
    method,
    path,
    parameters: [],
    handler: null,
    framework: 'express',
    language: 'typescript',
  }
}

/** Logs Ada in by a cookie and a member by a token; others are led to the log-in page. */
class Application {
  readonly asked: string[] = []
  adminIsOpen = false

  readonly listen = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request
    this.asked.push(`${method} ${url}`)
    const role = headers.cookie === 'session=ada' ? 'admin' : headers.authorization ? 'member' : null
    if (url === '/login' && method === 'POST') {
      let body = ''
      for await (const chunk of request.setEncoding('utf8')) body += chunk
      if (!body.includes('correct horse')) response.writeHead(401).end('wrong password')
      else response.writeHead(204, { 'set-cookie': 'session=ada; HttpOnly' }).end()
    } else if (url === '/' || url === '/login') response.end('welcome')
    else if (role === null) response.writeHead(302, { location: '/login' }).end()
    else if (url === '/admin' && role !== 'admin' && !this.adminIsOpen) response.writeHead(403).end()
    else if (url === '/notes/7' && role === 'admin') response.writeHead(500).end()
    else response.end('[]')
  }
}

test('every role asks for every route once, logged in as the configuration says', async () => {
  const application = new Application()
  await using server = await serve((request, response) => void application.listen(request, response))
  const matrix = await checkRoles(await checkFor(server.baseUrl), () => undefined, never)
  const told = Object.fromEntries(
    matrix.cells.map(({ role, route: key, status, outcome }) => [`${role} ${key}`, `${outcome} ${status}`]),
  )
  assert.deepEqual(told, {
    'admin GET /': 'allowed 200',
    'admin GET /admin': 'allowed 200',
    'admin GET /notes/:id': 'failed 500',
    'member GET /': 'allowed 200',
    'member GET /admin': 'refused 403',
    'member GET /notes/:id': 'allowed 200',
    'anonymous GET /': 'allowed 200',
    'anonymous GET /admin': 'refused 200',
    'anonymous GET /notes/:id': 'refused 200',
  })
  assert.equal(application.asked.filter((asked) => asked === 'POST /login').length, 1)
  assert.equal(
    application.asked.some((asked) => asked.startsWith('DELETE')),
    false,
  )
  assert.deepEqual(
    matrix.notChecked.map(({ route: key }) => key),
    ['DELETE /notes/:id', 'GET /unknown/:slug'],
  )
  assert.match(matrix.notChecked[1]?.reason ?? '', /`:slug` needs values/)
})

test('what differs from the committed matrix is told; the file keeps routes that were not asked for', async () => {
  const application = new Application()
  await using server = await serve((request, response) => void application.listen(request, response))
  const check = await checkFor(server.baseUrl)
  const first = await checkRoles(check, () => undefined, never)
  assert.deepEqual(changedCells(first), [])
  const file = await writeBaseline(check.root, first)
  await writeFile(file, (await readFile(file, 'utf8')).replace('{', '{ "GET /old": { "admin": "allowed" },'))
  application.adminIsOpen = true
  const second = await checkRoles(check, () => undefined, never)
  assert.deepEqual(changedCells(second), [
    { role: 'member', route: 'GET /admin', status: 200, outcome: 'allowed', before: 'refused' },
  ])
  await writeBaseline(check.root, second)
  const kept: unknown = JSON.parse(await readFile(file, 'utf8'))
  assert.deepEqual(kept, {
    'GET /': { admin: 'allowed', member: 'allowed', anonymous: 'allowed' },
    'GET /admin': { admin: 'allowed', member: 'allowed', anonymous: 'refused' },
    'GET /notes/:id': { admin: 'failed', member: 'allowed', anonymous: 'refused' },
    'GET /old': { admin: 'allowed' },
  })
})

test('a log-in that fails, no roles, and a broken matrix are one sentence each', async () => {
  const application = new Application()
  await using server = await serve((request, response) => void application.listen(request, response))
  const wrong = await checkFor(server.baseUrl, {
    roles: { admin: { login: [{ request: 'POST /login', body: { password: 'no' } }] } },
  })
  await assert.rejects(
    checkRoles(wrong, () => undefined, never),
    /As admin: POST \/login answered 401, and the requests after/,
  )
  const none = await checkFor(server.baseUrl, { roles: {} })
  await assert.rejects(
    checkRoles(none, () => undefined, never),
    /No roles are configured/,
  )
  const broken = await checkFor(server.baseUrl)
  await writeFile(join(broken.root, 'headroom.roles.json'), '{"GET /": {"admin": "maybe"}}')
  await assert.rejects(
    checkRoles(broken, () => undefined, never),
    /not a role matrix/,
  )
})
