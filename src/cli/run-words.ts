import { formatCount, formatMicros, formatPercent, formatRate } from '../model/format.ts'
import type { LoadPlan, Step } from '../model/load-plan.ts'
import { levelText, loadOf, type Loaded } from '../model/load-level.ts'
import type { RunEvent } from '../model/panel.ts'
import type { SeedProgress } from '../model/seed-plan.ts'
import {
  errorKinds,
  failedRequests,
  type ErrorCounts,
  type ErrorKind,
  type Preflight,
  type StepResult,
} from '../model/run.ts'

/** What a step asks of the server: `50 users`, `400 requests/s asked` in an open model, or `10,000 rows` in a sweep. */
export function loadWords({ users, rate, rows }: Loaded): string {
  if (rows !== undefined) return levelText({ value: rows, unit: 'rows' })
  if (rate !== undefined) return `${formatRate(rate)} asked`
  return `${formatCount(users)} ${users === 1 ? 'user' : 'users'}`
}

const phases: Readonly<Record<Step['phase'], string>> = {
  'warm-up': 'warm-up',
  ramp: '',
  bisect: 'narrowing the breaking point down',
  recovery: 'does it recover?',
  'cool-down': 'cool-down',
}

/** What a step is for, where it is not part of the ramp itself. */
export function phaseWords(phase: Step['phase']): string {
  return phases[phase]
}

const kindWords: Readonly<Record<ErrorKind, string>> = {
  refused: 'refused',
  reset: 'reset',
  timeout: 'timed out',
  'status-4xx': '4xx',
  'status-5xx': '5xx',
  'wrong-body': 'wrong body',
  'wrong-rows': 'wrong rows',
  redirect: 'redirected',
  cancelled: 'cancelled',
}

/** Failures of several intervals by kind, most first: `8 timed out`, `4 5xx`. */
export function failuresByKind(intervals: readonly ErrorCounts[]): string[] {
  return errorKinds
    .filter((kind) => kind !== 'cancelled')
    .map((kind) => ({ kind, count: intervals.reduce((sum, errors) => sum + errors[kind], 0) }))
    .filter(({ count }) => count > 0)
    .toSorted((one, other) => other.count - one.count)
    .map(({ kind, count }) => `${formatCount(count)} ${kindWords[kind]}`)
}

/** What an event says for good, as lines that stay; most events only change the live view and say nothing. `plan` is the run's, once known. */
export function eventLines(event: RunEvent, plan: LoadPlan | null = null): string[] {
  if (event.kind === 'activity') return [event.activity]
  if (event.kind === 'plan') return [planLine(event.plan)]
  return event.kind === 'preflight' ? preflightLines(event.preflight, plan?.volume !== undefined) : []
}

function planLine({ request, baseUrl, profile, steps, volume }: LoadPlan): string {
  const ramp = steps.filter(({ phase }) => phase === 'ramp')
  const open = ramp.some(({ rate }) => rate !== undefined)
  const levels = ramp.map((step) => loadOf(step).value)
  const distinct = levels.filter((level, index) => level !== levels[index - 1])
  const loads = distinct.map(formatCount).join(' → ')
  const rows = volume === undefined ? null : `rows of ${volume.table}`
  const unit = rows ?? (open ? 'requests/s' : loads === '1' ? 'user' : 'users')
  const parts = distinct.length < levels.length ? `, in ${levels.length} parts` : ''
  return `${request.method} ${request.path} at ${baseUrl}, ${profile}: ${loads} ${unit}${parts}`
}

const fewRows = 10

function preflightLines({ status, latencyMicros, rows }: Preflight, grows: boolean): string[] {
  const counted = rows === null ? '' : `, ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`
  const mark = status < 400 ? '✓' : '✗'
  const answer = `${mark} answered ${status} in ${formatMicros(latencyMicros)}${counted}`
  if (rows === null || rows >= fewRows || status >= 400 || grows) return [answer]
  return [
    answer,
    `  Only ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}: results may look better than production. \`headroom seed\` adds more.`,
  ]
}

function latencyWords(name: string, micros: number | null): string[] {
  return micros === null ? [] : [`${name} ${formatMicros(micros)}`]
}

/** How far rows have been added or taken away, in one line. */
export function seedLine({
  phase,
  table,
  rowsDone,
  rowsTotal,
  rowsPerSecond,
  secondsLeft,
}: SeedProgress): string {
  const left = secondsLeft === null ? '' : `, about ${Math.ceil(secondsLeft)} s left`
  const done = `${formatCount(rowsDone)} of ${formatCount(rowsTotal)}`
  if (phase === 'copy') return `  Copying ${table} …`
  if (phase === 'prepare' || phase === 'index') return `  ${table}: ${done} indexes and keys${left}`
  return `  ${table}: ${done} rows, ${formatCount(rowsPerSecond)} rows/s${left}`
}

/** A finished step in one line: `  50 users   p95 12 ms   1,240 requests/s`. */
export function stepLine(step: StepResult): string {
  const failed = failedRequests(step.errors)
  const { p50, p95, p99 } = step.latencyMicros
  const phase = phaseWords(step.phase)
  return [
    `  ${loadWords(step).padStart(step.rate === undefined ? (step.rows === undefined ? 10 : 14) : 0)}`,
    formatRate(step.achievedRate),
    ...latencyWords('p50', p50),
    p95 === null ? 'p95 not measured' : `p95 ${formatMicros(p95)}`,
    ...latencyWords('p99', p99),
    ...(failed === 0
      ? []
      : [`${formatPercent(failed / step.requests)} failed: ${failuresByKind([step.errors]).join(', ')}`]),
    ...(phase === '' ? [] : [phase]),
    ...(step.complete ? [] : ['cut short']),
  ].join('   ')
}
