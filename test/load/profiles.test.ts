import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findProfile, profiles, type Profile } from '../../src/load/profiles/index.ts'
import type { Step } from '../../src/model/load-plan.ts'
import { noErrors, type StepResult } from '../../src/model/run.ts'
import { Failure } from '../../src/model/failure.ts'

/** A result as an ideal server would give it for this step. */
function resultOf({ phase, users, durationSeconds }: Step, complete = true): StepResult {
  return {
    phase,
    users,
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

/** Runs a profile against a server that breaks above `capacity` users, as the workflow does. */
function climb(profile: Profile, capacity: number): StepResult[] {
  const breached = (step: StepResult): boolean => step.users > capacity
  const results: StepResult[] = []
  for (const step of profile.steps({ durationSeconds: 2 })) {
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
  test(`${profile.id}: plans purely, ascending, warm-up first`, () => {
    const steps = profile.steps({})
    assert.deepEqual(profile.steps({}), steps)
    const [warmUp, ...ramp] = steps
    assert.equal(warmUp?.phase, 'warm-up')
    assert.ok(ramp.length > 0)
    assert.ok(warmUp.users <= (ramp[0]?.users ?? 0))
    for (const [index, step] of ramp.entries()) {
      assert.equal(step.phase, 'ramp')
      assert.ok(step.minRequests >= 20)
      assert.equal(step.maxDurationSeconds, step.durationSeconds * 3)
      assert.ok(Number.isInteger(step.users) && step.users > (ramp[index - 1]?.users ?? 0))
    }
  })

  test(`${profile.id}: takes users and duration as asked`, () => {
    const users = [40, 5, 20, 5]
    const before = structuredClone(users)
    const ramp = profile.steps({ users, durationSeconds: 3 }).filter((step) => step.phase === 'ramp')
    assert.deepEqual(users, before, 'the options are left alone')
    assert.deepEqual(
      ramp.map((step) => step.users),
      [5, 20, 40],
    )
    assert.ok(ramp.every((step) => step.durationSeconds === 3))
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

test('progressive narrows every breaking point down to a fifth, two users, or three bisections', () => {
  const progressive = findProfile('progressive')
  for (let capacity = 10; capacity < 500; capacity += 7) {
    const results = climb(progressive, capacity)
    const judged = results.filter((step) => step.phase !== 'warm-up')
    const bisections = judged.filter((step) => step.phase === 'bisect')
    assert.ok(bisections.length <= 3)
    const bad = Math.min(...judged.filter((step) => step.users > capacity).map((step) => step.users))
    const good = Math.max(...judged.filter((step) => step.users <= capacity).map((step) => step.users))
    const close = bad - good <= Math.max(2, bad * 0.2)
    assert.ok(close || bisections.length === 3, `${capacity}: ${good}–${bad}`)
    for (const step of bisections) {
      assert.ok(Number.isInteger(step.users))
      assert.equal(Math.round(step.durationSeconds), 2, 'as long as the planned steps')
    }
    assert.equal(new Set(judged.map((step) => step.users)).size, judged.length, 'no level twice')
  }
})

const breaksAbove40 = (step: StepResult): boolean => step.users > 40

test('progressive bisects three times at most, however far apart the levels are', () => {
  const progressive = findProfile('progressive')
  const [, low, high] = progressive.steps({ users: [10, 1000] })
  assert.ok(low !== undefined && high !== undefined)
  const results = [resultOf(low), resultOf(high)]
  for (const users of [510, 260, 140]) {
    const next = progressive.refine(results, breaksAbove40)
    assert.equal(next?.users, users)
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
