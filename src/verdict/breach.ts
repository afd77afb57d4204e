import * as l10n from '@vscode/l10n'
import type { Threshold } from '../model/budget.ts'
import { formatShareOfRate } from '../model/format.ts'
import { loadOf } from '../model/load-level.ts'
import { evaluate, measure, type Measured } from '../model/measure.ts'
import type { StepResult } from '../model/run.ts'
import { isGeneratorsFault, unsentShare } from './generator.ts'
import { measuredText } from './sentences.ts'

export interface Breach {
  readonly threshold: Threshold
  readonly measured: Measured
  /** Where the threshold alone doesn't say what happened. */
  readonly words?: string
}

/** Holds whatever the budget says: percentiles of the few that got through would flatter an endpoint that mostly fails. */
const mostMustSucceed: Threshold = { metric: 'errors', comparison: '<', limit: 0.5, text: 'errors<50%' }

/** Share of an open model's arrivals that may find no connection before the load counts as more than it can take. */
const mostUnsent = 0.01

/**
 * The thresholds that a step breached, in the budget's order. A step in which at least half of all requests failed is
 * breached (`errors<50%`) even where the budget has no clause about errors. `rps` is no matter of one step: few users
 * can't ask for much, so `judge` holds it against the best step of the run. In an open model, more than 1 % of arrivals
 * that found every connection busy is a breach, unless the generator itself was too slow: then it is not measured.
 */
export function breaches(step: StepResult, budget: readonly Threshold[]): Breach[] {
  const withErrors = budget.some(({ metric }) => metric === 'errors') ? budget : [...budget, mostMustSucceed]
  const found = perStep(withErrors).flatMap((threshold) => {
    const measured = measure(threshold, step)
    return measured !== null && evaluate(threshold, step) === 'breached' ? [{ threshold, measured }] : []
  })
  return [...found, ...unsentBreach(step)]
}

function unsentBreach(step: StepResult): Breach[] {
  const share = unsentShare(step)
  if (share <= mostUnsent || isGeneratorsFault(step)) return []
  const asked = loadOf(step).value
  const limit = asked * (1 - mostUnsent)
  const threshold: Threshold = {
    metric: 'rps',
    comparison: '>',
    limit,
    text: `rps>${Number(limit.toFixed(1))}`,
  }
  const words = l10n.t(
    'only {0} found a free connection, because the server answered too slowly',
    sentOfOffered(step),
  )
  return [{ threshold, measured: { value: step.achievedRate, atLeast: false }, words }]
}

/** `3,200 of 5,000 requests/s`: how many of an open model's arrivals were sent. */
export function sentOfOffered(step: StepResult): string {
  const asked = loadOf(step).value
  return formatShareOfRate(asked * (1 - unsentShare(step)), asked)
}

/** The clauses that hold for each step by itself: all but `rps`. */
export function perStep(budget: readonly Threshold[]): Threshold[] {
  return budget.filter(({ metric }) => metric !== 'rps')
}

/** Whether a step met every clause that holds for it; what wasn't measured is not met. */
export function meets(step: StepResult, budget: readonly Threshold[]): boolean {
  return (
    breaches(step, budget).length === 0 &&
    perStep(budget).every((threshold) => evaluate(threshold, step) === 'met')
  )
}

/** The headline of what was breached: `p95 4.1 s, budget p95<2s`. */
export function breachText([worst]: readonly Breach[]): string {
  if (worst === undefined) return l10n.t('the budget was broken')
  return (
    worst.words ??
    l10n.t('{0}, budget {1}', measuredText(worst.threshold, worst.measured), worst.threshold.text)
  )
}
