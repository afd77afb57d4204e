import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { test } from 'node:test'
import { startLoadEngine } from '../../src/load/client.ts'
import type { RequestTemplate } from '../../src/model/load-plan.ts'
import { withRowRules, type VerifiedPlan } from '../../src/workflows/row-rules.ts'
import { asking, serve, step } from '../load/servers.ts'

const rows = [40, 3, 25, 0, 12, 7, 31, 18]
const known = rows.map((_, user) => `${user + 1}`)
const userId = { values: known, source: 'users.id', rows, missing: ['2000000000'] }
const request: RequestTemplate = {
  method: 'GET',
  path: '/users/:userId/activities',
  parameters: { userId },
  headers: {},
  body: null,
}

/** Activities of the user in the path: all, or a page of them. */
function activities(page = Infinity): RequestListener {
  return ({ url = '' }, response) => {
    const count = rows[Number(url.split('/')[2]) - 1] ?? 0
    if (count === 0) response.writeHead(404).end('{"error":"no such user"}')
    else
      response.end(
        JSON.stringify({ items: Array.from({ length: Math.min(count, page) }, (_, id) => ({ id })) }),
      )
  }
}

type Plan = Parameters<typeof withRowRules>[1]

async function verified(
  listener: RequestListener,
  use: (result: VerifiedPlan<Plan>, load: () => Promise<Record<string, number>>) => Promise<void> | void,
): Promise<void> {
  await using server = await serve(listener)
  const engine = startLoadEngine()
  try {
    const flows = [{ name: 'activities', weight: 1, requests: [request] }]
    const open = { ...asking(server.baseUrl), flows }
    const result = await withRowRules(engine, open)
    await use(result, async () => {
      await engine.open({ ...open, flows: result.plan.flows })
      const { errors } = await engine.runStep(0, step(5, 0.5), () => undefined)
      return Object.fromEntries(Object.entries(errors).filter(([, count]) => count > 0))
    })
  } finally {
    await engine.dispose()
  }
}

test('answers with all rows of a user must hold exactly those; 404 is as good as none', () =>
  verified(activities(), async ({ plan, notes }, load) => {
    assert.deepEqual(plan.flows[0]?.requests[0]?.rowRule, { parameter: 'userId', atMost: null })
    const asked = plan.flows[0]?.requests[0]?.parameters['userId']?.values ?? []
    assert.deepEqual([...new Set(asked)], [...known, '2000000000'])
    assert.ok(asked.length >= 50, 'few are for a user that is not there, however few others there are')
    assert.equal(asked.filter((value) => value === '2000000000').length, 1)
    assert.deepEqual(notes, [
      'GET /users/:userId/activities: every answer must hold as many rows as belong to :userId.',
    ])
    assert.deepEqual(await load(), {})
  }))

test('a page is found out, and is no wrong answer', () =>
  verified(activities(20), async ({ plan, notes }, load) => {
    assert.deepEqual(plan.flows[0]?.requests[0]?.rowRule, { parameter: 'userId', atMost: 20 })
    assert.match(notes[0] ?? '', /belong to :userId, at most 20\.$/)
    assert.deepEqual(await load(), {})
  }))

test('values that nobody has are left out where the endpoint refuses them', () =>
  verified(
    (incoming, response) => {
      if (incoming.url?.includes('2000000000')) response.writeHead(400).end()
      else activities()(incoming, response)
    },
    async ({ plan }, load) => {
      assert.deepEqual(plan.flows[0]?.requests[0]?.parameters['userId']?.values, known)
      assert.deepEqual(plan.flows[0]?.requests[0]?.rowRule, { parameter: 'userId', atMost: null })
      assert.deepEqual(await load(), {})
    },
  ))

test("under load, another user's rows are an error of their own kind", () => {
  let asked = 0
  return verified(
    (incoming, response) => {
      asked += 1
      // Mixes users up as soon as there is load.
      if (asked > 9) incoming.url = '/users/2/activities'
      activities()(incoming, response)
    },
    async (_, load) => {
      const errors = await load()
      assert.deepEqual(Object.keys(errors), ['wrong-rows'])
      assert.ok((errors['wrong-rows'] ?? 0) > 20)
    },
  )
})

test('an endpoint that answers something else is not verified', () =>
  verified(
    (_, response) => response.end(JSON.stringify([1, 2, 3])),
    async ({ plan, notes }, load) => {
      assert.equal(plan.flows[0]?.requests[0]?.rowRule, undefined)
      assert.match(notes[0] ?? '', /don't follow those of :userId/)
      assert.deepEqual(await load(), {})
    },
  ))
