import * as l10n from '@vscode/l10n'
import { type LatencyMetric, latencyMetrics } from '../../src/model/budget.ts'
import { formatCount } from '../../src/model/format.ts'
import { type Loaded, loadOf, loadText } from '../../src/model/load-level.ts'
import type { LoadPlan, Step } from '../../src/model/load-plan.ts'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import {
  type ErrorCounts,
  failedRequests,
  type LatencyMicros,
  type Run,
  type ServerCounters,
  type Tick,
} from '../../src/model/run.ts'
import { countedSteps } from '../../src/model/measure.ts'
import type { AxisUnit, ChartModel, LoadMarker, Point } from './chart.ts'

/** What one place on the x axis measured, whether its step is over or its latest tick stands for it. */
export interface CurvePoint {
  readonly load: number
  readonly latencyMicros: LatencyMicros
  readonly achievedRate: number
  readonly offeredRate: number | null
  readonly failedRate: number
  readonly server: ServerCounters
  readonly live: boolean
}

/** The measured points by load, and what they share with every chart's frame. */
export interface Curve {
  readonly points: readonly CurvePoint[]
  readonly before: readonly CurvePoint[]
  readonly loads: readonly number[]
  readonly loadUnit: AxisUnit
  /** The x axis in words, for titles: `by load`, or `over time, at 25 users`. */
  readonly over: string
  readonly range: readonly [min: number, max: number]
  readonly liveIndex: number | null
}

function perSecond(errors: ErrorCounts, seconds: number): number {
  return seconds > 0 ? failedRequests(errors) / seconds : 0
}

function plannedRamp(plan: LoadPlan | null): Step[] {
  return (plan?.steps ?? []).filter((step) => step.phase === 'ramp')
}

/** What the x axis of a plan counts. A soak holds one load in several parts: over the load they would hide each other. */
export function axisOf(plan: LoadPlan | null): AxisUnit {
  const loads = plannedRamp(plan).map((step) => loadOf(step).value)
  if (plannedRamp(plan)[0]?.rows !== undefined) return 'rows'
  if (loads.length > 1 && new Set(loads).size === 1) return 'part'
  return plan?.model === 'open' ? 'requests/s' : 'users'
}

function finishedPoints(steps: Run['steps'], axis: AxisUnit): CurvePoint[] {
  return countedSteps(steps).map((step, index) => ({
    load: axis === 'part' ? index + 1 : loadOf(step).value,
    latencyMicros: step.latencyMicros,
    achievedRate: step.achievedRate,
    offeredRate: step.offeredRate,
    failedRate: perSecond(step.errors, step.durationSeconds),
    server: step.server,
    live: false,
  }))
}

/** Each percentile as its step's latest tick that had enough answers for it gave it. Percentiles of ticks are never averaged. */
function latestLatencies(ticks: readonly Tick[]): LatencyMicros {
  const latest = (metric: LatencyMetric): number | null =>
    ticks.findLast((tick) => tick.latencyMicros[metric] !== null)?.latencyMicros[metric] ?? null
  const [p50, p90, p95, p99, p999, max] = latencyMetrics.map(latest)
  return {
    p50: p50 ?? null,
    p90: p90 ?? null,
    p95: p95 ?? null,
    p99: p99 ?? null,
    p999: p999 ?? null,
    max: max ?? null,
  }
}

/** The step that is being measured as a point: its latest tick's numbers. */
function livePoint(tick: Tick, ticks: readonly Tick[], load: number): CurvePoint {
  const seconds = tick.intervalMillis / 1000
  return {
    load,
    latencyMicros: latestLatencies(ticks.filter((candidate) => candidate.step === tick.step)),
    achievedRate: seconds > 0 ? tick.requests / seconds : 0,
    offeredRate: tick.rate ?? null,
    failedRate: perSecond(tick.errors, seconds),
    server: tick.server,
    live: true,
  }
}

/** The tick that stands for the step that is being measured now; null between steps, in one that doesn't count, and after the run. */
function liveTick(state: PanelSnapshot): Tick | null {
  if (state.status !== 'running') return null
  const tick = state.ticks.at(-1)
  if (tick === undefined || tick.step < state.steps.length) return null
  const phase = state.step?.phase ?? state.plan?.steps[tick.step]?.phase
  return phase === 'ramp' || phase === 'bisect' ? tick : null
}

function byLoad(points: readonly CurvePoint[]): CurvePoint[] {
  const latest = new Map(points.map((point) => [point.load, point]))
  return [...latest.values()].toSorted((one, other) => one.load - other.load)
}

/** The run before, where its points stand on the same axis: users and requests a second don't compare. */
function beforeOn(axis: AxisUnit, { before }: PanelSnapshot): Run | null {
  return before !== null && axisOf(before.plan) === axis ? before : null
}

/** Between two steps it may prepare the next, as a sweep does that adds rows. */
function isUnderWay({ status, steps }: PanelSnapshot): boolean {
  return status === 'running' || (status === 'preparing' && steps.length > 0)
}

/** The rows that a finished sweep's fit says something about. */
function foreseen({ status, volume }: PanelSnapshot): number[] {
  return status === 'finished' ? (volume?.growth.flatMap(({ beyond }) => beyond?.rows ?? []) ?? []) : []
}

function overText(axis: AxisUnit, first: Step | undefined): string {
  if (axis === 'rows') return l10n.t('by rows')
  return axis === 'part' && first !== undefined
    ? l10n.t('over time, at {0}', loadText(first))
    : l10n.t('by load')
}

/** The curve of a state: points sorted by load, one a load (the last measured), and the loads still to come while it runs. */
export function curveOf(state: PanelSnapshot): Curve {
  const axis = axisOf(state.plan ?? state.before?.plan ?? null)
  const ramp = plannedRamp(state.plan)
  const placeOf = (step: Loaded, index: number): number => (axis === 'part' ? index + 1 : loadOf(step).value)
  const tick = liveTick(state)
  const finished = finishedPoints(state.steps, axis)
  const live =
    tick === null
      ? []
      : [
          livePoint(
            tick,
            state.ticks,
            placeOf(state.step?.rows === undefined ? tick : state.step, finished.length),
          ),
        ]
  const points = byLoad([...finished, ...live])
  const before = byLoad(finishedPoints(beforeOn(axis, state)?.steps ?? [], axis))
  const loads = [...new Set([...points, ...before].map((point) => point.load))].toSorted(
    (one, other) => one - other,
  )
  const all = [...loads, ...(isUnderWay(state) ? ramp.map(placeOf) : [])]
  const liveIndex = loads.findIndex((load) => load === live[0]?.load)
  return {
    points,
    before,
    loads,
    loadUnit: axis,
    over: overText(axis, ramp[0]),
    range: all.length === 0 ? [1, 1] : [Math.min(...all), Math.max(...all, ...foreseen(state))],
    liveIndex: liveIndex < 0 ? null : liveIndex,
  }
}

/** One number of every point, in the order of the x axis; undefined where the points have none at that load. */
export function valuesOver(
  loads: readonly number[],
  points: readonly CurvePoint[],
  value: (point: CurvePoint) => number | null,
): Point[] {
  const values = new Map(points.map((point) => [point.load, value(point)]))
  return loads.map((load) => values.get(load))
}

/** True where at least one point measured the value. */
export function isMeasured(
  points: readonly CurvePoint[],
  value: (point: CurvePoint) => number | null,
): boolean {
  return points.some((point) => value(point) !== null)
}

/** Where this run broke, and where the run before it did; over time there is no such load. */
export function breakMarkers(state: PanelSnapshot): LoadMarker[] {
  const axis = axisOf(state.plan ?? state.before?.plan ?? null)
  if (axis === 'part') return []
  const markers: LoadMarker[] = []
  const loadName = (load: number): string => (axis === 'rows' ? formatCount(load) : String(load))
  const before = beforeOn(axis, state)?.verdict.breakingPoint
  if (before) {
    const load = loadOf(before).value
    markers.push({ load, label: l10n.t('broke at {0} before', loadName(load)), kind: 'before' })
  }
  const now = state.verdict?.breakingPoint
  if (now) {
    const load = loadOf(now).value
    markers.push({ load, label: l10n.t('breaks at {0}', loadName(load)), kind: 'breaks' })
  }
  return markers
}

/** A chart of one number of the server, with the run before dashed beside it; null where neither run measured it. */
export function singleSeriesChart(
  state: PanelSnapshot,
  chart: Pick<ChartModel, 'id' | 'title' | 'unit'>,
  series: { readonly label: string; readonly colour: ChartModel['series'][number]['colour'] },
  value: (point: CurvePoint) => number | null,
): ChartModel | null {
  const curve = curveOf(state)
  if (!isMeasured(curve.points, value) && !isMeasured(curve.before, value)) return null
  const line = (points: readonly CurvePoint[]) => ({
    values: valuesOver(curve.loads, points, value),
    breached: curve.loads.map(() => false),
    colour: series.colour,
  })
  const now = { id: chart.id, label: series.label, shape: 'circle', dashed: false, emphasised: true } as const
  const before = {
    id: `${chart.id}-before`,
    label: l10n.t('before'),
    shape: 'none',
    dashed: true,
    emphasised: false,
  } as const
  return {
    ...chart,
    loads: curve.loads,
    loadUnit: curve.loadUnit,
    range: curve.range,
    series: [
      { ...now, ...line(curve.points) },
      ...(isMeasured(curve.before, value) ? [{ ...before, ...line(curve.before) }] : []),
    ],
    limits: [],
    markers: breakMarkers(state),
    liveIndex: curve.liveIndex,
  }
}
