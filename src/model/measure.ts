import { latencyMetrics, type LatencyMetric, type Threshold } from './budget.ts'
import { failedRequests, type StepResult } from './run.ts'

/** Answers it takes before a percentile says something: ten times what lies above it, and twenty at least. */
export const fewestSamples: Readonly<Record<LatencyMetric, number>> = {
  p50: 1,
  p90: 20,
  p95: 20,
  p99: 1_000,
  p999: 10_000,
  max: 1,
}

/** What a step measured for one threshold: `value` in the threshold's unit; `atLeast` where only a lower bound is known. */
export interface Measured {
  readonly value: number
  readonly atLeast: boolean
}

/**
 * What a step says about a threshold, or null where it says nothing: no answers, or too few for the percentile. A
 * percentile that has too few samples is at least as high as any lower one, so that one can stand in as a lower bound.
 */
export function measure(threshold: Threshold, step: StepResult): Measured | null {
  const { metric } = threshold
  if (step.requests === 0) return null
  if (metric === 'errors') return { value: failedRequests(step.errors) / step.requests, atLeast: false }
  if (metric === 'rps') return { value: step.achievedRate, atLeast: false }
  const own = step.latencyMicros[metric]
  if (own !== null) return { value: own, atLeast: false }
  const lower = lowerPercentiles(metric).flatMap((name) => step.latencyMicros[name] ?? [])
  return lower.length === 0 ? null : { value: Math.max(...lower), atLeast: true }
}

function lowerPercentiles(metric: LatencyMetric): readonly LatencyMetric[] {
  return latencyMetrics.slice(0, latencyMetrics.indexOf(metric))
}

/** Whether a step meets a threshold. Nothing measured is never "met". */
export function evaluate(threshold: Threshold, step: StepResult): 'met' | 'breached' | 'not-measured' {
  const measured = measure(threshold, step)
  if (measured === null) return 'not-measured'
  const within =
    threshold.comparison === '<' ? measured.value < threshold.limit : measured.value > threshold.limit
  if (!within) return 'breached'
  return measured.atLeast ? 'not-measured' : 'met'
}

/** The steps that count for a verdict: neither warm-up nor cool-down. */
export function countedSteps(steps: readonly StepResult[]): StepResult[] {
  return steps.filter((step) => step.phase === 'ramp' || step.phase === 'bisect')
}
