import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noErrors, type Tick } from '../../src/model/run.ts'
import { shouldAbort } from '../../src/verdict/abort.ts'
import { parseBudget } from '../../src/verdict/budget.ts'
import { latenciesOf, recordedTogether } from '../../src/verdict/histogram.ts'
import { tickOf, uniform } from './synthetic-runs.ts'

const options = { durationSeconds: 10, minRequests: 20 }
const budget = parseBudget('p95<300ms, errors<1%')

function ticks(count: number, millis: (index: number) => number[]): Tick[] {
  return Array.from({ length: count }, (_, index) =>
    tickOf(
      1,
      10,
      millis(index).map((value) => value * 1000),
    ),
  )
}

const slow = (): number[] => Array.from({ length: 25 }, () => 900)

test('ends a step in which every answer is far too slow, after two seconds', () => {
  assert.equal(shouldAbort(ticks(7, slow), budget, options), null)
  assert.equal(shouldAbort(ticks(8, slow), budget, options)?.text, 'p95<300ms')
})

test('waits for half of a short step, or as long as it is told', () => {
  assert.equal(shouldAbort(ticks(4, slow), budget, { ...options, durationSeconds: 2 })?.text, 'p95<300ms')
  assert.equal(shouldAbort(ticks(3, slow), budget, { ...options, durationSeconds: 2 }), null)
  assert.equal(shouldAbort(ticks(12, slow), budget, { ...options, delaySeconds: 4 }), null)
})

test('ends a step whose failures can no longer be made up for', () => {
  const failing = ticks(8, () => [10]).map((tick) => ({
    ...tick,
    requests: 25,
    errors: { ...noErrors(), timeout: 24 },
  }))
  assert.equal(shouldAbort(failing, budget, options)?.text, 'errors<1%')
})

test('does not end a step for a few, for nothing, for its throughput, or without histograms', () => {
  assert.equal(shouldAbort([], budget, options), null)
  assert.equal(
    shouldAbort(
      ticks(12, () => [900]),
      budget,
      options,
    ),
    null,
  )
  assert.equal(shouldAbort(ticks(30, slow), parseBudget('rps>5000'), options), null)
  const bare = ticks(12, slow).map((tick) => ({ ...tick, histogram: '' }))
  assert.equal(shouldAbort(bare, budget, options), null)
})

test('p99.9 of few answers is no reason', () => {
  assert.equal(shouldAbort(ticks(12, slow), parseBudget('p99.9<300ms'), options), null)
})

test('property: a step that passes at its end was never to be ended on its way', () => {
  const draw = uniform(11)
  let passed = 0
  let ended = 0
  for (let round = 0; round < 150; round += 1) {
    const bad = draw() * 0.3
    const calm = draw()
    const all = ticks(40, (index) =>
      Array.from({ length: 10 + Math.floor(draw() * 10) }, () =>
        draw() < bad * (index < 40 * calm ? 1 : 0) ? 500 : 50,
      ),
    )
    const together = recordedTogether(all) ?? assert.fail()
    const passes = (latenciesOf(together).p95 ?? Infinity) < 300_000
    const cut = all.findIndex((_, index) => shouldAbort(all.slice(0, index + 1), budget, options) !== null)
    if (passes) assert.equal(cut, -1)
    passed += passes ? 1 : 0
    ended += cut === -1 ? 0 : 1
  }
  assert.ok(passed > 20 && ended > 20, `${passed} passed, ${ended} ended`)
})

test('says of a list that grows what it says of the same ticks at once', () => {
  const whole = ticks(12, (index) => Array.from({ length: 25 }, () => (index < 3 ? 50 : 900)))
  const growing: Tick[] = []
  const asked = whole.map((tick) => {
    growing.push(tick)
    return shouldAbort(growing, budget, options)
  })
  const expected = whole.map((_, index) => shouldAbort(whole.slice(0, index + 1), budget, options))
  assert.deepEqual(asked, expected)
  assert.equal(asked.at(-1)?.text, 'p95<300ms')
  assert.equal(asked[0], null)
})
