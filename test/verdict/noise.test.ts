import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Judgement } from '../../src/model/comparison.ts'
import { noErrors, type Tick } from '../../src/model/run.ts'
import { compareRuns, verdictOfComparison } from '../../src/verdict/compare.ts'
import { testForNoise } from '../../src/verdict/noise.ts'
import { syntheticRun, tickOf, usualNoise, type Synthetic } from './synthetic-runs.ts'

const trials = 100
const progressive = { medianMicros: 40_000, users: [10, 25, 50], ticksPerStep: 20, noise: usualNoise }
const baseline = { medianMicros: 40_000, users: [10], ticksPerStep: 120, noise: usualNoise }

/** How often two runs are judged so, the second of a server that takes `factor` as long. */
function outcomes(shape: Omit<Synthetic, 'seed'>, factor: number): Record<Judgement | 'untold', number> {
  const counts = { better: 0, worse: 0, 'within-noise': 0, untold: 0 }
  for (let trial = 0; trial < trials; trial += 1) {
    const before = syntheticRun({ ...shape, seed: 2 * trial + 1 })
    const after = syntheticRun({ ...shape, seed: 2 * trial + 2, medianMicros: shape.medianMicros * factor })
    counts[verdictOfComparison(compareRuns(before, after)) ?? 'untold'] += 1
  }
  return counts
}

for (const [name, shape] of Object.entries({ progressive, baseline })) {
  test(`${name}: the same server twice is within noise in at least 95 of 100 trials`, () => {
    const counts = outcomes(shape, 1)
    assert.ok(counts['within-noise'] >= trials * 0.95, JSON.stringify(counts))
  })

  test(`${name}: a server that takes 20 % longer is worse in at least 90 of 100 trials`, () => {
    const counts = outcomes(shape, 1.2)
    assert.ok(counts.worse >= trials * 0.9, JSON.stringify(counts))
    assert.equal(counts.better, 0)
  })

  test(`${name}: a server that takes 20 % less is better in at least 90 of 100 trials`, () => {
    const counts = outcomes(shape, 1 / 1.2)
    assert.ok(counts.better >= trials * 0.9, JSON.stringify(counts))
    assert.equal(counts.worse, 0)
  })
}

test('two percent is not worth a word, however long it is measured', () => {
  const steady = { ...baseline, noise: { ...usualNoise, ticks: 0.005, bursts: 0, starts: 0 } }
  assert.equal(outcomes(steady, 1.02)['within-noise'], trials)
})

test('a slow server with few answers is said to have too few samples, never judged', () => {
  const slow = { ...progressive, medianMicros: 4_000_000 }
  const { deltas } = compareRuns(syntheticRun({ ...slow, seed: 1 }), syntheticRun({ ...slow, seed: 2 }))
  assert.equal(deltas[1]?.judgement, null)
  assert.equal(deltas[1].untold, 'too few samples to tell it from noise')
})

test('a server that answers as steadily as a clock is worse where it takes four times as long', () => {
  // Its pace drifts by less than a hundredth, and two users' answers fall into quarters of a second as they do.
  const answers = [2, 2, 2, 1, 3, 2, 2, 2, 1, 3, 2, 2, 2]
  const ticksAt = (micros: number, faster: number): Tick[] =>
    answers.map((count, index) => tickOf(0, 2, Array(count * faster).fill(micros + index * 60)))
  const pair = { before: ticksAt(61_000, 4), after: ticksAt(250_500, 1) }
  assert.deepEqual(testForNoise('rps', [pair], 1 / 4), { judgement: 'worse' })
})

test('errors that appear are worse, and less than one in a hundred are not', () => {
  const before = syntheticRun({ ...baseline, seed: 1 })
  const failing = (share: number): typeof before => ({
    ...before,
    ticks: before.ticks.map((tick) => ({ ...tick, errors: { ...noErrors(), reset: tick.requests * share } })),
    steps: before.steps.map((step) => ({ ...step, errors: { ...noErrors(), reset: step.requests * share } })),
  })
  const judgementOf = (share: number): unknown =>
    compareRuns(before, failing(share)).deltas.find(({ name }) => name.startsWith('errors'))?.judgement
  assert.deepEqual([0.05, 0.005].map(judgementOf), ['worse', 'within-noise'])
})

test('what differs in its plan is not judged as a whole', () => {
  const before = syntheticRun({ ...baseline, seed: 1 })
  const after = syntheticRun({ ...baseline, seed: 2, medianMicros: 80_000 })
  assert.equal(verdictOfComparison(compareRuns(before, after)), 'worse')
  const other = { ...after, plan: { ...after.plan, thinkTime: { minMillis: 10, maxMillis: 20 } } }
  assert.equal(verdictOfComparison(compareRuns(before, other)), null)
})

test('the same two runs are always judged the same', () => {
  const before = syntheticRun({ ...progressive, seed: 5 })
  const after = syntheticRun({ ...progressive, seed: 6, medianMicros: 50_000 })
  assert.deepEqual(compareRuns(before, after), compareRuns(before, after))
})
