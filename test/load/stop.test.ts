import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openEngine } from '../../src/load/engine.ts'
import { seededRandom } from '../../src/load/random.ts'
import type { Step } from '../../src/model/load-plan.ts'
import { failedRequests, type Tick } from '../../src/model/run.ts'
import { asking, serve, step } from './servers.ts'

test('stopped at any of 100 random moments, what was sent is answered, failed or cancelled', async () => {
  const random = seededRandom(4)
  await using server = await serve((request, response) => {
    const luck = random()
    if (luck < 0.1) request.socket.destroy()
    else if (luck < 0.2) response.writeHead(503).end()
    else setTimeout(() => response.end('ok'), luck * 30)
  })
  for (let moment = 0; moment < 100; moment += 1) {
    const closed: Step = {
      phase: 'ramp',
      users: 20,
      durationSeconds: 5,
      maxDurationSeconds: 5,
      minRequests: 0,
    }
    const planned: Step = moment % 2 === 0 ? closed : { ...closed, rate: 800 }
    const engine = await openEngine(asking(server.baseUrl))
    const ticks: Tick[] = []
    const running = engine.runStep(0, planned, (tick) => ticks.push(tick))
    await pause(random() * 60)
    const asked = performance.now()
    engine.stop()
    const result = await running
    assert.ok(performance.now() - asked < 500)
    assert.equal(result.complete, false)
    const good = Object.entries(result.statuses).reduce(
      (sum, [status, count]) => (status < '400' ? sum + count : sum),
      0,
    )
    assert.equal(result.sent, good + failedRequests(result.errors) + result.errors.cancelled)
    assert.equal(result.requests, good + failedRequests(result.errors))
    assert.equal(
      ticks.reduce((sum, tick) => sum + tick.requests, 0),
      result.requests,
    )
  }
})

test('after its load is held no longer, a user that rests asks nothing more', async () => {
  let asked = 0
  await using server = await serve((request) => {
    asked += 1
    // Once both ask, one waits for its timeout; the other gets no answer at all and rests.
    if (asked !== 2) request.socket.destroy()
  })
  const engine = await openEngine(asking(server.baseUrl, { timeoutMillis: 800 }))
  let askedThen: number | null = null
  await engine.runStep(0, step(2, 30), (tick) => {
    if (askedThen !== null || tick.errors.reset === 0 || tick.inFlight !== 1) return
    askedThen = asked
    engine.release()
  })
  engine.stop()
  assert.equal(asked, askedThen)
})

test('a step of many hours ticks less often, so that its run can still be kept', async () => {
  const began = performance.now()
  await using server = await serve((_, response) => {
    response.end('ok')
    if (performance.now() - began > 700) engine.stop()
  })
  const engine = await openEngine(asking(server.baseUrl))
  let ticks = 0
  await engine.runStep(0, step(1, 24 * 3600), () => (ticks += 1))
  assert.equal(ticks, 1, 'the last one, which every step has')
})
