import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mostAttempts, openSession } from '../../src/agent/session.ts'
import { serve } from '../cli/command-line.ts'
import { agentOn, apiWithLoop } from './project.ts'

const route = 'GET /users'

describe('attempts', () => {
  it('count load tests that break again, and are forgotten by one that holds', async () => {
    await using agent = await agentOn(apiWithLoop)
    const session = openSession(agent.session.host)
    assert.deepEqual([session.hasBroken(route), session.attemptsOf(route)], [false, 0])
    const counts = [1, 2, 3, 4].map(() => {
      session.countLoadTest(route, true)
      return session.attemptsOf(route)
    })
    assert.deepEqual(counts, [0, 1, 2, mostAttempts], 'the first break is what the attempts are for')
    assert.equal(session.attemptsOf('GET /posts'), 0)
    session.countLoadTest(route, false)
    assert.deepEqual([session.hasBroken(route), session.attemptsOf(route)], [false, 0])
  })

  it('end a loop: after the third the next step is a person', async () => {
    await using server = await serve((_request, response) => {
      setTimeout(() => response.end(JSON.stringify(Array.from({ length: 20 }, (_, id) => ({ id })))), 20)
    })
    const config = { baseUrl: `http://127.0.0.1:${server.port}`, users: [2], stepSeconds: 0.5 }
    await using agent = await agentOn({ ...apiWithLoop, 'headroom.config.json': JSON.stringify(config) })
    const answers: string[] = []
    for (let time = 0; time < 4; time += 1) {
      answers.push((await agent.call('load_test_route', { route, budget_ms: 5 })).text)
    }
    for (const text of answers) assert.match(text, /^FAIL p95 .* > 5 ms at [12] users?; /)
    assert.deepEqual(
      answers.map((text) => /^attempt (.*)$/m.exec(text)?.[1]),
      [undefined, '1/3', '2/3', '3/3'],
    )
    for (const text of answers.slice(0, 3))
      assert.match(text, /\nnext: headroom_apply_fix .*, then headroom_load_test_route$/)
    assert.match(answers.at(-1) ?? '', /\nnext: stop here; tell the person/)
    const { text } = await agent.call('load_test_route', { route, budget_ms: 2000 })
    assert.match(text, /^HOLDS [^]*\nnext: done$/)
  })
})

describe('a load test that measures nothing', () => {
  it('is an attempt as well', async () => {
    await using server = await serve((_request, response) => setTimeout(() => response.end('[]'), 1500))
    const config = { baseUrl: `http://127.0.0.1:${server.port}`, users: [1], stepSeconds: 0.5 }
    await using agent = await agentOn({ ...apiWithLoop, 'headroom.config.json': JSON.stringify(config) })
    for (let time = 0; time < mostAttempts; time += 1) agent.session.countLoadTest(route, true)
    const { text } = await agent.call('load_test_route', { route })
    assert.match(text, /^NOT MEASURED [^]*\nattempt 3\/3\nnext: stop here; tell the person/)
  })
})

describe('an endpoint that holds on a few rows', () => {
  it('has proven nothing yet', async () => {
    await using server = await serve((_request, response) => response.end('[{"id":1}]'))
    const config = { baseUrl: `http://127.0.0.1:${server.port}`, users: [1], stepSeconds: 0.5 }
    await using agent = await agentOn({ ...apiWithLoop, 'headroom.config.json': JSON.stringify(config) })
    const { text } = await agent.call('load_test_route', { route })
    assert.match(
      text,
      /^HOLDS [^]*one answer holds 1 row: few;[^]*\nnext: headroom_seed_data scale=small dry_run=true, then /,
    )
  })
})
