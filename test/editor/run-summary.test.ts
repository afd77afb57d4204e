import assert from 'node:assert/strict'
import { test } from 'node:test'
import { confirmingCause, summarizeRun } from '../../src/editor/run-summary.ts'
import type { Finding } from '../../src/model/finding.ts'
import { noErrors, type Run, type StepResult } from '../../src/model/run.ts'
import type { Cause, Verdict } from '../../src/model/verdict.ts'

function step(users: number, p95Micros: number | null, change: Partial<StepResult> = {}): StepResult {
  return {
    phase: 'ramp',
    users,
    durationSeconds: 5,
    offeredRate: null,
    achievedRate: 100,
    requests: 500,
    errors: noErrors(),
    samples: [],
    statuses: { 200: 500 },
    bytes: 1,
    latencyMicros: { p50: p95Micros, p90: p95Micros, p95: p95Micros, p99: null, p999: null, max: p95Micros },
    histogram: '',
    server: { cpu: null, rssBytes: null, eventLoopDelayMicros: null, queriesPerRequest: null },
    generatorUtilization: 0.1,
    complete: true,
    ...change,
  }
}

function run(steps: readonly StepResult[], verdict: Partial<Verdict>): Run {
  return {
    schema: 'headroom.run/1',
    id: 'r',
    route: 'GET /users',
    file: 'src/routes/users.ts',
    line: 22,
    plan: {
      baseUrl: 'http://127.0.0.1:3000',
      request: { method: 'GET', path: '/users', parameters: {}, headers: {}, body: null },
      profile: 'progressive',
      model: 'closed',
      steps: [],
      budget: [],
      timeoutMillis: 1000,
      seed: 1,
    },
    conditions: {
      startedAt: '2026-01-01T00:00:00.000Z',
      node: '',
      platform: '',
      cores: 1,
      loadModel: '',
      rows: {},
    },
    preflight: null,
    ticks: [],
    steps,
    verdict: { kind: 'holds', sentence: '', breakingPoint: null, reasons: [], causes: [], ...verdict },
  }
}

test('a run that breaks is told by the load it still took, and where it broke', () => {
  const breakingPoint = { lastGoodUsers: 50, users: 120, threshold: 'p95<2s', measured: 4_100_000 }
  const steps = [
    step(1, 900, { phase: 'warm-up' }),
    step(25, 300_000),
    step(50, 1_200_000),
    step(120, 4_100_000),
  ]
  assert.equal(summarizeRun(run(steps, { kind: 'breaks', breakingPoint })), 'p95 1.2 s @ 50 · breaks at 120')
})

test('a run whose first step breaks is told by that step', () => {
  const breakingPoint = { lastGoodUsers: null, users: 10, threshold: 'p95<2s', measured: 4_100_000 }
  const steps = [step(10, 4_100_000)]
  assert.equal(summarizeRun(run(steps, { kind: 'breaks', breakingPoint })), 'p95 4.1 s @ 10 · breaks at 10')
})

test('a run that holds is told by its highest load', () => {
  assert.equal(summarizeRun(run([step(10, 5000), step(500, 180_000)], {})), 'p95 180 ms @ 500 · holds')
})

test('a run that comes back from a crowd is told by the crowd', () => {
  const steps = [step(10, 5000), step(200, 180_000), step(10, 6000, { phase: 'recovery' })]
  assert.equal(summarizeRun(run(steps, {})), 'p95 180 ms @ 200 · holds')
})

test('a run of an open model is told by its rates', () => {
  const breakingPoint = {
    lastGoodUsers: 500,
    users: 500,
    lastGoodRate: 350,
    rate: 400,
    threshold: 'p95<2s',
    measured: 4_100_000,
  }
  const steps = [200, 350, 400].map((rate) => step(500, rate * 1000, { rate, offeredRate: rate }))
  assert.equal(
    summarizeRun(run(steps, { kind: 'breaks', breakingPoint })),
    'p95 350 ms @ 350/s · breaks at 400/s',
  )
})

test('a stopped run is told by its last whole step', () => {
  const steps = [step(10, 5000), step(25, 9000, { complete: false })]
  assert.equal(summarizeRun(run(steps, { kind: 'stopped' })), 'p95 5 ms @ 10 · stopped')
  assert.equal(summarizeRun(run([], { kind: 'stopped' })), 'stopped')
})

test('a percentile that was not measured is never a number', () => {
  assert.equal(summarizeRun(run([step(10, null)], {})), 'p95 not measured @ 10 · holds')
  assert.equal(summarizeRun(run([step(10, 5000)], { kind: 'not-measured' })), 'not measured')
})

test('a run confirms a finding only with a cause of the same rule at the same place on its own route', () => {
  const finding: Finding = {
    rule: 'n-plus-one',
    severity: 'info',
    message: '',
    route: 'GET /users',
    routes: ['GET /users'],
    file: 'src/routes/users.ts',
    line: 29,
    column: 1,
    endLine: 29,
    endColumn: 9,
    path: [],
    fixes: [],
    provenance: null,
  }
  const cause: Cause = {
    rule: 'n-plus-one',
    file: 'src/routes/users.ts',
    line: 29,
    message: '',
    confidence: 'high',
    evidence: ['501 queries per request'],
    fixes: [],
  }
  const confirmed = run([], { kind: 'breaks', causes: [cause] })
  assert.equal(confirmingCause(finding, confirmed), cause)
  assert.equal(confirmingCause({ ...finding, line: 30 }, confirmed), null)
  assert.equal(confirmingCause({ ...finding, rule: 'unbounded-result-set' }, confirmed), null)
  assert.equal(confirmingCause({ ...finding, routes: ['GET /posts'] }, confirmed), null)
  const guess = run([], { kind: 'breaks', causes: [{ ...cause, confidence: 'low' }] })
  assert.equal(confirmingCause(finding, guess), null)
})
