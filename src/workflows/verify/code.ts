import * as l10n from '@vscode/l10n'
import { failureData } from '../../model/failure.ts'
import type { CheckReport, Finding, Problem } from '../../model/finding.ts'
import type { FixCheck, FixCheckId, FixCheckOutcome } from '../../model/verification.ts'
import { openTrees, type ChangedFile, type CodeTrees, type Side } from './before-tree.ts'
import { openInspection } from '../inspect.ts'
import { checkTypes } from './type-check.ts'

/** What a change did to the code itself. `reports` are null where no code could be inspected. */
export interface CodeVerification {
  readonly checks: readonly FixCheck[]
  readonly reports: Reports | null
}

/** What a finding is told by when lines have moved. */
export type MeantFinding = Pick<Finding, 'rule' | 'file' | 'routes'>

const mostNamed = 3
const longest = 120

/**
 * Whether a change does to the code what it should: it parses, the rule of `finding` no longer fires for its endpoints,
 * and there is nothing new for Headroom or the project's own TypeScript to complain of. Nothing is run but the compiler,
 * and nothing is written. Without a finding nothing is said of its rule.
 */
export async function verifyCode(
  root: string,
  files: readonly ChangedFile[],
  finding: MeantFinding | null,
  signal: AbortSignal = new AbortController().signal,
): Promise<readonly FixCheck[]> {
  await using trees = openTrees(root, files)
  return (await verifyCodeIn(root, files, finding, trees, signal)).checks
}

/** As {@link verifyCode}, with copies of the code that are used on. */
export async function verifyCodeIn(
  root: string,
  files: readonly ChangedFile[],
  finding: MeantFinding | null,
  trees: CodeTrees,
  signal: AbortSignal,
): Promise<CodeVerification> {
  const reports = await inspectBoth(root, files)
  if (reports === null) return { checks: [], reports: null }
  const { before, after } = reports
  const parses = checkParses(files, after)
  const gone = finding === null ? [] : [checkGone(finding, before, after)]
  const checks = [parses, ...gone]
  if (checks.some(({ outcome }) => outcome === 'failed')) return { checks, reports }
  return { checks: [...checks, await checkDiagnostics(root, reports, trees, signal)], reports }
}

type Reports = Readonly<Record<Side, CheckReport>>

/** Null where the project isn't written in a language that is inspected. */
async function inspectBoth(root: string, files: readonly ChangedFile[]): Promise<Reports | null> {
  const inspection = openInspection(root)
  const overlaysOf = (side: 'before' | 'after') =>
    // A file that isn't there has nothing in it, as far as rules are concerned.
    files.map((file) => ({ file: file.file, text: file[side] ?? '' }))
  try {
    const before = await inspection.check({ overlays: overlaysOf('before') })
    return { before, after: await inspection.check({ overlays: overlaysOf('after') }) }
  } catch (error) {
    if (failureData(error).code === 'HR_NO_SOURCE') return null
    throw error
  } finally {
    await inspection.dispose()
  }
}

function checkParses(files: readonly ChangedFile[], { problems }: CheckReport): FixCheck {
  const changed = new Set(files.map(({ file }) => file))
  const broken = problems.filter(({ kind, file }) => kind === 'parse' && changed.has(file))
  if (broken.length === 0) return check('parses', 'passed', l10n.t('the changed code parses'))
  const places = named(broken.map(({ file, line }) => `${file}:${line}`))
  return check('parses', 'failed', l10n.t('it does not parse: {0}', places))
}

function checkGone({ rule, file, routes }: MeantFinding, before: CheckReport, after: CheckReport): FixCheck {
  const isMeant = (each: Finding): boolean =>
    each.rule === rule &&
    (routes.length === 0 ? each.file === file : each.routes.some((route) => routes.includes(route)))
  const [earlier, later] = [before.findings.filter(isMeant), after.findings.filter(isMeant)]
  const [left] = later
  if (earlier.length === 0) {
    return check('rule-gone', 'not-measured', l10n.t('{0} was not found before the change', rule))
  }
  if (left === undefined) return check('rule-gone', 'passed', l10n.t('{0} is gone', rule))
  const place = oneLine(`${left.file}:${left.line}`)
  if (later.length < earlier.length) {
    return check('rule-gone', 'passed', l10n.t('{0} is gone here; another one is at {1}', rule, place))
  }
  return check('rule-gone', 'failed', l10n.t('{0} still fires at {1}', rule, place))
}

async function checkDiagnostics(
  root: string,
  { before, after }: Reports,
  trees: CodeTrees,
  signal: AbortSignal,
): Promise<FixCheck> {
  const id = 'no-new-diagnostics'
  const added = [...addedTo(before, after, findingNames), ...addedTo(before, after, problemNames)]
  if (added.length > 0) return check(id, 'failed', l10n.t('new: {0}', named(added)))
  const types = await checkTypes(root, trees, signal)
  if (types.kind === 'checked' && types.added.length > 0) {
    return check(id, 'failed', l10n.t('new type errors: {0}', named(types.added)))
  }
  const gone = [...new Set(addedTo(after, before, findingNames))]
  const findings =
    gone.length === 0 ? l10n.t('no new findings') : l10n.t('no new findings, gone: {0}', named(gone))
  return check(id, 'passed', `${findings}; ${typesText(types.kind)}`)
}

function typesText(kind: 'checked' | 'none' | 'failed' | 'too-slow'): string {
  if (kind === 'checked') return l10n.t('no new type errors')
  if (kind === 'none') return l10n.t('types not checked: no tsconfig.json with a TypeScript of its own')
  return kind === 'too-slow'
    ? l10n.t('types not checked: tsc took longer than 60 s')
    : l10n.t('types not checked: tsc did not run')
}

/** What the second report names more often than the first. */
function addedTo(one: CheckReport, other: CheckReport, namesIn: (report: CheckReport) => string[]): string[] {
  const left = new Map<string, number>()
  for (const name of namesIn(one)) left.set(name, (left.get(name) ?? 0) + 1)
  return namesIn(other).filter((name) => {
    const count = left.get(name) ?? 0
    left.set(name, count - 1)
    return count <= 0
  })
}

/** By endpoint and not by line, which edits move. */
function findingNames({ findings }: CheckReport): string[] {
  return findings.flatMap(({ rule, routes, file }) =>
    (routes.length === 0 ? [file] : routes).map((place) => l10n.t('{0} on {1}', rule, place)),
  )
}

function problemNames({ problems }: CheckReport): string[] {
  return problems.map(({ kind, file }: Problem) => l10n.t('{0} problem in {1}', kind, file))
}

/** Names in one line, the first few of them. */
export function named(names: readonly string[]): string {
  const shown = [...new Set(names)].slice(0, mostNamed).map(oneLine)
  const more = new Set(names).size - shown.length
  return more > 0 ? l10n.t('{0} and {1} more', shown.join(', '), more) : shown.join(', ')
}

/** Names from files and routes may hold anything. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, longest)
}

export function check(id: FixCheckId, outcome: FixCheckOutcome, message: string): FixCheck {
  return { id, outcome, message }
}
