import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { VerdictKind } from '../../src/model/verdict.ts'
import { parseBudget } from '../../src/verdict/budget.ts'
import { breaches } from '../../src/verdict/breach.ts'
import { judge, type Judged } from '../../src/verdict/verdict.ts'
import { budget, finding, judged, preflightOf, result } from './results.ts'

const failing = (status: number, share = 1): Parameters<typeof result>[2] => ({
  errors: { [status >= 500 ? 'status-5xx' : 'status-4xx']: 500 * share },
  statuses: { [status]: 500 * share, 200: 500 * (1 - share) },
  samples: [{ kind: status >= 500 ? 'status-5xx' : 'status-4xx', status, message: `HTTP ${status} sorry` }],
})

const table: [string, Partial<Judged>, VerdictKind, RegExp][] = [
  [
    'every step meets the budget',
    { steps: [result(10, 100), result(500, 180)] },
    'holds',
    /^Holds to 500 users: p95 180 ms, budget p95<2s, errors<1%\.$/,
  ],
  [
    'a step breaks',
    { steps: [result(50, 900), result(120, 4100)] },
    'breaks',
    /^Breaks at 120 users: p95 4\.1 s, budget p95<2s\.$/,
  ],
  [
    'errors break first',
    { steps: [result(50, 900), result(100, 900, { errors: { reset: 60 } })] },
    'breaks',
    /^Breaks at 100 users: errors 12%, budget errors<1%\.$/,
  ],
  [
    'the first step breaks',
    { steps: [result(10, 2500), result(25, 9000)] },
    'fails-before-load',
    /^Fails before load: already at 10 users p95 2\.5 s, budget p95<2s\.$/,
  ],
  [
    'a single request got 500',
    { preflight: preflightOf({ status: 500 }) },
    'fails-before-load',
    /^Fails before load: GET \/feed returned 500 to a single request\.$/,
  ],
  [
    'a single request got 404',
    { preflight: preflightOf({ status: 404 }) },
    'not-measured',
    /^Not measured: GET \/feed returned 404 to a single request\.$/,
  ],
  ['nothing ran', {}, 'not-measured', /^Not measured: no load step was run to its end\.$/],
  ['no budget', { budget: [], steps: [result(10, 1)] }, 'not-measured', /no budget/],
  [
    'all 401',
    { steps: [result(10, null, failing(401))] },
    'not-measured',
    /^Not measured: All answers were 401, so this measures your auth check\.$/,
  ],
  [
    'all 401, where that is what is expected',
    { steps: [result(10, 100, { statuses: { 401: 500 } })] },
    'holds',
    /^Holds to 10 users: p95 100 ms, budget p95<2s, errors<1%\.$/,
  ],
  [
    'mostly 429 from some load on',
    { steps: [result(10, 100), result(50, 100, failing(429, 0.92))] },
    'not-measured',
    /^Not measured: 92% of answers were 429, so this measures your rate limiter\. Up to 10 users the budget was met\.$/,
  ],
  [
    'all redirected, which looks fast',
    { steps: [result(10, 1, { statuses: { 302: 500 } })] },
    'not-measured',
    /^Not measured: All answers were 302, redirects that lead nowhere\.$/,
  ],
  [
    '500s under load',
    { steps: [result(10, 100), result(25, 100, failing(500, 0.5))] },
    'breaks',
    /errors 50%/,
  ],
  [
    'the generator was the bottleneck when it broke',
    { steps: [result(100, 900), result(180, 4000, { generatorUtilization: 0.95 })] },
    'not-measured',
    /^Not measured: Headroom's own CPU hit its limit at 180 users\. The server may go higher\. Up to 100 users/,
  ],
  [
    'the generator was busy, and the budget was met all the same',
    { steps: [result(100, 900), result(180, 1000, { generatorUtilization: 0.95 })] },
    'holds',
    /^Holds to 180 users/,
  ],
  [
    'this machine ran out of files',
    {
      steps: [
        result(10, 100),
        result(500, 100, {
          errors: { refused: 250 },
          samples: [{ kind: 'refused', status: null, message: 'connect EMFILE' }],
        }),
      ],
    },
    'not-measured',
    /ran out of connections or files at 500 users \(connect EMFILE\)/,
  ],
  [
    'too few answers for the percentile, at every step',
    {
      budget: parseBudget('p99<2s'),
      steps: [result(10, 100, { requests: 90 }), result(25, 100, { requests: 120 })],
    },
    'not-measured',
    /^Not measured: 90 good answers at 10 users are too few for p99<2s\.$/,
  ],
  [
    'too few answers at the last step only',
    {
      budget: parseBudget('p99<2s'),
      steps: [result(10, 100, { requests: 5000, latencyMicros: { p99: 150_000 } }), result(25, 100)],
    },
    'holds',
    /^Holds to 10 users: p99 150 ms/,
  ],
  [
    'no answer at all',
    { steps: [result(10, null, { requests: 0, statuses: {} })] },
    'not-measured',
    /there was not one answer at 10 users/,
  ],
  [
    'everything timed out, and the budget says nothing of errors',
    {
      budget: parseBudget('p95<2s'),
      steps: [result(10, 100), result(25, null, { errors: { timeout: 500 }, statuses: {} })],
    },
    'breaks',
    /^Breaks at 25 users: errors 100%, budget errors<50%\.$/,
  ],
  [
    'throughput is too low at any number of users',
    {
      budget: parseBudget('rps>500'),
      steps: [
        result(10, 100),
        result(50, 100, { achievedRate: 240 }),
        result(100, 100, { achievedRate: 230 }),
      ],
    },
    'breaks',
    /^Breaks at 50 users: 240 requests\/s, budget rps>500\.$/,
  ],
  [
    'few users ask for little, more users ask for enough',
    { budget: parseBudget('rps>500'), steps: [result(10, 100), result(50, 100, { achievedRate: 800 })] },
    'holds',
    /^Holds to 50 users: 800 requests\/s, budget rps>500\.$/,
  ],
  [
    'stopped with nothing complete',
    { stopped: true, steps: [result(10, 5000, { complete: false })] },
    'stopped',
    /^Stopped at 10 users\. Nothing was measured to its end\.$/,
  ],
  [
    'stopped on the way up',
    { stopped: true, steps: [result(10, 100), result(25, 5000, { complete: false })] },
    'stopped',
    /^Stopped at 25 users\. Up to 10 users the budget was met\.$/,
  ],
  [
    'stopped while narrowing down',
    {
      stopped: true,
      steps: [result(10, 100), result(50, 5000), result(30, 1, { phase: 'bisect', complete: false })],
    },
    'stopped',
    /^Stopped at 30 users\. It had broken at 50 users: p95 5 s, budget p95<2s\.$/,
  ],
  ['one user', { steps: [result(1, 100)] }, 'holds', /^Holds to 1 user:/],
]

for (const [name, shape, kind, sentence] of table) {
  test(`${name}: ${kind}`, () => {
    const verdict = judge(judged(shape))
    assert.match(verdict.sentence, sentence)
    assert.equal(verdict.kind, kind)
    assert.equal(verdict.breakingPoint !== null, kind === 'breaks' || /broken|already/.test(verdict.sentence))
    for (const reason of verdict.reasons) assert.match(reason, /^[A-Z0-9].*\.$/)
  })
}

test('a run that may send no more says so', () => {
  const steps = [result(10, 100), result(25, 100, { complete: false })]
  const { kind, reasons } = judge(judged({ steps }))
  assert.equal(kind, 'holds')
  assert.match(reasons.at(-1) ?? '', /^The run ended early: it had sent the [\d,]+ requests/)
})

test('the breaking point is the fewest users that broke, good and bad ones found in any order', () => {
  const steps = [
    result(5, 9000, { phase: 'warm-up' }),
    result(10, 100),
    result(50, 800),
    result(100, 4000),
    result(75, 2500, { phase: 'bisect' }),
    result(60, 1500, { phase: 'bisect' }),
    result(68, 1900, { phase: 'bisect', complete: false }),
  ]
  assert.deepEqual(judge(judged({ steps })).breakingPoint, {
    lastGoodUsers: 60,
    users: 75,
    threshold: 'p95<2s',
    measured: 2_500_000,
  })
})

test('a good step above the breaking point is not the last good one', () => {
  const steps = [result(10, 100), result(50, 900), result(25, 2500, { phase: 'bisect' })]
  const { breakingPoint } = judge(judged({ steps }))
  assert.deepEqual([breakingPoint?.lastGoodUsers, breakingPoint?.users], [10, 25])
})

test('with a finding, the sentence names the likely cause at its line', () => {
  const steps = [
    result(10, 400, { achievedRate: 24, server: { cpu: 0.98 } }),
    result(50, 2080, { achievedRate: 24.1, server: { cpu: 1.02 } }),
  ]
  const preflight = preflightOf({ rows: 500, latencyMicros: 180_000, bytes: 60_000 })
  const verdict = judge(
    judged({
      steps,
      preflight,
      findings: [finding('unbounded-result-set', 20), finding('n-plus-one', 34)],
    }),
  )
  assert.equal(
    verdict.sentence,
    'Breaks at 50 users: p95 2.1 s, budget p95<2s. Likely cause: N+1 at src/storage.ts:34.',
  )
  assert.deepEqual(
    verdict.causes.map(({ rule, line, confidence }) => [rule, line, confidence]),
    [
      ['n-plus-one', 34, 'medium'],
      ['unbounded-result-set', 20, 'medium'],
    ],
  )
  assert.deepEqual(verdict.causes[0]?.evidence, [
    'one answer holds 500 rows',
    'a single request took 180 ms before any load',
    'throughput stayed at 24 requests/s while users went from 10 to 50: the server is saturated (CPU 1.0 of a core)',
    'the server used 1.0 of a core at 50 users',
  ])
  assert.equal(verdict.causes[0]?.fixes[0]?.id, 'fix-n-plus-one')
  const alone = judge(judged({ steps, preflight, findings: [finding('n-plus-one')] }))
  assert.equal(alone.causes[0]?.confidence, 'high', 'nothing else explains it')
})

test('a finding that nothing measured speaks for stays a possible cause', () => {
  const steps = [result(10, 400, { achievedRate: 20 }), result(50, 2500, { achievedRate: 60 })]
  const verdict = judge(judged({ steps, findings: [finding('n-plus-one')] }))
  assert.equal(verdict.causes[0]?.confidence, 'low')
  assert.deepEqual(verdict.causes[0]?.evidence, [])
  assert.match(verdict.sentence, /Possible cause: N\+1 at src\/storage\.ts:34\.$/)
})

test('without a finding there is no cause, but the measurements are put in words', () => {
  const steps = [
    result(25, 400, { achievedRate: 24 }),
    result(50, 2500, { achievedRate: 24, server: { cpu: 1 } }),
  ]
  const verdict = judge(judged({ steps }))
  assert.deepEqual(verdict.causes, [])
  assert.deepEqual(verdict.reasons, [
    'At 50 users: p95 2.5 s, budget p95<2s.',
    'Throughput stayed at 24 requests/s while users went from 25 to 50: the server is saturated (CPU 1.0 of a core).',
    'The server used 1.0 of a core at 50 users.',
  ])
})

test('a server that waits points at what it waits for', () => {
  const steps = [
    result(25, 400, { achievedRate: 24 }),
    result(50, 2500, { achievedRate: 24, server: { cpu: 0.1 }, errors: { timeout: 4 } }),
  ]
  const both = judge(judged({ steps, findings: [finding('n-plus-one', 1), finding('missing-timeout', 2)] }))
  assert.match(
    both.reasons.join(' '),
    /something other than the server's own code is saturated \(CPU 0\.1 of a core\)/,
  )
  assert.match(both.reasons.join(' '), /waits for something else, or other programs keep the CPU busy/)
  const timeouts = result(50, 2500, { errors: { timeout: 40 }, server: { cpu: 0.1 } })
  const stuck = judge(
    judged({
      steps: [result(25, 400), timeouts],
      findings: [finding('n-plus-one', 1), finding('missing-timeout', 2)],
    }),
  )
  assert.equal(stuck.causes[0]?.rule, 'missing-timeout')
})

test('failures show one sample', () => {
  const steps = [result(10, 100), result(25, 100, failing(503, 0.2))]
  assert.ok(
    judge(judged({ steps })).reasons.includes(
      '20% of requests failed at 25 users, for example: HTTP 503 sorry.',
    ),
  )
})

test('breaches come in the order of the budget, with what was measured', () => {
  const step = result(25, 3000, { errors: { 'status-5xx': 100 } })
  assert.deepEqual(
    breaches(step, parseBudget('errors<1%, max<10s, p95<2s')).map(({ threshold, measured }) => [
      threshold.text,
      measured.value,
    ]),
    [
      ['errors<1%', 0.2],
      ['p95<2s', 3_000_000],
    ],
  )
  assert.deepEqual(breaches(result(10, null, { requests: 0 }), budget), [])
})

test('judging changes nothing that it is given', () => {
  const input = judged({
    steps: [result(50, 3000), result(10, 100)],
    findings: [finding('a'), finding('n-plus-one')],
  })
  const before = structuredClone(input)
  judge(input)
  assert.deepEqual(input, before)
})
