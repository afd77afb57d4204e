import type { Comparison, Delta } from '../model/comparison.ts'
import { formatCount } from '../model/format.ts'
import { failedRequests, type Run, type StepResult } from '../model/run.ts'
import { usersText } from './sentences.ts'

/**
 * Sets two runs side by side: latency, throughput and errors at the highest number of users that both ran to the end,
 * then breaking point, rows and bytes of one answer. What either run did not measure is null. `comparable` is false where
 * the plans or the data differ; `differences` says in what, one sentence each.
 */
export function compareRuns(before: Run, after: Run): Comparison {
  const differences = differencesBetween(before, after)
  return {
    schema: 'headroom.comparison/1',
    route: after.route,
    before: before.id,
    after: after.id,
    comparable: differences.length === 0,
    differences,
    deltas: [
      ...deltasAtCommonUsers(before, after),
      delta(
        'breaking point',
        'users',
        before.verdict.breakingPoint?.users ?? null,
        after.verdict.breakingPoint?.users ?? null,
      ),
      delta('rows in one answer', 'rows', before.preflight?.rows ?? null, after.preflight?.rows ?? null),
      delta('bytes in one answer', 'bytes', before.preflight?.bytes ?? null, after.preflight?.bytes ?? null),
    ],
  }
}

function deltasAtCommonUsers(before: Run, after: Run): Delta[] {
  const [earlier, later] = commonStep(before, after)
  const at = earlier === undefined ? '' : ` at ${usersText(earlier.users)}`
  const percentiles = (['p50', 'p95', 'p99'] as const).map((metric) =>
    delta(
      `${metric}${at}`,
      'micros',
      earlier?.latencyMicros[metric] ?? null,
      later?.latencyMicros[metric] ?? null,
    ),
  )
  return [
    ...percentiles,
    delta(`requests a second${at}`, 'per-second', earlier?.achievedRate ?? null, later?.achievedRate ?? null),
    delta(`errors${at}`, 'fraction', errorShare(earlier), errorShare(later)),
  ]
}

/** The step with most users that both runs completed. */
function commonStep(before: Run, after: Run): [StepResult, StepResult] | [undefined, undefined] {
  const later = new Map(judgedSteps(after).map((step) => [step.users, step]))
  const pairs = judgedSteps(before).flatMap((step): [StepResult, StepResult][] => {
    const same = later.get(step.users)
    return same === undefined ? [] : [[step, same]]
  })
  return pairs.toSorted(([a], [b]) => b.users - a.users)[0] ?? [undefined, undefined]
}

function judgedSteps(run: Run): StepResult[] {
  return run.steps.filter((step) => (step.phase === 'ramp' || step.phase === 'bisect') && step.complete)
}

function errorShare(step: StepResult | undefined): number | null {
  return step === undefined || step.requests === 0 ? null : failedRequests(step.errors) / step.requests
}

function delta(name: string, unit: Delta['unit'], before: number | null, after: number | null): Delta {
  const change = before === null || after === null || before === 0 ? null : after / before
  return { name, unit, before, after, change }
}

function differencesBetween(before: Run, after: Run): string[] {
  const checks: [boolean, string][] = [
    [before.route === after.route, `The routes differ: ${before.route} and ${after.route}.`],
    [
      equalJson(requestOf(before), requestOf(after)),
      'The requests differ: path, parameter values or body are not the same.',
    ],
    [
      before.plan.profile === after.plan.profile && before.plan.model === after.plan.model,
      `The load profiles differ: ${before.plan.profile} and ${after.plan.profile}.`,
    ],
    [equalJson(before.plan.steps, after.plan.steps), 'The planned load steps differ in users or duration.'],
    [before.plan.timeoutMillis === after.plan.timeoutMillis, 'The timeouts differ.'],
  ]
  return [
    ...checks.filter(([equal]) => !equal).map(([, sentence]) => sentence),
    ...rowDifferences(before, after),
  ]
}

function requestOf({ plan }: Run): unknown {
  const { method, path, parameters, body } = plan.request
  const values = Object.entries(parameters).map(([name, parameter]) => [name, parameter.values])
  return [method, path, values, body]
}

/** Tables that only one run knows say nothing about the other. */
function rowDifferences(before: Run, after: Run): string[] {
  return Object.entries(before.conditions.rows).flatMap(([table, rows]) => {
    const now = after.conditions.rows[table]
    if (now === undefined || now === rows) return []
    return [`Table ${table} had ${formatCount(rows)} rows before, and ${formatCount(now)} after.`]
  })
}

function equalJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
