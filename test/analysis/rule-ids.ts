import { rules } from '../../src/analysis/rules/index.ts'

/** The ids of all registered rules. */
export const ruleIds: readonly string[] = rules.map(({ id }) => id)
