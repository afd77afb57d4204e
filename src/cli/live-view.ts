import { formatBytes, formatCount, formatMicros, formatPercent, formatRate } from '../model/format.ts'
import type { LoadPlan, Step } from '../model/load-plan.ts'
import type { RunEvent } from '../model/panel.ts'
import type { SeedProgress } from '../model/seed-plan.ts'
import { failedRequests, type LatencyMicros, type StepResult, type Tick } from '../model/run.ts'
import { fitPieces, shorten, sparkline, type Palette } from './text-shapes.ts'
import { failuresByKind, loadWords, phaseWords, seedLine } from './run-words.ts'

/** A load test as far as it has come. */
export interface LiveRun {
  readonly plan: LoadPlan | null
  readonly steps: readonly StepResult[]
  readonly current: LiveStep | null
  /** Rows that are being added between two steps. */
  readonly seeding: SeedProgress | null
  /** When the first step began. */
  readonly beganAtMillis: number | null
}

/** The step in progress. */
interface LiveStep {
  readonly step: Step
  readonly index: number
  readonly startedAtMillis: number
  /** Of the whole run, when this step started. */
  readonly secondsLeft: number
  readonly ticks: readonly Tick[]
  /** p95 at each tick: of that moment where it had enough answers, else of the step until then. */
  readonly moments: readonly (number | null)[]
  /** Of this step so far; null before its first answer. */
  readonly latencyMicros: LatencyMicros | null
}

/** Before anything has happened. */
export const notBegun: LiveRun = { plan: null, steps: [], current: null, seeding: null, beganAtMillis: null }

/** The run after one more event. `soFar` are the latencies of the step in progress. */
export function advance(
  run: LiveRun,
  event: RunEvent,
  { nowMillis, soFar }: { readonly nowMillis: number; readonly soFar: LatencyMicros | null },
): LiveRun {
  if (event.kind === 'plan') return { ...run, plan: event.plan }
  if (event.kind === 'step-started') {
    const { step, index, secondsLeft } = event
    const current = {
      step,
      index,
      secondsLeft,
      startedAtMillis: nowMillis,
      ticks: [],
      moments: [],
      latencyMicros: null,
    }
    return { ...run, current, seeding: null, beganAtMillis: run.beganAtMillis ?? nowMillis }
  }
  if (event.kind === 'seeding') return { ...run, seeding: event.progress }
  if (event.kind === 'tick' && run.current !== null) {
    const ticks = [...run.current.ticks, event.tick]
    const p95 = event.tick.latencyMicros.p95 ?? soFar?.p95 ?? null
    const moments = [...run.current.moments, p95]
    return { ...run, current: { ...run.current, ticks, moments, latencyMicros: soFar } }
  }
  if (event.kind === 'step') return { ...run, steps: [...run.steps, event.step] }
  return run
}

/** What a view is drawn for. */
export interface Screen {
  readonly columns: number
  readonly rows: number
  readonly nowMillis: number
  readonly palette: Palette
}

/** Lines of one subject; those with the highest rank go first where there is no room. */
interface Section {
  readonly rank: number
  readonly lines: readonly string[]
}

const mostLines = 8

/** The run as at most eight lines that fit the screen; none before the first step. */
export function liveView(run: LiveRun, screen: Screen): string[] {
  const { plan, current } = run
  if (plan === null || current === null) return []
  if (run.seeding !== null) {
    return [titleLine(plan, screen), shorten(seedLine(run.seeding), screen.columns)]
  }
  const sections: Section[] = [
    { rank: 6, lines: [titleLine(plan, screen)] },
    { rank: 0, lines: fitPieces(loadPieces(plan, current), screen.columns) },
    { rank: 1, lines: fitPieces(figurePieces(current), screen.columns) },
    { rank: 2, lines: fitPieces(failurePieces(current, screen.palette), screen.columns) },
    { rank: 5, lines: fitPieces(serverPieces(current), screen.columns) },
    { rank: 4, lines: curveLines(run, current, screen) },
    { rank: 3, lines: [progressLine(run, current, screen)] },
  ]
  const limit = Math.max(1, Math.min(mostLines, screen.rows - 1))
  const kept = withinLines(sections, limit).flatMap(({ lines }) => lines)
  return kept.slice(0, limit)
}

function withinLines(sections: readonly Section[], limit: number): readonly Section[] {
  const total = sections.reduce((sum, { lines }) => sum + lines.length, 0)
  if (total <= limit || sections.length <= 1) return sections
  const leaving = sections.toSorted((a, b) => b.rank - a.rank)[0]
  return withinLines(
    sections.filter((section) => section !== leaving),
    limit,
  )
}

function titleLine({ request, profile }: LoadPlan, { columns, palette }: Screen): string {
  return palette.bold(shorten(`${request.method} ${request.path}, ${profile} load`, columns))
}

function loadPieces(plan: LoadPlan, { step, index }: LiveStep): string[] {
  const planned = index < plan.steps.length && step.phase !== 'bisect'
  const place = planned ? [`step ${index + 1} of ${plan.steps.length}`] : []
  const phase = phaseWords(step.phase)
  const users = step.rows === undefined ? [] : [loadWords({ users: step.users })]
  return [loadWords(step), ...users, ...place, ...(phase === '' ? [] : [phase])]
}

/** A percentile, or how many answers it takes before it says something. */
function figure(name: string, micros: number | null, answers: string): string {
  return `${name} ${micros === null ? `after ${answers} answers` : formatMicros(micros)}`
}

/** Rates over the last second: one interval alone jumps about. */
function figurePieces({ ticks, latencyMicros }: LiveStep): string[] {
  const recent = ticks.slice(-4)
  const millis = recent.reduce((sum, tick) => sum + tick.intervalMillis, 0)
  const requests = recent.reduce((sum, tick) => sum + tick.requests, 0)
  if (millis === 0) return []
  const { p50 = null, p95 = null, p99 = null } = latencyMicros ?? {}
  return [
    formatRate((requests * 1000) / millis),
    ...(p50 === null ? [] : [`p50 ${formatMicros(p50)}`]),
    figure('p95', p95, '20'),
    figure('p99', p99, '1,000'),
  ]
}

function failurePieces({ ticks }: LiveStep, palette: Palette): string[] {
  const requests = ticks.reduce((sum, tick) => sum + tick.requests, 0)
  const failed = ticks.reduce((sum, tick) => sum + failedRequests(tick.errors), 0)
  if (failed === 0)
    return [requests === 0 ? 'no answers yet' : `${formatCount(requests)} requests, none failed`]
  const share = `${formatCount(failed)} of ${formatCount(requests)} failed (${formatPercent(failed / requests)})`
  return [share, ...failuresByKind(ticks.map((tick) => tick.errors))].map(palette.bad)
}

const busyGenerator = 0.9

function serverPieces({ ticks }: LiveStep): string[] {
  const last = ticks.at(-1)
  const cpu = ticks.findLast((tick) => tick.server.cpu !== null)?.server.cpu ?? null
  const memory = ticks.findLast((tick) => tick.server.rssBytes !== null)?.server.rssBytes ?? null
  const busy = (last?.generatorUtilization ?? 0) >= busyGenerator
  return [
    ...(cpu === null ? [] : [`server CPU ${formatPercent(cpu)}`]),
    ...(memory === null ? [] : [`memory ${formatBytes(memory)}`]),
    ...(last === undefined ? [] : [`${formatCount(last.inFlight)} in flight`]),
    ...(busy ? [`generator busy ${formatPercent(last?.generatorUtilization ?? null)}`] : []),
  ]
}

const curveLabel = 'p95  '
const shortestCurve = 12

/** p95 of each finished step, then of each moment of the one in progress; what breaks the budget stands out. */
function curveLines(run: LiveRun, current: LiveStep, { columns, palette }: Screen): string[] {
  const finished = run.steps.filter(({ phase }) => phase !== 'warm-up').map((step) => step.latencyMicros.p95)
  const { moments } = current
  const highest = Math.max(0, ...[...finished, ...moments].map((value) => value ?? 0))
  const free = columns - curveLabel.length
  if (highest === 0 || free < 4) return []
  const limit = run.plan?.budget.find(({ metric }) => metric === 'p95')?.limit ?? null
  const top = `  up to ${formatMicros(highest)}`
  const scales = limit === null ? [top] : [`${top}, budget ${formatMicros(limit)}`, top]
  const scale = scales.find((text) => free - text.length >= shortestCurve) ?? ''
  const room = free - scale.length
  const past = finished.slice(-Math.floor(room / 2))
  const now = moments.slice(-(room - past.length - 1))
  const draw = (values: readonly (number | null)[]): string =>
    sparkline(values, highest, (value) => limit !== null && value >= limit, palette)
  const curve = past.length === 0 ? draw(now) : `${draw(past)}│${draw(now)}`
  return [`${curveLabel}${curve}${scale}`]
}

const widestBar = 30
const stopHint = ', Ctrl-C stops'

function progressLine(run: LiveRun, current: LiveStep, { columns, nowMillis, palette }: Screen): string {
  const left = Math.max(0, current.secondsLeft - (nowMillis - current.startedAtMillis) / 1000)
  const elapsed = Math.max(0, nowMillis - (run.beganAtMillis ?? nowMillis)) / 1000
  const done = elapsed + left === 0 ? 0 : elapsed / (elapsed + left)
  const text = `${Math.floor(done * 100)}%, ${timeLeft(left)}`
  const hinted = `${text}${columns > widestBar + text.length + stopHint.length ? stopHint : ''}`
  const width = Math.min(widestBar, columns - hinted.length - 2)
  if (width < 4) return shorten(text, columns)
  const filled = Math.min(width, Math.round(done * width))
  return `${'█'.repeat(filled)}${palette.muted('░'.repeat(width - filled))}  ${hinted}`
}

function timeLeft(seconds: number): string {
  if (seconds < 0.5) return 'finishing'
  return seconds < 90 ? `about ${Math.ceil(seconds)} s left` : `about ${Math.round(seconds / 60)} min left`
}
