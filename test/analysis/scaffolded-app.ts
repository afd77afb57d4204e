import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Inspection } from '../../src/analysis/inspection.ts'
import { apply, projectOf, sampleFolder } from './temporary-project.ts'

/** An application, and what is to be added to it. */
export interface Scaffold {
  readonly rule: string
  readonly fix?: string
  readonly file?: string
  readonly text: string
  /** Constants of the added code that a test makes shorter. */
  readonly constants?: Readonly<Record<string, string>>
  /** Names of the added code that a test uses by themselves. */
  readonly exports?: readonly string[]
}

/** An application of Express with a table of posts in memory, which counts the queries it makes. */
export function postsApp(routes: string): string {
  return `import express from 'express'
import knex from 'knex'

const db = knex({
  client: 'better-sqlite3',
  connection: { filename: ':memory:' },
  useNullAsDefault: true,
  pool: { min: 1, max: 1 },
})
await db.schema.createTable('posts', (table) => {
  table.increments('id')
  table.string('title')
})
await db('posts').insert([{ title: 'one' }, { title: 'two' }])
export const queries: string[] = []
db.on('query', ({ sql }: { sql: string }) => queries.push(sql))
export const close = (): Promise<void> => db.destroy()

export const app = express()
app.set('trust proxy', true)
app.set('env', 'test')

${routes}`
}

/** Adds a scaffold, writes the new text to a folder in which Express and Knex can be imported, and gives both. */
export function scaffold(
  t: TestContext,
  { rule, fix = rule, file = 'app.ts', text, constants, exports }: Scaffold,
) {
  const root = projectOf(t, { [file]: text, 'package.json': '{ "type": "module" }' })
  symlinkSync(join(sampleFolder, 'node_modules'), join(root, 'node_modules'), 'junction')
  const inspection = new Inspection(root)
  const report = inspection.check({})
  assert.deepEqual(report.problems, [])
  const finding = [...report.scaffolds, ...report.findings].find((each) => each.rule === rule)
  assert.ok(finding, `${rule} is offered`)
  apply(root, inspection.fix({ finding, fix }))
  assert.deepEqual(inspection.check({}).problems, [])
  const path = join(root, file)
  const added = readFileSync(path, 'utf8')
  let changed = added
  for (const [name, value] of Object.entries(constants ?? {})) {
    const next = changed.replace(new RegExp(`(const ${name} = ).*`), `$1${value}`)
    assert.notEqual(next, changed, `${name} is there`)
    changed = next
  }
  if (exports) changed += `\nexport { ${exports.join(', ')} }\n`
  writeFileSync(path, changed)
  return { root, path, text: added }
}

/** Runs an application with a scaffold on a port of its own, and gives its address and its module. */
export async function run(t: TestContext, given: Scaffold): Promise<{ url: string; module: unknown }> {
  const { path } = scaffold(t, given)
  const module = await import(pathToFileURL(path).href)
  if ('close' in module) t.after(module.close)
  return { url: await listen(t, module.app), module }
}

/** Listens on a free port of the loopback address until the test ends. */
export async function listen(t: TestContext, app: RequestListener): Promise<string> {
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Another service: answers as told, one after the other, the last one for good; keeps the requests it got. */
export async function service(t: TestContext, ...answers: readonly Answer[]) {
  const requests: IncomingMessage[] = []
  const url = await listen(t, (request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)]
    requests.push(request)
    if (typeof answer === 'function') answer(response)
    else response.writeHead(answer ?? 200).end('answer')
  })
  return { url, requests }
}

type Answer = number | ((response: ServerResponse) => void)

/** An application of Express that asks another service about the weather. */
export const weatherApp = (url: string): string => `import express from 'express'

export const app = express()
app.set('env', 'test')

app.get('/weather', async (req, res) => {
  const answer = await fetch('${url}/today')
  res.status(answer.status).send(await answer.text())
})
`

/** A route that reads one post, and one that inserts a post. */
export const readPost = `app.get('/posts/:id', async (req, res) => {
  const post = await db('posts').where({ id: req.params.id }).first()
  if (!post) throw new Error('no such post')
  res.json(post)
})
`
export const writePost = `app.post('/posts', express.json(), async (req, res) => {
  if (req.query.slowly) await new Promise((resolve) => setTimeout(resolve, 100))
  if (req.query.failing && queries.length === 0) {
    queries.push('failed')
    throw new Error('failed')
  }
  const [id] = await db('posts').insert({ title: req.body.title })
  res.status(201).location('/posts/' + id).json({ id })
})
`
