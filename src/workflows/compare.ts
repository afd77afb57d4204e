import type { Comparison, Judgement } from '../model/comparison.ts'
import type { Run } from '../model/run.ts'
import { compareRuns, verdictOfComparison } from '../verdict/compare.ts'
import { isFingerprinted, withFingerprints } from './baseline-form.ts'

/** Sets two runs side by side; either may be a baseline, which knows its parameter values only by their fingerprints. */
export function compare(before: Run, after: Run): Comparison {
  const runs = [before, after] as const
  const [earlier, later] = runs.some(isFingerprinted)
    ? ([withFingerprints(before), withFingerprints(after)] as const)
    : runs
  return compareRuns(earlier, later)
}

/** What a comparison's numbers say together; null where the runs don't compare, or nothing could be told. */
export function judgementOf(comparison: Comparison): Judgement | null {
  return verdictOfComparison(comparison)
}

/** Whether a run is worse than an earlier one by more than noise; false where the two don't compare. */
export function isWorse(before: Run, after: Run): boolean {
  return judgementOf(compare(before, after)) === 'worse'
}
