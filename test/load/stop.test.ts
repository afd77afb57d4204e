import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { openEngine } from '../../src/load/engine.ts'
import { seededRandom } from '../../src/load/random.ts'
import type { Step } from '../../src/model/load-plan.ts'
import { failedRequests, type Tick } from '../../src/model/run.ts'
import { asking, serve } from './servers.ts'

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
