import assert from 'node:assert/strict'
import { test } from 'node:test'
import { latencyMetrics } from '../../src/model/budget.ts'
import { Failure } from '../../src/model/failure.ts'
import { evaluate, measure } from '../../src/model/measure.ts'
import { formatBudget, parseBudget } from '../../src/verdict/budget.ts'
import { result } from './results.ts'

const units = ['us', 'µs', 'ms', 's', 'm'] as const
const microsPer = { us: 1, µs: 1, ms: 1_000, s: 1_000_000, m: 60_000_000 }

/** Numbers 0..1 that are the same in every run: xorshift32. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

test('reads every clause of the grammar', () => {
  assert.deepEqual(parseBudget('p95<300ms, p99<2s, errors<0.1%, rps>500'), [
    { metric: 'p95', comparison: '<', limit: 300_000, text: 'p95<300ms' },
    { metric: 'p99', comparison: '<', limit: 2_000_000, text: 'p99<2s' },
    { metric: 'errors', comparison: '<', limit: 0.001, text: 'errors<0.1%' },
    { metric: 'rps', comparison: '>', limit: 500, text: 'rps>500' },
  ])
  assert.deepEqual(parseBudget('  P99.9 < 1.5 S '), [
    { metric: 'p999', comparison: '<', limit: 1_500_000, text: 'p99.9<1.5s' },
  ])
})

test('a whole budget as people write it', () => {
  assert.deepEqual(
    parseBudget('p95<300ms, p99.9<2s, errors<0.1%, rps>500').map(({ metric, limit }) => [metric, limit]),
    [
      ['p95', 300_000],
      ['p999', 2_000_000],
      ['errors', 0.001],
      ['rps', 500],
    ],
  )
})

test('property: any budget built from the grammar is read as it was meant, and back again', () => {
  const draw = random(20_260_101)
  const pick = <Item>(items: readonly Item[]): Item =>
    items[Math.floor(draw() * items.length)] ?? assert.fail()
  const blank = (): string => pick(['', ' ', '  ', '\t'])
  const between = (...parts: string[]): string => blank() + parts.join(blank()) + blank()
  for (let round = 0; round < 2000; round += 1) {
    const meant = Array.from({ length: 1 + Math.floor(draw() * 4) }, () => {
      const metric = pick([...latencyMetrics, 'errors', 'rps'] as const)
      const number = Number((draw() * 100).toFixed(Math.floor(draw() * 3))) + 0.5
      if (metric === 'rps') return { metric, limit: number, text: between('rps', '>', `${number}`) }
      if (metric === 'errors') {
        const percent = Math.min(100, number)
        return { metric, limit: percent / 100, text: between('errors', '<', `${percent}`, '%') }
      }
      const unit = pick(units)
      return { metric, limit: number * microsPer[unit], text: between(metric, '<', `${number}`, unit) }
    })
    const text = meant.map((clause) => clause.text).join(',')
    const read = parseBudget(text)
    assert.deepEqual(
      read.map(({ metric, limit }) => ({ metric, limit })),
      meant.map(({ metric, limit }) => ({ metric, limit })),
      text,
    )
    assert.deepEqual(parseBudget(formatBudget(read)), read)
  }
})

test('property: any other text is refused with HR_BUDGET, and never crashes', () => {
  const draw = random(7)
  const letters = 'p95<>=%msrx0. ,-errors'
  let refused = 0
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from(
      { length: Math.floor(draw() * 12) },
      () => letters[Math.floor(draw() * letters.length)],
    ).join('')
    try {
      for (const { limit } of parseBudget(text)) assert.ok(Number.isFinite(limit))
    } catch (error) {
      assert.ok(error instanceof Failure && error.data.code === 'HR_BUDGET', `${text}: ${String(error)}`)
      assert.equal(error.data.exitCode, 2)
      refused += 1
    }
  }
  assert.ok(refused > 4000)
})

for (const [text, says] of [
  ['', /^The budget is empty\./],
  ['p95<300ms,', /^Clause 2 of the budget is empty\./],
  ['p95<300', /^Clause 1 of the budget, `p95<300`, needs a unit: us, ms, s or m, as in `p95<300ms`\./],
  ['p95<2s, p42<1s', /^Clause 2 of the budget, `p42<1s`, has no known metric/],
  ['p9.5<1s', /has no known metric/],
  ['p95>300ms', /needs `<`/],
  ['p95<=300ms', /needs `<`/],
  ['rps<500', /needs `>`/],
  ['rps>500/s', /without `\/s`/],
  ['errors<1', /in percent, as in `errors<1%`/],
  ['errors<0%', /can never be met/],
  ['errors<101%', /more than everything/],
  ['fast', /is not a metric, a comparison and a limit/],
  ['p95<-1s', /is not a metric, a comparison and a limit/],
] as const) {
  test(`\`${text}\` is refused in a sentence that helps`, () => {
    assert.throws(
      () => parseBudget(text),
      (error) => {
        assert.ok(error instanceof Failure)
        assert.match(error.message, says)
        assert.match(error.message, /A budget reads like `p95<300ms, p99<2s, errors<0\.1%, rps>500`\.$/)
        return true
      },
    )
  })
}

for (const [text, step, outcome] of [
  ['p95<2s', result(10, 1999), 'met'],
  ['p95<2s', result(10, 2000), 'breached'],
  ['p95<2s', result(10, null, { requests: 0 }), 'not-measured'],
  ['p95<2s', result(10, null, { errors: { timeout: 500 } }), 'not-measured'],
  ['p99<2s', result(10, 1000), 'not-measured'],
  ['p99<2s', result(10, 3000), 'breached'],
  ['p99<2s', result(10, 1000, { latencyMicros: { p99: 1_900_000 } }), 'met'],
  ['max<2s', result(10, 1000), 'met'],
  ['errors<1%', result(10, 1, { errors: { reset: 4 } }), 'met'],
  ['errors<1%', result(10, 1, { errors: { reset: 3, 'status-5xx': 2 } }), 'breached'],
  ['errors<1%', result(10, 1, { errors: { cancelled: 400 } }), 'met'],
  ['errors<1%', result(10, null, { requests: 0, errors: { cancelled: 400 } }), 'not-measured'],
  ['rps>99', result(10, 1), 'met'],
  ['rps>100', result(10, 1), 'breached'],
  ['rps>100', result(10, null, { requests: 0 }), 'not-measured'],
] as const) {
  test(`${text} is ${outcome} with p95 ${step.latencyMicros.p95}, ${step.requests} requests`, () => {
    const [threshold] = parseBudget(text)
    assert.ok(threshold !== undefined)
    assert.equal(evaluate(threshold, step), outcome)
  })
}

test('a percentile with too few samples is bounded by the highest lower one', () => {
  const [p99] = parseBudget('p99<2s')
  assert.ok(p99 !== undefined)
  assert.deepEqual(measure(p99, result(10, 3000)), { value: 3_000_000, atLeast: true })
})

test('zero samples meet no threshold, whichever', () => {
  for (const threshold of parseBudget('p50<1s,p90<1s,p95<1s,p99<1s,p999<1s,max<1s,errors<100%,rps>0')) {
    assert.equal(evaluate(threshold, result(10, null, { requests: 0, achievedRate: 0 })), 'not-measured')
  }
})
