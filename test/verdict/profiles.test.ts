import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadOf, loadText } from '../../src/model/load-level.ts'
import type { Arrivals, LatencyMicros, StepResult } from '../../src/model/run.ts'
import type { VerdictKind } from '../../src/model/verdict.ts'
import { breaches } from '../../src/verdict/breach.ts'
import { parseBudget } from '../../src/verdict/budget.ts'
import { judge, type Judged } from '../../src/verdict/verdict.ts'
import { budget, judged, result } from './results.ts'

function lag(p99: number): LatencyMicros {
  return { p50: p99 / 4, p90: p99 / 2, p95: p99 / 2, p99, p999: null, max: p99 * 2 }
}

function arrivals(offered: number, unsent: number, lagMicros = 800): Arrivals {
  return { offered, unsent, lagMicros: lag(lagMicros) }
}

/** A step of an open model, five seconds long. */
function open(rate: number, p95: number, shape: Parameters<typeof result>[2] = {}): StepResult {
  return result(200, p95, {
    rate,
    offeredRate: rate,
    requests: rate * 5,
    arrivals: arrivals(rate * 5, 0),
    ...shape,
  })
}

const rss = (bytes: number): Parameters<typeof result>[2] => ({ server: { rssBytes: bytes } })
const soak = (megabytes: readonly number[]): StepResult[] =>
  megabytes.map((size) => result(25, 100, rss(size * 1e6)))

const table: [string, Partial<Judged>, VerdictKind, RegExp][] = [
  [
    'an open model breaks at a rate',
    { steps: [open(200, 100), open(400, 4100)] },
    'breaks',
    /^Breaks at 400 requests\/s: p95 4\.1 s, budget p95<2s\.$/,
  ],
  [
    'an open model holds to a rate',
    { steps: [open(200, 100), open(400, 180)] },
    'holds',
    /^Holds to 400 requests\/s: p95 180 ms/,
  ],
  [
    'arrivals that the generator could not send are not measured',
    {
      steps: [
        open(1000, 10),
        open(5000, 10, { arrivals: arrivals(25_000, 9_000), generatorUtilization: 0.97 }),
      ],
    },
    'holds',
    /^Holds to 1,000 requests\/s/,
  ],
  [
    'nothing but such arrivals',
    { steps: [open(5000, 10, { arrivals: arrivals(25_000, 9_000, 40_000) })] },
    'not-measured',
    /^Not measured: only 3,200 of 5,000 requests\/s could be sent by Headroom itself \(it noticed arrivals 40 ms late\)/,
  ],
  [
    'a generator whose CPU is used up, measured by the process',
    {
      steps: [open(5000, 3000, { arrivals: arrivals(25_000, 9_000), generatorCpu: 0.99 })],
    },
    'not-measured',
    /its CPU hit its limit/,
  ],
  [
    'arrivals that found every connection busy are the server’s breach',
    { steps: [open(1000, 10), open(5000, 1500, { arrivals: arrivals(25_000, 9_000), achievedRate: 3200 })] },
    'breaks',
    /^Breaks at 5,000 requests\/s: only 3,200 of 5,000 requests\/s found a free connection, because the server answered too slowly\.$/,
  ],
  [
    'a rate that was never asked for can not be missed',
    { budget: parseBudget('rps>500'), steps: [open(200, 10, { achievedRate: 200 })] },
    'not-measured',
    /at most 200 requests\/s were asked for/,
  ],
  [
    'a stress run that goes on breaks at the least load',
    { steps: [result(50, 100), result(100, 3000), result(200, 9000), result(400, 20_000)] },
    'breaks',
    /^Breaks at 100 users: p95 3 s/,
  ],
  [
    'a spike that it bears but does not get over',
    { steps: [result(10, 180), result(500, 1500), result(10, 4000, { phase: 'recovery' })] },
    'breaks',
    /^Does not recover: p95 4 s at 10 users after 500 users, budget p95<2s\. Before, at 10 users, it was p95 180 ms\.$/,
  ],
  [
    'a spike that breaks it for good',
    { steps: [result(10, 180), result(500, 5000), result(10, 4000, { phase: 'recovery' })] },
    'breaks',
    /^Breaks at 500 users: p95 5 s, budget p95<2s\. Does not recover: p95 4 s at 10 users/,
  ],
  [
    'silence after a spike',
    {
      steps: [
        result(10, 180),
        result(500, 500),
        result(10, null, { phase: 'recovery', requests: 0, statuses: {} }),
      ],
    },
    'breaks',
    /^Does not recover: there was not one answer at 10 users after 500 users\.$/,
  ],
  [
    'a recovery that takes a while',
    {
      steps: [
        result(10, 180),
        result(500, 500),
        result(10, 4000, { phase: 'recovery' }),
        result(10, 200, { phase: 'recovery' }),
      ],
    },
    'holds',
    /^Holds to 500 users/,
  ],
  [
    'a soak that wears out',
    { steps: [...soak([80, 80, 80, 80]), result(25, 5000)] },
    'breaks',
    /^Breaks after 4 steps at 25 users: p95 5 s, budget p95<2s\.$/,
  ],
  [
    'a restart in the middle of the bad step',
    { steps: [result(10, 100), result(25, 4000, { serverRestarted: true })] },
    'not-measured',
    /^Not measured: the server restarted in the middle of the step at 25 users.*\. Up to 10 users the budget was met\.$/,
  ],
  [
    'a restart in one step, a plain breach in another',
    { steps: [result(10, 100), result(25, 4000, { serverRestarted: true }), result(50, 4000)] },
    'breaks',
    /^Breaks at 50 users/,
  ],
  [
    'redirects away from this machine',
    {
      steps: [
        result(10, null, {
          errors: { redirect: 460 },
          statuses: { 302: 460 },
          samples: [{ kind: 'redirect', status: 302, message: 'to https://example.com/' }],
        }),
      ],
    },
    'not-measured',
    /^Not measured: 92% of answers were redirects that could not be followed \(to https:\/\/example\.com\/\)\.$/,
  ],
]

for (const [name, shape, kind, sentence] of table) {
  test(`${name}: ${kind}`, () => {
    const verdict = judge(judged(shape))
    assert.match(verdict.sentence, sentence)
    assert.equal(verdict.kind, kind)
    assert.equal(verdict.breakingPoint !== null, kind === 'breaks')
    for (const reason of verdict.reasons) assert.match(reason, /^[A-Z0-9].*\.$|^p95 grew/)
  })
}

test('the breaking point of an open model is a rate', () => {
  const { breakingPoint } = judge(judged({ steps: [open(400, 4100), open(200, 100)] }))
  assert.deepEqual([breakingPoint?.lastGoodRate, breakingPoint?.rate, breakingPoint?.users], [200, 400, 200])
})

test('what a spike does not get over is its breaking point', () => {
  const steps = [result(10, 180), result(500, 1500), result(10, 4000, { phase: 'recovery' })]
  const { breakingPoint } = judge(judged({ steps }))
  assert.deepEqual(
    [breakingPoint?.lastGoodUsers, breakingPoint?.users, breakingPoint?.measured],
    [10, 500, 4_000_000],
  )
})

test('a load is its rate where it has one', () => {
  assert.deepEqual(loadOf({ users: 200, rate: 400 }), { value: 400, unit: 'requests/s' })
  assert.deepEqual([{ users: 1 }, { users: 120 }, { users: 9, rate: 400 }].map(loadText), [
    '1 user',
    '120 users',
    '400 requests/s',
  ])
})

test('one arrival in a hundred without a connection is no breach', () => {
  assert.deepEqual(breaches(open(1000, 10, { arrivals: arrivals(5_000, 50) }), budget), [])
})

const memory = /^Memory grew 1\.9 MB a step, from 80 MB to 97 MB over 10 steps at 25 users\.$/
for (const [name, sizes, grows] of [
  ['memory that grows', [80, 82.3, 83.6, 85.9, 87.4, 89.6, 91.2, 93.5, 95.1, 97], true],
  ['memory that goes up and down', [80, 95, 82, 97, 81, 96, 83, 95, 80, 96], false],
  ['a heap that fills up once', [80, 92, 96, 97, 97.2, 97.1, 97.3, 97.2, 97.1, 97.2], false],
  ['an allocator’s growth', [80, 80.1, 80.2, 80.3, 80.4, 80.5, 80.6, 80.7, 80.8, 80.9], false],
  ['three steps', [80, 90, 100], false],
] as const) {
  test(`${name} is ${grows ? '' : 'not '}called growth`, () => {
    const { reasons, kind } = judge(judged({ steps: soak(sizes) }))
    assert.equal(kind, 'holds')
    const found = reasons.filter((reason) => reason.startsWith('Memory'))
    assert.equal(found.length, grows ? 1 : 0, found.join())
    if (grows) assert.match(found[0] ?? '', memory)
  })
}

function reasonsOfSoak(millis: readonly number[]): readonly string[] {
  return judge(judged({ steps: millis.map((value) => result(25, value)) })).reasons
}

test('a soak that gets slower says so, one that only varies does not', () => {
  assert.deepEqual(reasonsOfSoak([180, 200, 210, 235, 255, 270, 300, 320]), [
    'p95 grew from 180 ms to 320 ms over 8 steps at 25 users.',
  ])
  assert.deepEqual(reasonsOfSoak([180, 320, 190, 300, 185, 310, 200, 300]), [])
})

function reasonsWith(generatorWaited: number): string {
  return judge(judged({ steps: [result(10, 100), result(25, 3000, { generatorWaited })] })).reasons.join(' ')
}

test('a generator that waited for a core is told, and only where it waited much', () => {
  assert.match(reasonsWith(0.4), /kept Headroom waiting for a core 40% of the time at 25 users/)
  assert.doesNotMatch(reasonsWith(0.1), /waiting for a core/)
})
