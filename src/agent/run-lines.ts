import { formatCount, formatMicros, formatPercent, formatRate } from '../model/format.ts'
import { loadOf, loadText } from '../model/load-level.ts'
import { countedSteps } from '../model/measure.ts'
import { failedRequests, type Run, type StepResult } from '../model/run.ts'
import type { BreakingPoint } from '../model/verdict.ts'
import { compare, judgementOf } from '../workflows/compare.ts'
import { oneLine } from './one-line.ts'
import { verdictWord } from './verdict-words.ts'

const mostSteps = 8
const fewRows = 10

/**
 * A run as a model reads it: the verdict with its numbers, then the steps. Only numbers, names of rules and places: never
 * what a server answered.
 */
export function runLines(run: Run): string[] {
  return [verdictLine(run), ...stepLines(run), ...rowLines(run)]
}

/** `FAIL p95 913 ms > 300 ms at 50 users; 101 queries/request; cause src/users.ts:14 n-plus-one`. */
export function verdictLine(run: Run): string {
  const { kind, breakingPoint, causes } = run.verdict
  const step = decidingStep(run)
  const figure = breakingPoint === null ? heldFigure(run, step) : brokenFigure(run, breakingPoint)
  const queries = step?.server.queriesPerRequest ?? null
  const [cause] = kind === 'holds' ? [] : causes
  return [
    `${verdictWord(kind)} ${figure}`,
    ...(queries === null ? [] : [`${Number(queries.toFixed(1))} queries/request`]),
    ...(cause === undefined ? [] : [`cause ${oneLine(cause.file, 80)}:${cause.line} ${cause.rule}`]),
  ].join('; ')
}

/** What changed from an earlier run of the same route, in one line; null where nothing was measured in both. */
export function comparisonLine(before: Run, after: Run): string | null {
  const comparison = compare(before, after)
  const parts = comparison.deltas.flatMap(({ name, unit, before: earlier, after: later, judgement }) => {
    if (earlier === null || later === null || !/^(p95|requests a second) at /.test(name)) return []
    const told = judgement === 'within-noise' ? 'within noise' : (judgement ?? 'may be noise')
    const figures = `${figureOf(unit, earlier)} → ${figureOf(unit, later)} (${told})`
    return [name.startsWith('p95') ? `${name} ${figures}` : figures]
  })
  if (parts.length === 0) return null
  const word = comparison.comparable
    ? (judgementOf(comparison) ?? 'may be noise')
    : 'not comparable, because plan or rows differ'
  return `compared with the run before: ${word}; ${parts.join('; ')}`
}

/** The step that the verdict is about: that of the breaking point, else the one with the most load. */
function decidingStep({ steps, verdict }: Run): StepResult | null {
  const counted = countedSteps(steps).filter(({ complete }) => complete)
  const { breakingPoint } = verdict
  const most = counted.toSorted((one, other) => loadOf(other).value - loadOf(one).value)[0] ?? null
  if (breakingPoint === null) return most
  return counted.findLast((step) => loadText(step) === loadText(breakingPoint)) ?? most
}

function brokenFigure({ plan }: Run, point: BreakingPoint): string {
  const threshold = plan.budget.find(({ text }) => text === point.threshold)
  if (threshold === undefined) return `${oneLine(point.threshold, 40)} broken at ${loadText(point)}`
  const { metric, comparison, limit } = threshold
  const [name, unit] =
    metric === 'errors'
      ? ['errors', 'fraction']
      : metric === 'rps'
        ? ['throughput', 'per-second']
        : [metric, 'micros']
  const sign = comparison === '<' ? '>' : '<'
  return `${name} ${figureOf(unit, point.measured)} ${sign} ${figureOf(unit, limit)} at ${loadText(point)}`
}

/** Words for what has no figure; the verdict's own sentence only where the run was measured just now. */
function heldFigure({ plan, verdict }: Run, step: StepResult | null): string {
  const { kind, sentence } = verdict
  if (kind !== 'holds' && sentence !== '') return oneLine(sentence, 160)
  if (kind === 'fails-before-load') return 'a single request failed before load'
  if (kind === 'not-measured') return 'no figure was kept; only a new load test says why'
  if (step === null) return 'no step was measured to its end'
  const budget = plan.budget.map(({ text }) => text).join(', ')
  return `p95 ${formatMicros(step.latencyMicros.p95)} at ${loadText(step)}, budget ${oneLine(budget, 60)}`
}

function figureOf(unit: string, value: number): string {
  if (unit === 'micros') return formatMicros(value)
  if (unit === 'fraction') return formatPercent(value)
  return unit === 'per-second' ? formatRate(value) : formatCount(value)
}

function stepLines({ steps }: Run): string[] {
  return countedSteps(steps)
    .slice(-mostSteps)
    .map((step) => {
      const failed = failedRequests(step.errors)
      const statuses = Object.entries(step.statuses)
        .filter(([status]) => failed > 0 && !/^2\d\d$/.test(status))
        .map(([status, count]) => `${formatCount(count)} × status ${status.slice(0, 3)}`)
      return [
        `  ${loadText(step)}: p95 ${formatMicros(step.latencyMicros.p95)}`,
        formatRate(step.achievedRate),
        failed === 0 ? 'no errors' : `${formatPercent(failed / step.requests)} failed`,
        ...statuses.slice(0, 3),
        ...(step.complete ? [] : ['cut short']),
      ].join(', ')
    })
}

/** Whether one answer holds so few rows that holding proves nothing. Answers that are no lists are not meant. */
export function holdsFewRows({ preflight }: Run): boolean {
  const rows = preflight?.rows ?? null
  return rows !== null && rows < fewRows
}

function rowLines(run: Run): string[] {
  const rows = run.preflight?.rows ?? null
  if (rows === null) return []
  const few = holdsFewRows(run) ? ': few; more rows may behave differently, headroom_seed_data adds some' : ''
  return [`one answer holds ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}${few}`]
}
