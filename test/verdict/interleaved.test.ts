import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { noErrors, noServerCounters, type ErrorCounts, type StepResult } from '../../src/model/run.ts'
import { isBroken, judgeErrors, judgeTurns, type TurnPair } from '../../src/verdict/interleaved.ts'

function step(
  p95: number | null,
  perSecond: number,
  errors: Partial<ErrorCounts> = {},
  durationSeconds = 1,
): StepResult {
  const percentile = { p50: p95, p90: p95, p95, p99: null, p999: null, max: p95 }
  return {
    phase: 'ramp',
    users: 4,
    durationSeconds,
    offeredRate: null,
    achievedRate: perSecond,
    requests: perSecond * durationSeconds,
    errors: { ...noErrors(), ...errors },
    samples: [],
    statuses: {},
    bytes: 0,
    latencyMicros: percentile,
    histogram: '',
    server: noServerCounters,
    generatorUtilization: 0,
    complete: true,
  }
}

function pair(before: StepResult, after: StepResult): TurnPair {
  return { before, after }
}

/** A generator of its own, so that the same turns come each time: mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Turns of a server whose figures vary by `spread` from start to start, and whose machine slows down all along. */
function turns(count: number, ratio: number, spread: number, random: () => number): TurnPair[] {
  let drift = 0
  const one = (factor: number): StepResult => {
    drift += 0.02
    const p95 = 100_000 * factor * Math.exp(spread * gaussian(random) + drift)
    return step(p95, 1_000_000_000 / p95)
  }
  return Array.from({ length: count }, (_, index) => {
    if (index % 2 === 0) {
      const before = one(1)
      return pair(before, one(ratio))
    }
    const after = one(ratio)
    return pair(one(1), after)
  })
}

describe('judgeTurns', () => {
  it('sees a clear gain, with the geometric means of both sides', () => {
    const pairs = [
      pair(step(900_000, 50), step(40_000, 1000)),
      pair(step(1_000_000, 45), step(41_000, 950)),
      pair(step(950_000, 48), step(44_000, 900)),
      pair(step(870_000, 52), step(39_000, 1010)),
    ]
    const { judgement, p95Micros, perSecond, undecided } = judgeTurns(pairs)
    assert.equal(judgement, 'better')
    assert.equal(undecided, false)
    assert.equal(Math.round((p95Micros?.before ?? 0) / 10_000), 93)
    assert.equal(Math.round((p95Micros?.after ?? 0) / 1000), 41)
    assert.equal(perSecond?.judgement, 'better')
  })

  it('sees a loss, and counts one figure that is worse more than one that is better', () => {
    const slower = Array.from({ length: 4 }, (_, i) => pair(step(100_000 + i, 80), step(150_000 + 2 * i, 60)))
    assert.equal(judgeTurns(slower).judgement, 'worse')
    const mixed = Array.from({ length: 4 }, (_, i) => pair(step(100_000 + i, 80), step(150_000 + 2 * i, 160)))
    assert.equal(judgeTurns(mixed).judgement, 'worse')
  })

  it('calls a difference below a tenth none, however sure it is', () => {
    const pairs = Array.from({ length: 8 }, (_, i) => pair(step(100_000 + i, 100), step(95_000 + i, 104)))
    assert.deepEqual([judgeTurns(pairs).judgement, judgeTurns(pairs).undecided], ['within-noise', false])
  })

  it('is undecided where a difference that matters drowns in noise', () => {
    const pairs = [
      pair(step(100_000, 100), step(40_000, 200)),
      pair(step(90_000, 100), step(110_000, 90)),
      pair(step(130_000, 100), step(60_000, 150)),
      pair(step(80_000, 100), step(85_000, 110)),
    ]
    assert.deepEqual([judgeTurns(pairs).judgement, judgeTurns(pairs).undecided], ['within-noise', true])
  })

  it('tells nothing of too few turns, nor where good answers are missing', () => {
    assert.equal(judgeTurns([]).judgement, null)
    const [first, second] = turns(2, 0.1, 0.01, randomOf(1))
    assert.ok(first !== undefined && second !== undefined)
    assert.equal(judgeTurns([first, second]).judgement, null)
    const dead = Array.from({ length: 4 }, () => pair(step(100, 100), step(null, 50, { refused: 50 })))
    assert.equal(judgeTurns(dead).judgement, null)
  })

  it('judges by the rate alone where a slow endpoint has too few answers for a p95', () => {
    const pairs = Array.from({ length: 4 }, (_, i) => pair(step(null, 4 + i / 10), step(9000, 400 + i)))
    const { judgement, p95Micros } = judgeTurns(pairs)
    assert.deepEqual([judgement, p95Micros], ['better', null])
  })

  it('takes noise for a change in fewer than one of a hundred verifications, on a machine that slows down', () => {
    const random = randomOf(7)
    const rounds = 4000
    let wrong = 0
    for (let round = 0; round < rounds; round += 1) {
      const first = turns(4, 1, 0.1, random)
      const all = judgeTurns(first).undecided ? [...first, ...turns(4, 1, 0.1, random)] : first
      if (judgeTurns(all).judgement !== 'within-noise') wrong += 1
    }
    assert.ok(wrong / rounds < 0.01, `${wrong} of ${rounds}`)
  })

  it('finds a gain of two thirds in most verifications despite ten percent of noise', () => {
    const random = randomOf(8)
    let found = 0
    for (let round = 0; round < 500; round += 1) {
      if (judgeTurns(turns(4, 1 / 3, 0.1, random)).judgement === 'better') found += 1
    }
    assert.ok(found > 450, String(found))
  })
})

describe('judgeErrors', () => {
  it('finds a kind of error that only the code after makes', () => {
    const pairs = Array.from({ length: 4 }, () =>
      pair(step(100, 1000, { timeout: 2 }), step(100, 1000, { timeout: 2, 'status-5xx': 1 })),
    )
    assert.deepEqual(judgeErrors(pairs).kinds, ['status-5xx'])
  })

  it('takes a single broken connection for chance', () => {
    const clean = Array.from({ length: 3 }, () => pair(step(100, 1000), step(100, 1000)))
    const errors = judgeErrors([...clean, pair(step(100, 1000), step(100, 1000, { reset: 1 }))])
    assert.deepEqual([errors.kinds, errors.isMore], [[], false])
  })

  it('sees more errors of a kind that was there before, and leaves equal shares alone', () => {
    const more = Array.from({ length: 4 }, (_, i) =>
      pair(step(100, 1000, { 'status-5xx': 20 + i }), step(100, 1000, { 'status-5xx': 200 + 5 * i })),
    )
    const { kinds, isMore, before, after } = judgeErrors(more)
    assert.deepEqual([kinds, isMore], [[], true])
    assert.ok(before < 0.03 && after > 0.19)
    const equal = more.map(({ before: one }) => pair(one, one))
    assert.equal(judgeErrors(equal).isMore, false)
  })

  it('needs no second turn where nearly everything fails', () => {
    const pairs = [pair(step(100, 1000, { 'status-5xx': 100 }), step(null, 1000, { 'status-5xx': 1000 }))]
    assert.ok(isBroken(pairs) && judgeErrors(pairs).isMore)
    assert.ok(!isBroken([pair(step(100, 1000, { timeout: 900 }), step(100, 1000, { timeout: 950 }))]))
  })
})
