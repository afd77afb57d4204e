import { nPlusOne } from './n-plus-one.ts'
import type { Rule } from './rule.ts'
import { unboundedResultSet } from './unbounded-result-set.ts'

/** All rules, in the order in which they are listed. */
export const rules = [nPlusOne, unboundedResultSet] as const satisfies readonly Rule[]
