import type { Finding } from '../model/finding.ts'
import { formatMicros } from '../model/format.ts'
import type { Run, StepResult } from '../model/run.ts'
import type { Cause } from '../model/verdict.ts'

/** The numbers of a run in the fewest words: `p95 1.2 s @ 50 · breaks at 120`. */
export function summarizeRun(run: Run): string {
  const { kind, breakingPoint } = run.verdict
  if (kind === 'not-measured') return 'not measured'
  if (kind === 'fails-before-load') return 'fails before load'
  const step = representativeStep(run)
  const latency = step === undefined ? [] : [`p95 ${formatMicros(step.latencyMicros.p95)} @ ${step.users}`]
  const end =
    kind === 'breaks' && breakingPoint !== null
      ? `breaks at ${breakingPoint.users}`
      : kind === 'holds'
        ? 'holds'
        : 'stopped'
  return [...latency, end].join(' · ')
}

/** The highest load the endpoint took well; where it took none, the lowest load that was measured. */
function representativeStep(run: Run): StepResult | undefined {
  const steps = run.steps.filter((step) => step.complete && step.phase !== 'warm-up')
  const { breakingPoint } = run.verdict
  if (breakingPoint === null) return steps.at(-1)
  const users = breakingPoint.lastGoodUsers ?? breakingPoint.users
  return steps.find((step) => step.users === users) ?? steps.at(0)
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
