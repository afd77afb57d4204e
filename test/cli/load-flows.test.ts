import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Run } from '../../src/model/run.ts'
import { headroom, serve, type Outcome } from './command-line.ts'

const config = {
  login: [
    { request: 'POST /login', body: { name: '{{name}}', password: 'sesame' }, capture: { token: '$.token' } },
  ],
  parameters: { name: ['ada', 'grace'] },
  headers: { authorization: 'Bearer {{token}}' },
  flows: {
    browse: {
      weight: 3,
      requests: [{ request: 'GET /items', capture: { item: '$[0].id' } }, { request: 'GET /items/:item' }],
    },
    buy: { requests: [{ request: 'POST /orders', body: { item: 1 } }] },
  },
}

describe('flows on the command line', () => {
  let root = ''
  let shop: Awaited<ReturnType<typeof serve>>
  let slow = false

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-shop-'))
    await writeFile(join(root, 'package.json'), '{"name":"shop"}')
    await writeFile(join(root, 'headroom.config.json'), JSON.stringify(config))
    shop = await serve((request, response) => {
      const isAllowed = request.url === '/login' || request.headers.authorization === 'Bearer t'
      response.setHeader('content-type', 'application/json')
      if (!isAllowed) return void response.writeHead(401).end('{}')
      const body = request.url === '/login' ? '{"token":"t"}' : request.url === '/items' ? '[{"id":7}]' : '{}'
      return void setTimeout(() => response.end(body), slow ? 80 : 0)
    })
  })
  after(async () => {
    await shop[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })

  function load(...args: readonly string[]): Promise<Outcome> {
    const url = `http://127.0.0.1:${shop.port}`
    const size = ['--users', '2,4', '--duration', '0.6s', '--param', 'name=ada']
    return headroom(root, 'load', 'GET /items/:item', '--base-url', url, ...size, ...args)
  }

  it('are run by weight after the log-in, each request measured on its own, and nothing secret is kept', async () => {
    const { exitCode, stdout, stderr } = await load('--flow', 'browse', 'buy', '--yes', '--json')
    assert.equal(exitCode, 0, stderr)
    const run: Run = JSON.parse(stdout)
    assert.equal(run.verdict.kind, 'holds')
    const step = run.steps.find(({ phase }) => phase === 'ramp')
    const counts = Object.fromEntries((step?.perRequest ?? []).map(({ name, requests }) => [name, requests]))
    assert.ok((counts['GET /items/:item'] ?? 0) > (counts['POST /orders'] ?? 0), JSON.stringify(counts))
    assert.ok((counts['POST /orders'] ?? 0) > 0)
    assert.doesNotMatch(stdout, /sesame|Bearer|"ada"/)
    const { stdout: text } = await headroom(root, 'report', await kept(run), '--format', 'text')
    assert.match(text, /POST \/orders/)
  })

  it('that change data wait for a yes', async () => {
    const { exitCode, stderr, stdout } = await load()
    assert.equal(exitCode, 2)
    assert.match(stderr, /POST \/login changes data.*\n {2}try --yes/)
    assert.equal(stdout, '')
  })

  it('that are not there are named', async () => {
    const { exitCode, stderr } = await load('--flow', 'sell', '--yes')
    assert.equal(exitCode, 2)
    assert.match(stderr, /no flow `sell`\. It has browse, buy\./)
  })

  it('end with 4 where the endpoint got worse than the baseline', async () => {
    const baseline = join(root, 'baseline.json')
    // Long enough to tell a change from noise.
    const size = ['--flow', 'browse', '--yes', '--budget', 'p95<5s', '--users', '4', '--duration', '3s']
    const good = await load(...size, '--output', baseline)
    assert.equal(good.exitCode, 0, good.stderr)
    slow = true
    const worse = await load(...size, '--baseline', baseline)
    slow = false
    assert.equal(worse.exitCode, 4, worse.stdout + worse.stderr)
  })

  async function kept(run: Run): Promise<string> {
    const file = join(root, '.headroom', 'runs', `${run.id}.json`)
    assert.equal(JSON.parse(await readFile(file, 'utf8')).id, run.id)
    return file
  }
})
