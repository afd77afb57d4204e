import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findProfile, profiles, type Profile } from '../../src/load/profiles/index.ts'
import type { Step } from '../../src/model/load-plan.ts'
import { noErrors, type StepResult } from '../../src/model/run.ts'
import { Failure } from '../../src/model/failure.ts'

/** A result as an ideal server would give it for this step. */
function resultOf({ phase, users, rate, durationSeconds }: Step, complete = true): StepResult {
  return {
    phase,
    users,
    ...(rate === undefined ? {} : { rate }),
    durationSeconds: durationSeconds + 0.012,
    offeredRate: null,
    achievedRate: 100,
    requests: 500,
    errors: noErrors(),
    samples: [],
    statuses: { 200: 500 },
    bytes: 0,
    latencyMicros: { p50: 1, p90: 1, p95: 1, p99: null, p999: null, max: 1 },
    histogram: '',
    server: { cpu: null, rssBytes: null, eventLoopDelayMicros: null, queriesPerRequest: null },
    generatorUtilization: 0,
    complete,
  }
}

function levelOf({ rate, users }: Pick<Step, 'rate' | 'users'>): number {
  return rate ?? users
}

/** Runs a profile against a server that breaks above `capacity` users, as the workflow does. */
function climb(profile: Profile, capacity: number): StepResult[] {
  const breached = (step: StepResult): boolean => levelOf(step) > capacity
  const results: StepResult[] = []
  for (const step of profile.steps({ durationSeconds: 2 })) {
    if (step.phase === 'cool-down') break
    results.push(resultOf(step))
    if (results.some((result) => result.phase !== 'warm-up' && breached(result))) break
  }
  for (
    let next = profile.refine(results, breached);
    next !== null;
    next = profile.refine(results, breached)
  ) {
    assert.ok(results.length < 50, 'refining ends')
    results.push(resultOf(next))
  }
  return results
}

for (const profile of profiles) {
  test(`${profile.id}: plans purely, warm-up first, what is not judged last`, () => {
    const steps = profile.steps({})
    assert.deepEqual(profile.steps({}), steps)
    const [warmUp, ...rest] = steps
    assert.equal(warmUp?.phase, 'warm-up')
    assert.match(rest.map(({ phase }) => phase).join(' '), /^(ramp ?)+(recovery ?)?(cool-down)?$/)
    const ramp = rest.filter(({ phase }) => phase === 'ramp')
    assert.ok(levelOf(warmUp) <= Math.min(...ramp.map(levelOf)))
    for (const step of rest) {
      assert.equal(step.rate !== undefined, profile.model === 'open')
      assert.ok(Number.isInteger(step.users) && step.durationSeconds <= step.maxDurationSeconds)
    }
    assert.deepEqual(
      ramp.map(levelOf),
      ramp.map(levelOf).toSorted((a, b) => a - b),
    )
  })

  test(`${profile.id}: takes levels and duration as asked`, () => {
    const levels = [40, 5, 20, 5]
    const before = structuredClone(levels)
    const options = profile.model === 'open' ? { rates: levels } : { users: levels }
    const ramp = profile
      .steps({ ...options, durationSeconds: 3, totalSeconds: 3 })
      .filter((step) => step.phase === 'ramp')
    assert.deepEqual(levels, before, 'the options are left alone')
    const asked = {
      spike: [5, 40],
      soak: Array.from({ length: 10 }, () => 40),
      volume: Array.from({ length: 5 }, () => 5),
    }[profile.id as string]
    assert.deepEqual(ramp.map(levelOf), asked ?? [5, 20, 40])
    const seconds = profile.id === 'soak' ? 0.3 : 3
    assert.ok(ramp.every((step) => Math.abs(step.durationSeconds - seconds) < 1e-9))
  })

  test(`${profile.id}: describes itself`, () => {
    assert.match(profile.id, /^[a-z]+(-[a-z]+)*$/)
    assert.ok(profile.title.length > 0 && profile.description.endsWith('.'))
    assert.equal(findProfile(profile.id), profile)
  })

  test(`${profile.id}: refines nothing where nothing broke, or nothing held, or nothing ran`, () => {
    const results = profile.steps({}).map((step) => resultOf(step))
    assert.equal(
      profile.refine(results, () => false),
      null,
    )
    assert.equal(
      profile.refine(results, () => true),
      null,
    )
    assert.equal(
      profile.refine([], () => true),
      null,
    )
  })
}

test('ids are unique', () => {
  assert.equal(new Set(profiles.map((profile) => profile.id)).size, profiles.length)
})

test('an unknown profile is a failure that lists the known ones', () => {
  assert.throws(
    () => findProfile('nonsense'),
    (error) =>
      error instanceof Failure && error.data.code === 'HR_PROFILE' && /progressive/.test(error.message),
  )
})

for (const id of ['progressive', 'staircase-rate']) {
  test(`${id} narrows every breaking point down to a twentieth, or one`, () => {
    const profile = findProfile(id)
    for (let capacity = 26; capacity < 500; capacity += 7) {
      const judged = climb(profile, capacity).filter((step) => step.phase !== 'warm-up')
      const bisections = judged.filter((step) => step.phase === 'bisect')
      assert.ok(bisections.length <= 6, `${bisections.length} bisections`)
      const levels = judged.map(levelOf)
      const bad = Math.min(...levels.filter((level) => level > capacity))
      const good = Math.max(...levels.filter((level) => level <= capacity))
      assert.ok(bad - good <= Math.max(1, bad * 0.05), `${capacity}: ${good}–${bad}`)
      for (const step of bisections) {
        assert.ok(Number.isInteger(levelOf(step)))
        assert.equal(Math.round(step.durationSeconds), 2, 'as long as the planned steps')
      }
      assert.equal(new Set(levels).size, judged.length, 'no level twice')
    }
  })
}

const breaksAbove40 = (step: StepResult): boolean => step.users > 40

test('progressive bisects six times at most, however far apart the levels are', () => {
  const progressive = findProfile('progressive')
  const [, low, high] = progressive.steps({ users: [10, 10_000] })
  assert.ok(low !== undefined && high !== undefined)
  const results = [resultOf(low), resultOf(high)]
  for (let bisections = 0; bisections < 6; bisections += 1) {
    const next = progressive.refine(results, breaksAbove40)
    assert.ok(next !== null)
    results.push(resultOf(next))
  }
  assert.equal(progressive.refine(results, breaksAbove40), null)
})

test('progressive does not go on after a step that was cut short', () => {
  const progressive = findProfile('progressive')
  const [, first, second] = progressive.steps({})
  assert.ok(first !== undefined && second !== undefined)
  const results = [resultOf(first), resultOf(second, false)]
  assert.equal(
    progressive.refine(results, (step) => step.users === second.users),
    null,
  )
})

test('volume holds the least users while the rows grow as asked, its warm-up at the first level', () => {
  const steps = findProfile('volume').steps({
    users: [20, 3],
    rows: [5000, 100, 100, 700],
    durationSeconds: 2,
  })
  assert.deepEqual(
    steps.map(({ phase, users, rows }) => [phase, users, rows]),
    [
      ['warm-up', 3, 100],
      ['ramp', 3, 100],
      ['ramp', 3, 700],
      ['ramp', 3, 5000],
    ],
  )
  const usual = findProfile('volume').steps({})
  assert.deepEqual(
    usual.slice(1).map(({ rows }) => rows),
    [100, 1000, 10_000, 100_000, 1_000_000],
  )
})
