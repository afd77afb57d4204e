import type { Finding } from '../model/finding.ts'
import { formatMicros } from '../model/format.ts'
import { levelText, loadOf, type Loaded } from '../model/load-level.ts'
import { countedSteps } from '../model/measure.ts'
import type { Run, StepResult } from '../model/run.ts'
import type { Cause } from '../model/verdict.ts'

/** The numbers of a run in the fewest words: `p95 1.2 s @ 50 · breaks at 120`. */
export function summarizeRun(run: Run): string {
  const { kind, breakingPoint } = run.verdict
  if (kind === 'not-measured') return 'not measured'
  if (kind === 'fails-before-load') return 'fails before load'
  const step = representativeStep(run)
  const latency = step === undefined ? [] : [`p95 ${formatMicros(step.latencyMicros.p95)} @ ${levelOf(step)}`]
  const end =
    kind === 'breaks' && breakingPoint !== null
      ? `breaks at ${levelOf(breakingPoint)}`
      : kind === 'holds'
        ? 'holds'
        : 'stopped'
  return [...latency, end].join(' · ')
}

/** `120` users, or `400/s`. */
function levelOf(step: Loaded): string {
  const { value, unit } = loadOf(step)
  if (unit === 'rows') return levelText({ value, unit })
  return unit === 'users' ? String(value) : `${value}/s`
}

/** The highest load the endpoint took well; where it took none, the lowest load that was measured. */
function representativeStep(run: Run): StepResult | undefined {
  const steps = countedSteps(run.steps).filter((step) => step.complete)
  const { breakingPoint } = run.verdict
  if (breakingPoint === null) return steps.at(-1)
  const { rate, lastGoodRate, users, lastGoodUsers, rows, lastGoodRows } = breakingPoint
  const closed = rows === undefined ? (lastGoodUsers ?? users) : (lastGoodRows ?? rows)
  const level = rate === undefined ? closed : (lastGoodRate ?? rate)
  return steps.find((step) => loadOf(step).value === level) ?? steps.at(0)
}

/**
 * The cause by which a run confirms a finding: same rule, same place, and more than a guess. Null where the run doesn't
 * speak of it.
 */
export function confirmingCause(finding: Finding, run: Run): Cause | null {
  const { rule, file, line, routes } = finding
  const confirms = (cause: Cause): boolean =>
    cause.confidence !== 'low' && cause.rule === rule && cause.file === file && cause.line === line
  return routes.includes(run.route) ? (run.verdict.causes.find(confirms) ?? null) : null
}
