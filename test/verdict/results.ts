import type { Threshold } from '../../src/model/budget.ts'
import type { Finding } from '../../src/model/finding.ts'
import {
  noErrors,
  type ErrorCounts,
  type Preflight,
  type Run,
  type ServerCounters,
  type StepResult,
} from '../../src/model/run.ts'
import { parseBudget } from '../../src/verdict/budget.ts'
import { judge, type Judged } from '../../src/verdict/verdict.ts'

interface StepShape extends Partial<Omit<StepResult, 'errors' | 'server' | 'latencyMicros'>> {
  readonly errors?: Partial<ErrorCounts>
  readonly server?: Partial<ServerCounters>
  readonly latencyMicros?: Partial<StepResult['latencyMicros']>
}

/** A complete ramp step with 500 good answers, p95 as given in milliseconds. */
export function result(users: number, p95Millis: number | null, shape: StepShape = {}): StepResult {
  const p95 = p95Millis === null ? null : p95Millis * 1000
  const requests = shape.requests ?? 500
  return {
    phase: 'ramp',
    users,
    durationSeconds: 5,
    offeredRate: null,
    achievedRate: requests / 5,
    requests,
    samples: [],
    statuses: { 200: requests },
    bytes: requests * 100,
    histogram: '',
    generatorUtilization: 0.1,
    complete: true,
    ...shape,
    errors: { ...noErrors(), ...shape.errors },
    latencyMicros: {
      p50: p95 === null ? null : p95 / 2,
      p90: p95 === null ? null : p95 * 0.9,
      p95,
      p99: null,
      p999: null,
      max: p95 === null ? null : p95 * 1.1,
      ...shape.latencyMicros,
    },
    server: {
      cpu: null,
      rssBytes: null,
      eventLoopDelayMicros: null,
      queriesPerRequest: null,
      ...shape.server,
    },
  }
}

export function finding(rule: string, line = 34): Finding {
  return {
    rule,
    severity: 'info',
    message: `${rule} here`,
    file: 'src/storage.ts',
    line,
    column: 1,
    endLine: line,
    endColumn: 10,
    route: 'GET /feed',
    routes: ['GET /feed'],
    path: [],
    fixes: [{ id: `fix-${rule}`, title: 'Fix it', safety: 'safe' }],
    provenance: null,
  }
}

export const preflightOf = (shape: Partial<Preflight> = {}): Preflight => ({
  status: 200,
  latencyMicros: 20_000,
  bytes: 2_000,
  contentType: 'application/json',
  rows: 2,
  ...shape,
})

export const budget: readonly Threshold[] = parseBudget('p95<2s, errors<1%')

export function judged(shape: Partial<Judged>): Judged {
  return {
    steps: [],
    budget,
    stopped: false,
    preflight: preflightOf(),
    findings: [],
    routeKey: 'GET /feed',
    ...shape,
  }
}

export function runOf(steps: StepResult[], shape: Partial<Run> = {}): Run {
  return {
    schema: 'headroom.run/1',
    id: 'run',
    route: 'GET /feed',
    file: null,
    line: null,
    plan: {
      baseUrl: 'http://127.0.0.1:3000',
      request: { method: 'GET', path: '/feed', parameters: {}, headers: {}, body: null },
      profile: 'progressive',
      model: 'closed',
      steps: [],
      budget,
      timeoutMillis: 10_000,
      seed: 1,
    },
    conditions: { startedAt: '', node: '', platform: '', cores: 2, loadModel: 'closed', rows: {} },
    preflight: preflightOf(),
    ticks: [],
    steps,
    verdict: judge(judged({ steps })),
    ...shape,
  }
}
