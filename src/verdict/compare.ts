import * as l10n from '@vscode/l10n'
import type { Comparison, Delta, Judgement } from '../model/comparison.ts'
import { formatCount } from '../model/format.ts'
import { loadOf, loadText } from '../model/load-level.ts'
import { countedSteps } from '../model/measure.ts'
import { failedRequests, type LatencyMicros, type Run, type StepResult, type Tick } from '../model/run.ts'
import type { BreakingPoint } from '../model/verdict.ts'
import { latenciesOf, recordedTogether } from './histogram.ts'
import { testForNoise, type NoiseMetric, type NoiseTest, type TickPair } from './noise.ts'

/**
 * Sets two runs side by side: latency, throughput and errors at the greatest load that both ran to the end, then breaking
 * point, rows and bytes of one answer. Where a load was held by several steps, they count together. What either run did
 * not measure is null. Each number says whether it changed by more than noise ({@link testForNoise}). `comparable` is
 * false where the plans or the data differ; `differences` says in what, one sentence each.
 */
export function compareRuns(before: Run, after: Run): Comparison {
  const differences = differencesBetween(before, after)
  const atLoad = deltasAtCommonLoad(before, after)
  return {
    schema: 'headroom.comparison/1',
    route: after.route,
    before: before.id,
    after: after.id,
    comparable: differences.length === 0,
    differences,
    deltas: [
      ...atLoad,
      breakingPointDelta(before, after, atLoad),
      delta('rows in one answer', 'rows', before.preflight?.rows ?? null, after.preflight?.rows ?? null),
      delta('bytes in one answer', 'bytes', before.preflight?.bytes ?? null, after.preflight?.bytes ?? null),
    ],
  }
}

/**
 * What the numbers of a comparison say together: `worse` where one of p50, p95, throughput and errors is worse beyond
 * noise, else `better` where one is better, else `within-noise`; null where the runs don't compare or nothing could be
 * told. p99 doesn't decide: beside other programs its tail is theirs as much as the server's. Nor does the breaking point,
 * which is a range found by one search each.
 */
export function verdictOfComparison(comparison: Comparison): Judgement | null {
  if (!comparison.comparable) return null
  const judgements = comparison.deltas.filter(decides).flatMap(({ judgement }) => judgement ?? [])
  if (judgements.includes('worse')) return 'worse'
  if (judgements.includes('better')) return 'better'
  return judgements.length === 0 ? null : 'within-noise'
}

const deciding = ['p50', 'p95', 'requests a second', 'errors']

function decides({ name }: Delta): boolean {
  return deciding.some((metric) => name.startsWith(`${metric} at `))
}

/** What a run measured at one load, all its steps at that load together. */
interface Held {
  readonly step: StepResult
  readonly latencyMicros: LatencyMicros
  readonly achievedRate: number
  readonly errorShare: number | null
  readonly ticks: readonly Tick[]
}

function deltasAtCommonLoad(before: Run, after: Run): Delta[] {
  const loads = commonLoads(before, after)
  const [earlier, later] = loads[0] ?? []
  const at = earlier === undefined ? '' : ` at ${loadText(earlier.step)}`
  const pairs = loads.map(([one, other]): TickPair => ({ before: one.ticks, after: other.ticks }))
  const percentiles = (['p50', 'p95', 'p99'] as const).map((metric) =>
    tested(
      delta(
        `${metric}${at}`,
        'micros',
        earlier?.latencyMicros[metric] ?? null,
        later?.latencyMicros[metric] ?? null,
      ),
      metric,
      pairs,
    ),
  )
  const rate = delta(
    `requests a second${at}`,
    'per-second',
    earlier?.achievedRate ?? null,
    later?.achievedRate ?? null,
  )
  const errors = delta(`errors${at}`, 'fraction', earlier?.errorShare ?? null, later?.errorShare ?? null)
  return [...percentiles, tested(rate, 'rps', pairs), tested(errors, 'errors', pairs)]
}

function tested(bare: Delta, metric: NoiseMetric, pairs: readonly TickPair[]): Delta {
  const { before, after, change } = bare
  const difference = before === null || after === null ? null : after - before
  const noise: NoiseTest = testForNoise(metric, pairs, metric === 'errors' ? difference : change)
  return { ...bare, ...noise }
}

/** What both runs measured to the end, at each load that they share, the greatest first. */
function commonLoads(before: Run, after: Run): [Held, Held][] {
  const later = heldLoads(after)
  return [...heldLoads(before)]
    .flatMap(([load, held]): [Held, Held][] => {
      const same = later.get(load)
      return same === undefined ? [] : [[held, same]]
    })
    .toSorted(([one], [other]) => loadOf(other.step).value - loadOf(one.step).value)
}

function heldLoads(run: Run): Map<string, Held> {
  const complete = countedSteps(run.steps).filter((step) => step.complete)
  const groups = Map.groupBy(complete, (step) => loadText(step))
  return new Map([...groups].flatMap(([load, steps]) => [[load, together(run, steps)]]))
}

function together(run: Run, steps: readonly StepResult[]): Held {
  const [step, ...repeats] = steps.toReversed()
  if (step === undefined) throw new Error('No step was held at this load.')
  const requests = steps.reduce((sum, each) => sum + each.requests, 0)
  const seconds = steps.reduce((sum, each) => sum + each.durationSeconds, 0)
  const failed = steps.reduce((sum, each) => sum + failedRequests(each.errors), 0)
  const merged = repeats.length === 0 ? null : recordedTogether(steps)
  return {
    step,
    latencyMicros: merged === null ? step.latencyMicros : latenciesOf(merged),
    achievedRate: repeats.length === 0 ? step.achievedRate : requests / seconds,
    errorShare: requests === 0 ? null : failed / requests,
    ticks: run.ticks.filter((tick) => steps.some((each) => run.steps[tick.step] === each)),
  }
}

/**
 * The breaking point lies between the last good load and the least bad one. Two such ranges that overlap are one and the
 * same; two that don't differ beyond noise only where a number at the common load does so too.
 */
function breakingPointDelta(before: Run, after: Run, atLoad: readonly Delta[]): Delta {
  const [earlier, later] = [before.verdict.breakingPoint, after.verdict.breakingPoint]
  const unit = unitOf(earlier ?? later)
  const at = (point: typeof earlier): number | null => point?.[levelNames[unit].bad] ?? null
  const lastGood = (point: typeof earlier): number => point?.[levelNames[unit].good] ?? 0
  const bare = delta('breaking point', unit, at(earlier), at(later))
  if (bare.before === null || bare.after === null) return { ...bare, judgement: null }
  const direction =
    lastGood(later) >= bare.before ? 'better' : lastGood(earlier) >= bare.after ? 'worse' : null
  const confirmed = atLoad.some((each) => decides(each) && each.judgement === direction)
  return { ...bare, judgement: direction !== null && confirmed ? direction : 'within-noise' }
}

const levelNames = {
  users: { bad: 'users', good: 'lastGoodUsers' },
  'per-second': { bad: 'rate', good: 'lastGoodRate' },
  rows: { bad: 'rows', good: 'lastGoodRows' },
} as const

function unitOf(point: BreakingPoint | null): keyof typeof levelNames {
  if (point?.rows !== undefined) return 'rows'
  return point?.rate === undefined ? 'users' : 'per-second'
}

function delta(name: string, unit: Delta['unit'], before: number | null, after: number | null): Delta {
  const change = before === null || after === null || before === 0 ? null : after / before
  return { name, unit, before, after, change }
}

function differencesBetween(before: Run, after: Run): string[] {
  const checks: [boolean, string][] = [
    [before.route === after.route, l10n.t('The routes differ: {0} and {1}.', before.route, after.route)],
    [
      equalJson(requestOf(before), requestOf(after)),
      l10n.t('The requests differ: path, parameter values or body are not the same.'),
    ],
    [
      before.plan.profile === after.plan.profile && before.plan.model === after.plan.model,
      l10n.t('The load profiles differ: {0} and {1}.', before.plan.profile, after.plan.profile),
    ],
    [
      equalJson(before.plan.steps, after.plan.steps),
      l10n.t('The planned load steps differ in load or duration.'),
    ],
    [
      equalJson(manners(before), manners(after)),
      l10n.t('Users behave differently: flows, think time or connections.'),
    ],
    [before.plan.volume?.table === after.plan.volume?.table, l10n.t('The sweeps grow different tables.')],
    [before.plan.timeoutMillis === after.plan.timeoutMillis, l10n.t('The timeouts differ.')],
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

function manners({ plan }: Run): unknown {
  const { flows = [] } = plan
  const repeats = flows.length === 1 && flows[0]?.requests.length === 1
  return [repeats ? [] : flows, plan.thinkTime, plan.transport]
}

/** Tables that only one run knows say nothing about the other. */
function rowDifferences(before: Run, after: Run): string[] {
  return Object.entries(before.conditions.rows).flatMap(([table, rows]) => {
    const now = after.conditions.rows[table]
    if (now === undefined || now === rows) return []
    return [
      l10n.t('Table {0} had {1} rows before, and {2} after.', table, formatCount(rows), formatCount(now)),
    ]
  })
}

function equalJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
