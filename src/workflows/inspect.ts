import { openAnalysis, type Analysis } from '../analysis/client.ts'
import { rules } from '../analysis/rules/index.ts'
import type { Ignore } from '../analysis/suppressions.ts'
import { Failure, failureData } from '../model/failure.ts'
import type { CheckReport, Problem } from '../model/finding.ts'
import { configFileName, readConfig } from './config.ts'

/** The ids of all rules, as `--rule` takes them. */
export const ruleIds: readonly string[] = rules.map(({ id }) => id)

/**
 * Opens a lasting inspection of a project: `check` and `fix` run in a worker thread that keeps what it read.
 * The caller disposes it.
 */
export function openInspection(root: string): Analysis {
  const analysis = openAnalysis(root)
  return {
    check: async (request) => {
      const { ignore, problems } = await ignored(root)
      const report = await analysis.check({ ...request, ignore })
      return { ...report, problems: [...report.problems, ...problems] }
    },
    fix: (request) => analysis.fix(request),
    tables: () => analysis.tables(),
    dispose: () => analysis.dispose(),
  }
}

/** What the configuration doesn't want to see. A configuration that can't be read is a problem of the report, not its end. */
async function ignored(root: string): Promise<{ ignore: readonly Ignore[]; problems: readonly Problem[] }> {
  try {
    return { ignore: (await readConfig(root)).ignore, problems: [] }
  } catch (error) {
    const { message } = Failure.from(failureData(error))
    return { ignore: [], problems: [{ kind: 'config', file: configFileName, line: 0, message }] }
  }
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
