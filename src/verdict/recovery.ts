import * as l10n from '@vscode/l10n'
import type { Threshold } from '../model/budget.ts'
import { loadOf, loadText } from '../model/load-level.ts'
import { countedSteps, measure } from '../model/measure.ts'
import type { StepResult } from '../model/run.ts'
import { breaches, breachText, type Breach } from './breach.ts'
import { breakAt, byLoad, goodSteps, type Break } from './breaking-point.ts'
import { doubtAbout } from './doubts.ts'
import { measuredText } from './sentences.ts'

/** An ordinary load that was met before too much of it, and no longer after. */
export interface Relapse {
  readonly step: StepResult
  /** The step that met the same load, or more, before. */
  readonly before: StepResult
  /** The greatest load in between, which it does not get over. */
  readonly peak: StepResult
  readonly found: readonly Breach[]
}

/**
 * Whether the server did not come back: the last recovery step breached a threshold, although at least its load was met
 * before the greatest load of the run. Earlier recovery steps may be slow: coming back takes time. Null where it did
 * recover, where nothing of the kind was run, or where the recovery was not measured. `steps` are all, as they ran.
 */
export function findRelapse(steps: readonly StepResult[], budget: readonly Threshold[]): Relapse | null {
  const step = steps.findLast(({ phase, complete }) => phase === 'recovery' && complete)
  if (step === undefined) return null
  const earlier = countedSteps(steps.slice(0, steps.indexOf(step))).filter(({ complete }) => complete)
  const peak = byLoad(earlier).at(-1)
  if (peak === undefined || loadOf(peak).value <= loadOf(step).value) return null
  const before = byLoad(goodSteps(earlier.slice(0, earlier.indexOf(peak)), budget)).find(
    (met) => loadOf(met).value >= loadOf(step).value,
  )
  const found = step.requests === 0 ? silence(budget) : breaches(step, budget)
  if (before === undefined || found.length === 0) return null
  if (step.requests > 0 && doubtAbout(step) !== null) return null
  return { step, before, peak, found }
}

/** Not one answer breaks whatever was asked for. */
function silence([threshold]: readonly Threshold[]): Breach[] {
  return threshold === undefined
    ? []
    : [{ threshold, measured: { value: 0, atLeast: true }, words: l10n.t('there was not one answer') }]
}

/** `Does not recover: p95 4 s at 10 users after 500 users, budget p95<2s. Before, it was p95 180 ms.` */
export function relapseSentence({ step, before, peak, found }: Relapse): string {
  const [load, most] = [loadText(step), loadText(peak)]
  const [worst] = found
  const measured = worst === undefined ? null : measure(worst.threshold, before)
  if (worst === undefined || measured === null || worst.words !== undefined) {
    return l10n.t('Does not recover: {0} at {1} after {2}.', breachText(found), load, most)
  }
  const { threshold } = worst
  const [then, now] = [measuredText(threshold, measured), measuredText(threshold, worst.measured)]
  return l10n.t(
    'Does not recover: {0} at {1} after {2}, budget {3}. Before, at {4}, it was {5}.',
    now,
    load,
    most,
    threshold.text,
    loadText(before),
    then,
  )
}

/** The load it does not get over, as a breaking point: what was measured is the recovery's. */
export function relapseBreak(
  { peak, found }: Relapse,
  steps: readonly StepResult[],
  budget: readonly Threshold[],
): Break {
  return breakAt(peak, found, byLoad(steps), budget)
}
