import { openAnalysis, type Analysis, type CheckRequest } from '../analysis/client.ts'
import { rules } from '../analysis/rules/index.ts'
import type { Ignore } from '../analysis/suppressions.ts'
import { Failure, failureData } from '../model/failure.ts'
import type { CheckReport, Problem } from '../model/finding.ts'
import type { Overlay } from '../model/source.ts'
import { configFileName, readConfig } from './config.ts'
import { withProvenance } from './origins/attribution.ts'
import { filesOf, KnownOrigins } from './origins/known-origins.ts'
import { lineOrigins } from './origins/line-origins.ts'
import { openOrigins, textReader, type Origins } from './origins/origins.ts'

/** The ids of all rules, as `--rule` takes them. */
export const ruleIds: readonly string[] = rules.map(({ id }) => id)

export interface InspectRequest extends CheckRequest {
  /**
   * Who wrote the lines. `ask`, which is what happens without a word: git and the attribution store are asked. `known`: as
   * `label` last learnt it, without waiting. `none`: it is left out.
   */
  readonly provenance?: 'ask' | 'known' | 'none'
}

/** The lasting inspection of a project. */
export interface Inspection extends Analysis {
  /** As the analysis' own check, with labels on routes and findings that say where their lines come from. */
  check(request: InspectRequest): Promise<CheckReport>
  /** A report of `check` with the same overlays, labelled anew; asks only where something was saved or committed since. */
  label(report: CheckReport, overlays: readonly Overlay[]): Promise<CheckReport>
  /** The keys of the routes of such a report that changed since the last commit. Rejects with `HR_NO_GIT` outside of git. */
  changedRoutes(report: CheckReport, overlays: readonly Overlay[]): Promise<ReadonlySet<string>>
}

/**
 * Opens a lasting inspection of a project: `check` and `fix` run in a worker thread that keeps what it read. The caller disposes
 * it, and with it the origins.
 */
export function openInspection(root: string, origins: Origins = openOrigins(root)): Inspection {
  const analysis = openAnalysis(root)
  const known = new KnownOrigins(root, origins)
  return {
    check: async ({ provenance = 'ask', ...request }) => {
      const { ignore, problems } = await ignored(root)
      const checked = await analysis.check({ ...request, ignore })
      const report = { ...checked, problems: [...checked.problems, ...problems] }
      if (provenance === 'none') return report
      const overlays = request.overlays ?? []
      if (provenance === 'known') return known.label(report, overlays)
      const { attributed, texts } = await lineOrigins(root, filesOf(report), textReader(root, overlays))
      return withProvenance(report, attributed, texts)
    },
    label: async (report, overlays) => {
      await known.learn(report, overlays)
      return known.label(report, overlays)
    },
    changedRoutes: (report, overlays) => known.changedRoutes(report, overlays),
    fix: (request) => analysis.fix(request),
    tables: () => analysis.tables(),
    dispose: async () => {
      await Promise.all([analysis.dispose(), origins.dispose()])
    },
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
export async function inspect(root: string, request: InspectRequest = {}): Promise<CheckReport> {
  const inspection = openInspection(root)
  try {
    return await inspection.check(request)
  } finally {
    await inspection.dispose()
  }
}
