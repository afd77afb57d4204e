import { latencyMetrics, type Threshold } from '../../model/budget.ts'
import { formatMicros, formatPercent, formatRate } from '../../model/format.ts'
import { failedRequests, type StepResult } from '../../model/run.ts'

/** What a step measured for a threshold, in the threshold's own unit (microseconds, fraction, requests a second); null where it was not measured. */
export function measuredFor(step: StepResult, threshold: Threshold): number | null {
  if (threshold.metric === 'rps') return step.requests === 0 ? null : step.achievedRate
  if (threshold.metric !== 'errors') return step.latencyMicros[threshold.metric]
  return step.requests === 0 ? null : failedRequests(step.errors) / step.requests
}

/**
 * The most that is known about a threshold's value: what was measured, or, for a percentile with too few answers, the
 * highest lower percentile, which it can't be below. Null where nothing is known.
 */
export function knownFor(step: StepResult, threshold: Threshold): number | null {
  const measured = measuredFor(step, threshold)
  const { metric } = threshold
  if (measured !== null || metric === 'errors' || metric === 'rps') return measured
  const lower = latencyMetrics.slice(0, latencyMetrics.indexOf(metric))
  const bounds = lower.flatMap((name) => step.latencyMicros[name] ?? [])
  return bounds.length === 0 ? null : Math.max(...bounds)
}

/** True where what is known about the step lies outside the threshold; a value that is missing breaches nothing, and meets nothing. */
export function breaches(step: StepResult, threshold: Threshold): boolean {
  const known = knownFor(step, threshold)
  if (known === null) return false
  return threshold.comparison === '<' ? known >= threshold.limit : known <= threshold.limit
}

/** What a step says about a threshold, as people read it: `2.2 s`, or `at least 2.2 s` where only a bound is known. */
export function formatKnown(step: StepResult, threshold: Threshold): string {
  const bound = measuredFor(step, threshold) === null && knownFor(step, threshold) !== null
  return `${bound ? 'at least ' : ''}${formatMeasured(threshold, knownFor(step, threshold))}`
}

/** The steps that count for a verdict: neither warm-up nor cool-down. */
export function countedSteps(steps: readonly StepResult[]): StepResult[] {
  return steps.filter((step) => step.phase === 'ramp' || step.phase === 'bisect')
}

function formatMeasured(threshold: Threshold, value: number | null): string {
  if (threshold.metric === 'errors') return formatPercent(value)
  return threshold.metric === 'rps' ? formatRate(value) : formatMicros(value)
}
