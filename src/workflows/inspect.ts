import { openAnalysis, type Analysis } from '../analysis/client.ts'
import { rules } from '../analysis/rules/index.ts'
import type { CheckReport } from '../model/finding.ts'

/** The ids of all rules, as `--rule` takes them. */
export const ruleIds: readonly string[] = rules.map(({ id }) => id)

/**
 * Opens a lasting inspection of a project: `check` and `fix` run in a worker thread that keeps what it read.
 * The caller disposes it.
 */
export function openInspection(root: string): Analysis {
  return openAnalysis(root)
}

/** Inspects a project once: its routes, findings and what could not be read. */
export async function inspect(root: string): Promise<CheckReport> {
  const inspection = openInspection(root)
  try {
    return await inspection.check({})
  } finally {
    await inspection.dispose()
  }
}
