import type { CheckReport, Finding } from '../../model/finding.ts'
import { routeKey } from '../../model/route.ts'
import type { Location, Overlay } from '../../model/source.ts'
import { changedLines, changedRoutes, touches, type ChangedLines } from './changes.ts'
import { git } from './git.ts'
import { inspect } from '../inspect.ts'
import { lineOrigins } from './line-origins.ts'
import { textReader } from './origins.ts'

/** Which part of a project's findings is asked for. */
export interface Scope {
  /**
   * Only endpoints that changed: since HEAD and `base` parted, or, where `base` is null, since the last commit. Null: all
   * endpoints.
   */
  readonly changed: { readonly base: string | null; readonly staged: boolean } | null
  /** Leaves out the findings in lines that a person is known to have written. What nobody knows anything of stays. */
  readonly aiOnly: boolean
}

export interface ScopedReport {
  readonly report: CheckReport
  /** The routes of the whole project. */
  readonly routesInAll: number
  /** Whether git names a change of any source file; true where it isn't asked. */
  readonly hasChanges: boolean
  /** The findings in scope but for their being in a person's lines. */
  readonly byPeople: readonly Finding[]
}

/**
 * Inspects a project and keeps what is in scope. What is staged is inspected as it is staged, whatever has been edited since.
 * Rejects as the inspection does, and with `HR_NO_GIT` and `HR_GIT_REF` where git can't say what changed.
 */
export async function inspectScope(root: string, scope: Scope): Promise<ScopedReport> {
  const { changed } = scope
  // Git is asked first: it is the one that can refuse, and it is quick.
  const lines = changed === null ? null : await changedLines(root, changed)
  const overlays = changed?.staged === true ? await stagedTexts(root) : []
  const whole = await inspect(root, { overlays })
  const report = lines === null ? whole : changedPart(whole, lines)
  const inAll = {
    routesInAll: whole.routes.length,
    hasChanges: lines === null || [...lines.keys()].some((file) => sourceFile.test(file)),
  }
  if (!scope.aiOnly) return { report, ...inAll, byPeople: [] }
  const byPeople = await findingsByPeople(root, report.findings, overlays)
  const findings = report.findings.filter((finding) => !byPeople.includes(finding))
  return { report: { ...report, findings }, ...inAll, byPeople }
}

const sourceFile = /\.[cm]?[jt]sx?$/

function changedPart(report: CheckReport, changed: ChangedLines): CheckReport {
  const routes = changedRoutes(report, changed)
  const keys = new Set(routes.map(routeKey))
  const isChanged = (finding: Finding): boolean =>
    finding.routes.some((route) => keys.has(route)) ||
    touches(changed, finding.file, finding.line, finding.endLine)
  return {
    ...report,
    routes,
    findings: report.findings.filter(isChanged),
    scaffolds: report.scaffolds.filter(isChanged),
  }
}

/** A finding is a person's only where the defect and every call that leads to it are. */
async function findingsByPeople(
  root: string,
  findings: readonly Finding[],
  overlays: readonly Overlay[],
): Promise<Finding[]> {
  const unlabelled = findings.filter(({ provenance }) => provenance === null)
  const files = unlabelled.flatMap(({ file, path }) => [file, ...path.map((call) => call.file)])
  const { human } = await lineOrigins(root, files, textReader(root, overlays))
  const isPersons = (at: Location): boolean =>
    human.some(
      ({ file, startLine, endLine }) => file === at.file && startLine <= at.line && at.line <= endLine,
    )
  return unlabelled.filter(({ file, line, endLine, path }) => {
    const own = Array.from({ length: endLine - line + 1 }, (_, index) => ({ file, line: line + index }))
    return [...own, ...path].every(isPersons)
  })
}

/** The staged texts of the source files that were edited after they were staged. */
async function stagedTexts(root: string): Promise<Overlay[]> {
  const edited = await git(root, ['diff', '--name-only', '-z', '--relative', '--no-ext-diff', '--', '.'], {
    ofRunningCommit: true,
  })
  const files = (edited ?? '').split('\0').filter((file) => sourceFile.test(file))
  const texts = files.map(async (file) => {
    const text = await git(root, ['show', '--no-textconv', `:./${file}`], { ofRunningCommit: true })
    return text === null ? [] : [{ file, text }]
  })
  return (await Promise.all(texts)).flat()
}
