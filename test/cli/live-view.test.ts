import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { advance, liveView, notBegun, type LiveRun } from '../../src/cli/live-view.ts'
import { eventLines, seedLine, stepLine } from '../../src/cli/run-words.ts'
import { fitPieces, paletteFor, shorten, sparkline, widthOf } from '../../src/cli/text-shapes.ts'
import type { LoadPlan, Step } from '../../src/model/load-plan.ts'
import type { RunEvent } from '../../src/model/panel.ts'
import type { SeedProgress } from '../../src/model/seed-plan.ts'
import {
  noErrors,
  noServerCounters,
  type Conditions,
  type ErrorCounts,
  type LatencyMicros,
  type StepResult,
  type Tick,
} from '../../src/model/run.ts'

const plain = paletteFor(false)

function latencies(p95: number | null, p99: number | null = null): LatencyMicros {
  return { p50: p95 === null ? null : p95 / 2, p90: null, p95, p99, p999: null, max: null }
}

function step(users: number, rest: Partial<Step> = {}): Step {
  return { phase: 'ramp', users, durationSeconds: 10, maxDurationSeconds: 30, minRequests: 20, ...rest }
}

function planOf(steps: readonly Step[], path = '/users/:id'): LoadPlan {
  const request = { method: 'GET', path, parameters: {}, headers: {}, body: null } as const
  const budget = [{ metric: 'p95', comparison: '<', limit: 100_000, text: 'p95<100ms' }] as const
  const rest = {
    baseUrl: 'http://localhost:3000',
    profile: 'progressive',
    model: 'closed',
    timeoutMillis: 1000,
    seed: 1,
  } as const
  return { ...rest, request, budget, steps }
}

function tick(p95: number | null, rest: Partial<Tick> = {}): RunEvent {
  const bare = {
    atMillis: 0,
    intervalMillis: 250,
    step: 0,
    users: 50,
    requests: 310,
    errors: noErrors(),
    bytes: 0,
  }
  const more = { latencyMicros: latencies(p95), histogram: '', inFlight: 50, generatorUtilization: 0.2 }
  return { kind: 'tick', tick: { ...bare, ...more, server: noServerCounters, ...rest } }
}

function result(users: number, p95: number | null, rest: Partial<StepResult> = {}): StepResult {
  return {
    phase: 'ramp',
    users,
    durationSeconds: 10,
    offeredRate: null,
    achievedRate: 1240,
    requests: 12_400,
    errors: noErrors(),
    samples: [],
    statuses: {},
    bytes: 0,
    latencyMicros: latencies(p95),
    histogram: '',
    server: noServerCounters,
    generatorUtilization: 0.2,
    complete: true,
    ...rest,
  }
}

const conditions: Conditions = { startedAt: '', node: '', platform: '', cores: 2, loadModel: '', rows: {} }

/** The run after these events, each a second after the one before; latencies so far as each tick has them. */
function after(events: readonly RunEvent[]): LiveRun {
  return events.reduce((run, event, index) => {
    const soFar = event.kind === 'tick' ? event.tick.latencyMicros : null
    return advance(run, event, { nowMillis: index * 1000, soFar })
  }, notBegun)
}

const steps = [step(2, { phase: 'warm-up' }), step(10), step(50), step(100)]
const started = (index: number, secondsLeft: number, rest: Partial<Step> = {}): RunEvent => {
  const planned = steps[index] ?? step(75)
  return { kind: 'step-started', index, step: { ...planned, ...rest }, secondsLeft }
}

const busy: ErrorCounts = { ...noErrors(), timeout: 8, 'status-5xx': 40, cancelled: 3 }
const events: RunEvent[] = [
  { kind: 'plan', plan: planOf(steps), conditions },
  started(0, 40),
  { kind: 'step', step: result(2, 3000, { phase: 'warm-up' }) },
  started(1, 30),
  { kind: 'step', step: result(10, 20_000) },
  started(2, 20),
  tick(40_000),
  tick(null, { errors: busy }),
  tick(160_000, {
    latencyMicros: latencies(160_000, 310_000),
    server: { ...noServerCounters, cpu: 0.87, rssBytes: 120_400_000 },
    generatorUtilization: 0.95,
  }),
]

function view(run: LiveRun, columns: number, rows = 24, nowMillis = 9000): string[] {
  return liveView(run, { columns, rows, nowMillis, palette: plain })
}

describe('the live view', () => {
  it('shows load, figures, failures by kind, the server, the curve and the time left', () => {
    assert.deepEqual(view(after(events), 79), [
      'GET /users/:id, progressive load',
      '50 users · step 3 of 4',
      '1,240 requests/s · p50 80 ms · p95 160 ms · p99 310 ms',
      '48 of 930 failed (5.2%) · 40 5xx · 8 timed out',
      'server CPU 87% · memory 120 MB · 50 in flight · generator busy 95%',
      'p95  ▂│▃·█  up to 160 ms, budget 100 ms',
      '██████████░░░░░░░░░░░░░░░░░░░░  33%, about 16 s left, Ctrl-C stops',
    ])
  })

  it('says what is not known yet instead of numbers', () => {
    const lines = view(after(events.slice(0, 2)), 79, 24, 1000)
    assert.deepEqual(lines.slice(1), [
      '2 users · step 1 of 4 · warm-up',
      'no answers yet',
      `${'░'.repeat(30)}  0%, about 40 s left, Ctrl-C stops`,
    ])
    const few = after([
      ...events.slice(0, 2),
      tick(null, { requests: 5, latencyMicros: { ...latencies(null), p50: 900 } }),
    ])
    assert.equal(
      view(few, 79)[2],
      '20 requests/s · p50 900 µs · p95 after 20 answers · p99 after 1,000 answers',
    )
    assert.equal(view(few, 79)[3], '5 requests, none failed')
  })

  it('names an open model by what it asks for, and a search for the breaking point as that', () => {
    const open = after([...events.slice(0, 1), started(1, 5, { rate: 400 })])
    assert.equal(view(open, 79)[1], '400 requests/s asked · step 2 of 4')
    const bisect = after([...events, started(4, 5, { phase: 'bisect' })])
    assert.equal(view(bisect, 79)[1], '75 users · narrowing the breaking point down')
  })

  it('marks what breaks the budget with colour, and only where colours are wanted', () => {
    const [curve = ''] = liveView(after(events), {
      columns: 79,
      rows: 24,
      nowMillis: 9000,
      palette: paletteFor(true),
    }).filter((line) => line.startsWith('p95'))
    assert.ok(curve.includes('│▃·\u001B[31m█\u001B[39m'), curve)
    assert.equal(
      view(after(events), 79).some((line) => line.includes('\u001B')),
      false,
    )
  })

  it('fits every screen, with the most important lines first', () => {
    const long = after([
      { kind: 'plan', plan: planOf(steps, `/用户/${'x'.repeat(300)}\u001B[2J`), conditions },
      ...Array.from({ length: 40 }, (): RunEvent => ({ kind: 'step', step: result(10, 20_000) })),
      ...events.slice(1),
      ...Array.from({ length: 400 }, () => tick(30_000)),
    ])
    for (let columns = 1; columns <= 130; columns += 1) {
      for (const rows of [2, 3, 5, 9, 24]) {
        const lines = view(long, columns, rows)
        assert.ok(
          lines.length <= Math.min(8, Math.max(1, rows - 1)),
          `${lines.length} lines on ${columns} × ${rows}`,
        )
        for (const line of lines) assert.ok(widthOf(line) <= columns, `"${line}" in ${columns} columns`)
      }
    }
    assert.deepEqual(view(after(events), 79, 3), [
      '50 users · step 3 of 4',
      '1,240 requests/s · p50 80 ms · p95 160 ms · p99 310 ms',
    ])
    assert.deepEqual(view(after(events), 30).slice(0, 3), [
      '50 users · step 3 of 4',
      '1,240 requests/s · p50 80 ms',
      'p95 160 ms · p99 310 ms',
    ])
  })

  it('is empty before the first step, and never promises less than nothing', () => {
    assert.deepEqual(view(after(events.slice(0, 1)), 79), [])
    assert.match(view(after(events), 79, 24, 500_000).at(-1) ?? '', /^█+ {2}100%, finishing/)
  })
})

describe('lines that stay', () => {
  it('tell of the plan and the first answer, and of too few rows', () => {
    const [plan] = eventLines({ kind: 'plan', plan: planOf(steps), conditions })
    assert.equal(plan, 'GET /users/:id at http://localhost:3000, progressive: 10 → 50 → 100 users')
    const one = planOf([step(1)])
    const soak = planOf([step(1), step(1)])
    assert.match(eventLines({ kind: 'plan', plan: one, conditions })[0] ?? '', /: 1 user$/)
    assert.match(eventLines({ kind: 'plan', plan: soak, conditions })[0] ?? '', /: 1 user, in 2 parts$/)
    const preflight = { status: 200, latencyMicros: 4100, bytes: 20, contentType: null }
    const answered = (rows: number | null): string[] =>
      eventLines({ kind: 'preflight', preflight: { ...preflight, rows } })
    assert.deepEqual(answered(50), ['✓ answered 200 in 4.1 ms, 50 rows'])
    assert.deepEqual(answered(null), ['✓ answered 200 in 4.1 ms'])
    assert.match(answered(1)[1] ?? '', /Only 1 row: results may look better than production/)
  })

  it('are one for each step', () => {
    assert.equal(stepLine(result(50, 12_000)), '    50 users   1,240 requests/s   p50 6 ms   p95 12 ms')
    const bad = result(200, null, {
      errors: busy,
      rate: 400,
      phase: 'recovery',
      complete: false,
      requests: 960,
    })
    assert.equal(
      stepLine(bad),
      '  400 requests/s asked   1,240 requests/s   p95 not measured   5% failed: 40 5xx, 8 timed out   does it recover?   cut short',
    )
  })
})

describe('a volume sweep', () => {
  const levels = [100, 1000]
  const growing: LoadPlan = {
    ...planOf(levels.map((rows) => ({ ...step(1), rows }))),
    profile: 'volume',
    volume: { table: 'notes', levels },
  }

  it('is planned and measured in rows', () => {
    const [plan = ''] = eventLines({ kind: 'plan', plan: growing, conditions })
    assert.match(plan, /volume: 100 → 1,000 rows of notes$/)
    assert.match(stepLine(result(1, 12_000, { rows: 10_000 })), /^ {5}10,000 rows {3}1,240 requests\/s/)
  })

  it('shows rows being added where the step was, until the next begins', () => {
    const progress: SeedProgress = {
      phase: 'insert',
      table: 'notes',
      rowsDone: 400,
      rowsTotal: 900,
      rowsPerSecond: 90_000,
      secondsLeft: 0.4,
    }
    const [first, second] = growing.steps
    assert.ok(first !== undefined && second !== undefined)
    const until: RunEvent[] = [
      { kind: 'plan', plan: growing, conditions },
      { kind: 'step-started', index: 0, step: first, secondsLeft: 8 },
      { kind: 'step', step: result(1, 2000, { rows: 100 }) },
      { kind: 'seeding', progress },
    ]
    assert.deepEqual(view(after(until), 79), [
      'GET /users/:id, volume load',
      '  notes: 400 of 900 rows, 90,000 rows/s, about 1 s left',
    ])
    const next = after([...until, { kind: 'step-started', index: 1, step: second, secondsLeft: 4 }])
    assert.match(view(next, 79).join('\n'), /^1,000 rows · 1 user · step 2 of 2$/m)
    const indexing: SeedProgress = {
      ...progress,
      phase: 'index',
      table: 'index a',
      rowsDone: 1,
      rowsTotal: 2,
    }
    assert.match(seedLine(indexing), /index a: 1 of 2 indexes and keys/)
  })
})

describe('shapes', () => {
  it('measure what a terminal shows', () => {
    assert.equal(widthOf('\u001B[31mab\u001B[39m'), 2)
    assert.equal(widthOf('用户 🚀'), 7)
    assert.equal(shorten('a\u001B[2Jb\nc', 20), 'a [2Jb c')
    assert.equal(shorten('用户名', 4), '用…')
    assert.deepEqual(fitPieces(['aaaa', 'bb', 'cccccccc'], 9), ['aaaa · bb', 'cccccccc'])
    assert.deepEqual(fitPieces(['abcdefghij'], 5), ['abcd…'])
    assert.equal(
      sparkline([0, 50, null, 100], 100, () => false, plain),
      '▁▅·█',
    )
  })
})
