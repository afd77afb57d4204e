import type { Run } from '../model/run.ts'
import { compareRuns, verdictOfComparison } from '../verdict/compare.ts'

/** Whether a run is worse than an earlier one by more than noise; false where the two don't compare. */
export function isWorse(before: Run, after: Run): boolean {
  return verdictOfComparison(compareRuns(before, after)) === 'worse'
}
