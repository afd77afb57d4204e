import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readConfig, type ProjectConfig } from '../../src/workflows/config.ts'
import {
  flowToEndpoint,
  outlineFlows,
  parseThinkTime,
  placeholdersIn,
  type Outline,
} from '../../src/workflows/flows.ts'
import { prepareLoadTest } from '../../src/workflows/prepare.ts'
import type { Target } from '../../src/workflows/target.ts'

const endpoint: Outline = { method: 'GET', path: '/items/:item', headers: {}, body: null }

async function withConfig<Result>(
  config: unknown,
  use: (config: ProjectConfig, root: string) => Promise<Result>,
): Promise<Result> {
  const root = await mkdtemp(join(tmpdir(), 'headroom-flows-'))
  try {
    await writeFile(join(root, 'headroom.config.json'), JSON.stringify(config))
    return await use(await readConfig(root), root)
  } finally {
    await rm(root, { recursive: true })
  }
}

const shop = {
  login: [
    { request: 'POST /login', body: { password: '${env:SHOP_PASSWORD}' }, capture: { token: '$.token' } },
  ],
  expect: { 'GET /items': { rows: { min: 1 } } },
  flows: {
    browse: {
      weight: 3,
      requests: [{ request: 'GET /items', capture: { item: '$[0].id' } }, { request: 'GET /items/:item' }],
    },
    buy: { requests: [{ request: 'POST /orders', body: '{"item":"{{item}}"}' }] },
  },
}

function outlined(config: ProjectConfig, names: readonly string[]) {
  const environment = { SHOP_PASSWORD: 'sesame' }
  return outlineFlows({
    config,
    names,
    endpoint,
    headers: { authorization: 'Bearer {{token}}' },
    environment,
  })
}

function requestTo(path: string) {
  return { ...endpoint, path, parameters: {} }
}

describe('flows', () => {
  it('are those that were chosen, after a log-in that each user does once', async () => {
    await withConfig(shop, async (config) => {
      const [browse, buy] = outlined(config, ['browse', 'buy'])
      assert.deepEqual([browse?.weight, buy?.weight], [3, 1])
      const [login, list, item] = browse?.requests ?? []
      assert.equal(login?.once, true)
      assert.equal(login?.body, '{"password":"sesame"}')
      assert.deepEqual(login?.headers, { 'content-type': 'application/json' }, 'it has no token yet')
      assert.deepEqual(list?.expect, { rows: { min: 1 } })
      assert.equal(item?.headers['authorization'], 'Bearer {{token}}')
      assert.equal(buy?.requests.at(-1)?.body, '{"item":"{{item}}"}')
    })
  })

  it('hold secrets of the environment as JSON writes them', async () => {
    await withConfig(shop, async (config) => {
      const environment = { SHOP_PASSWORD: 'a"b\\c' }
      const [flow] = outlineFlows({ config, names: ['browse'], endpoint, headers: {}, environment })
      assert.deepEqual(JSON.parse(flow?.requests[0]?.body ?? ''), { password: 'a"b\\c' })
    })
  })

  it('without a choice are the endpoint alone', async () => {
    await withConfig(shop, async (config) => {
      const flows = outlined(config, [])
      assert.deepEqual(
        flows.map(({ requests }) => requests.map(({ path }) => path)),
        [['/login', '/items/:item']],
      )
    })
  })

  it('that are not there, or never ask for the endpoint, are refused by name', async () => {
    await withConfig(shop, async (config) => {
      assert.throws(() => outlined(config, ['bye']), /has no flow `bye`\. It has browse, buy\./)
      assert.throws(() => outlined(config, ['buy']), /No chosen flow asks for GET \/items\/:item/)
    })
  })

  it('lead to the endpoint and no further when they are asked once', () => {
    const flows = [{ name: 'a', weight: 1, requests: [requestTo('/a'), requestTo('/b'), requestTo('/c')] }]
    const [first] = flowToEndpoint(flows, requestTo('/b'))
    assert.deepEqual(
      first?.requests.map(({ path }) => path),
      ['/a', '/b'],
    )
  })

  it('draw values for path, headers and body', () => {
    const request = { ...endpoint, headers: { a: '{{ tenant }}' }, body: '{"n":{{count}},"m":"{{item}}"}' }
    assert.deepEqual(placeholdersIn(request), ['item', 'tenant', 'count'])
    const sorted = { ...endpoint, path: '/items/:item?sort=name:asc&page=:page' }
    assert.deepEqual(placeholdersIn(sorted, ['page']), ['item', 'page'])
  })
})

describe('think time', () => {
  it('is a time or a range', () => {
    assert.deepEqual(parseThinkTime('1s'), { minMillis: 1000, maxMillis: 1000 })
    assert.deepEqual(parseThinkTime('2s - 500ms'), { minMillis: 500, maxMillis: 2000 })
  })

  it('is refused where it is neither', async () => {
    await assert.rejects(
      withConfig({ thinkTime: 'long' }, async () => null),
      /thinkTime: it must be a time such as 1s/,
    )
  })
})

describe('a request that changes data', () => {
  const target: Target = {
    baseUrl: 'http://127.0.0.1:9',
    host: '127.0.0.1',
    port: 9,
    source: 'configuration',
    given: true,
    listening: true,
    startCommand: null,
  }
  const order = { target, endpoint, routes: [], findings: [], parameters: { item: '1' } }

  it('is only prepared after a yes, wherever in the flows it is', async () => {
    process.env['SHOP_PASSWORD'] = 'sesame'
    await withConfig(shop, async (config, root) => {
      await assert.rejects(prepareLoadTest({ ...order, root, config }), {
        name: 'Failure',
        message: /^POST \/login changes data/,
      })
      const { plan } = await prepareLoadTest({ ...order, root, config, writes: true })
      assert.equal(plan.flows[0]?.requests.length, 2)
    })
    await withConfig({}, async (config, root) => {
      const gone = { ...order, root, config, endpoint: { method: 'DELETE' as const, path: '/items/:item' } }
      await assert.rejects(prepareLoadTest(gone), /^Failure: DELETE \/items\/:item changes data/)
      assert.equal((await prepareLoadTest({ ...gone, writes: true })).plan.request.method, 'DELETE')
    })
  })
})

describe('limits', () => {
  it('refuse more users than may wait at the same time', async () => {
    await withConfig({ maxInFlight: 50 }, async (config, root) => {
      const target: Target = {
        baseUrl: 'http://127.0.0.1:9',
        host: '127.0.0.1',
        port: 9,
        source: '',
        given: true,
        listening: true,
        startCommand: null,
      }
      const order = { root, config, target, endpoint, routes: [], findings: [], parameters: { item: '1' } }
      await assert.rejects(prepareLoadTest(order), /500 users are more than the 50 requests/)
      const open = await prepareLoadTest({ ...order, profile: 'constant-rate' })
      assert.ok(open.plan.steps.every(({ users }) => users === 50))
    })
  })
})
