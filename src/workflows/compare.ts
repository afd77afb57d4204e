import type { Comparison } from '../model/comparison.ts'
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

/** Whether a run is worse than an earlier one by more than noise; false where the two don't compare. */
export function isWorse(before: Run, after: Run): boolean {
  return verdictOfComparison(compare(before, after)) === 'worse'
}
