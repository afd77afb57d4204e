import * as l10n from '@vscode/l10n'
import type { Threshold } from '../model/budget.ts'
import { formatPercent } from '../model/format.ts'
import { loadOf, loadText } from '../model/load-level.ts'
import { failedRequests, type StepResult } from '../model/run.ts'
import type { BreakingPoint } from '../model/verdict.ts'
import { breaches, breachText, meets, type Breach } from './breach.ts'
import { doubtAbout, doubtAboutGood } from './doubts.ts'

/** Where a run broke. */
export interface Break {
  readonly bad: StepResult
  readonly good: StepResult | null
  /** What was breached at the bad step, the headline first. */
  readonly found: readonly Breach[]
  /** Whether nothing was measured before or below it. */
  readonly first: boolean
  /** Steps at the same load that had met the budget before: it wore out. */
  readonly heldBefore: number
}

/** Steps by load, equal loads in the order they ran. */
export function byLoad(steps: readonly StepResult[]): StepResult[] {
  return steps.toSorted((one, other) => loadOf(one).value - loadOf(other).value)
}

/**
 * The least load at which a threshold was breached, whether or not the run went on beyond; null where none was. A breach
 * that says nothing about the endpoint ({@link doubtAbout}) counts only where no other does. `steps` are complete and in
 * the order they ran.
 */
export function findBreak(steps: readonly StepResult[], budget: readonly Threshold[]): Break | null {
  const ordered = byLoad(steps)
  const broken = ordered.filter((step) => breaches(step, budget).length > 0)
  const bad = broken.find((step) => doubtAbout(step) === null) ?? broken[0]
  if (bad === undefined) return null
  return breakAt(bad, breaches(bad, budget), ordered, budget)
}

/** A break at a given step, with what was good before and below it. `ordered` is by load. */
export function breakAt(
  bad: StepResult,
  found: readonly Breach[],
  ordered: readonly StepResult[],
  budget: readonly Threshold[],
): Break {
  const index = ordered.indexOf(bad)
  const good = goodSteps(ordered.slice(0, Math.max(0, index)), budget)
  const same = good.filter((step) => loadText(step) === loadText(bad))
  return { bad, good: good.at(-1) ?? null, found, first: index === 0, heldBefore: same.length }
}

/** The steps, in the same order, at which every threshold was met by what can be trusted. */
export function goodSteps(steps: readonly StepResult[], budget: readonly Threshold[]): StepResult[] {
  return steps.filter((step) => doubtAboutGood(step) === null && meets(step, budget))
}

/** `Breaks at 120 users: p95 4.1 s, budget p95<2s.`, or how it differs where it broke at once, or wore out. */
export function breakSentence({ bad, found, first, heldBefore }: Break): string {
  const load = loadText(bad)
  const breach = breachText(found)
  if (first) return l10n.t('Fails before load: already at {0} {1}.', load, breach)
  if (heldBefore === 0) return l10n.t('Breaks at {0}: {1}.', load, breach)
  if (heldBefore === 1) return l10n.t('Breaks after 1 step at {0}: {1}.', load, breach)
  return l10n.t('Breaks after {0} steps at {1}: {2}.', heldBefore, load, breach)
}

/** A break as data. */
export function breakingPointOf({ bad, good, found: [worst] }: Break): BreakingPoint | null {
  if (worst === undefined) return null
  return {
    lastGoodUsers: good?.users ?? null,
    users: bad.users,
    ...(bad.rows === undefined ? {} : { lastGoodRows: good?.rows ?? null, rows: bad.rows }),
    ...(bad.rate === undefined ? {} : { lastGoodRate: good?.rate ?? null, rate: bad.rate }),
    threshold: worst.threshold.text,
    measured: worst.measured.value,
  }
}

/** Every clause that was breached, in sentences, and what failures looked like. */
export function breachReasons(bad: StepResult, found: readonly Breach[]): string[] {
  const load = loadText(bad)
  const texts = found.map((breach) => l10n.t('At {0}: {1}.', load, breachText([breach])))
  const [sample] = bad.samples
  const failed = failedRequests(bad.errors)
  if (sample === undefined || failed === 0) return texts
  const share = formatPercent(failed / bad.requests)
  return [...texts, l10n.t('{0} of requests failed at {1}, for example: {2}.', share, load, sample.message)]
}
