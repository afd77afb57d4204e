import { existsSync } from 'node:fs'
import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { CheckReport } from '../../model/finding.ts'
import { routeKey, type Route } from '../../model/route.ts'
import { parseHunks } from '../../provenance/diff.ts'
import { git } from './git.ts'

/** Lines from 1, both included. */
export interface ChangedRange {
  readonly start: number
  readonly end: number
}

/** By file, relative to the project, forward slashes. */
export type ChangedLines = ReadonlyMap<string, readonly ChangedRange[]>

export interface ChangeOptions {
  /** A commit or branch: what changed since it and HEAD parted. Null or absent: since HEAD. */
  readonly base?: string | null
  /** Only what is in git's index, lines as they stand there. */
  readonly staged?: boolean
}

/** A file that git doesn't know has changed as a whole. */
const everyLine: ChangedRange = { start: 1, end: Number.MAX_SAFE_INTEGER }

/**
 * The lines of the project's files that changed, as they stand in the working tree (or in the index). Where lines were only
 * taken away it is the line before them. Untracked files have all their lines. Throws `HR_NO_FOLDER`, `HR_NO_GIT` outside of a repository
 * and `HR_GIT_REF` for a base that git doesn't know.
 */
export async function changedLines(root: string, options: ChangeOptions = {}): Promise<ChangedLines> {
  const staged = options.staged ?? false
  if ((await git(root, ['rev-parse', '--is-inside-work-tree']))?.trim() !== 'true') throw await noGit(root)
  const from = await startOf(root, options.base ?? null)
  const [diff, untracked] = await Promise.all([
    git(root, ['diff', ...diffOptions, ...(staged ? ['--cached'] : []), from, '--', '.'], {
      ofRunningCommit: staged,
    }),
    staged ? '' : git(root, ['ls-files', '--others', '--exclude-standard', '-z', '--', '.']),
  ])
  if (diff === null || untracked === null) {
    throw new Failure('HR_NO_GIT', l10n.t('git could not say what changed in {0}.', root))
  }
  const changed = new Map<string, readonly ChangedRange[]>(parseHunks(diff))
  for (const file of untracked.split('\0')) if (file !== '') changed.set(file, [everyLine])
  return changed
}

async function noGit(root: string): Promise<Failure> {
  if (!existsSync(root)) return new Failure('HR_NO_FOLDER', l10n.t('There is no folder {0}.', root))
  const isThere = (await git('.', ['--version'])) !== null
  return new Failure(
    'HR_NO_GIT',
    isThere
      ? l10n.t('What changed is asked of git, and {0} is not in a git repository that it can read.', root)
      : l10n.t(
          'What changed is asked of git, and there is no git here. Install it, and see that PATH names it.',
        ),
  )
}

const diffOptions = [
  '-U0',
  '-M',
  '--relative',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=all',
  '--inter-hunk-context=0',
]

/** The commit to compare with: HEAD, or where HEAD and the base parted. Without any commit yet, the empty tree. */
async function startOf(root: string, base: string | null): Promise<string> {
  if (base !== null) return partedFrom(root, base)
  const head = await git(root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])
  const start = head ?? (await git(root, ['hash-object', '-t', 'tree', '--stdin']))
  if (start === null) throw new Failure('HR_NO_GIT', l10n.t('git could not say what changed in {0}.', root))
  return start.trim()
}

async function partedFrom(root: string, base: string): Promise<string> {
  // What begins like an option must never be read as one.
  const commit =
    base.startsWith('-') || base.includes('\0')
      ? null
      : await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${base}^{commit}`])
  if (commit === null) {
    throw new Failure(
      'HR_GIT_REF',
      l10n.t('git knows no commit "{0}" here. Name a branch, a tag or a commit that was fetched.', base),
    )
  }
  const parted = await git(root, ['merge-base', commit.trim(), 'HEAD'])
  if (parted === null) {
    throw new Failure(
      'HR_GIT_REF',
      l10n.t(
        '"{0}" and HEAD have no commit in common here. In CI, fetch the whole history (fetch-depth: 0).',
        base,
      ),
    )
  }
  return parted.trim()
}

/** Whether some of the lines `from` to `to` of a file changed. */
export function touches(changed: ChangedLines, file: string, from: number, to: number): boolean {
  return (changed.get(file) ?? []).some(({ start, end }) => start <= to && end >= from)
}

/**
 * The routes that a change concerns: their registration or their handler has changed lines, or one of their findings, or a
 * call on the way from the handler to it.
 */
export function changedRoutes(report: CheckReport, changed: ChangedLines): Route[] {
  const reached = new Set(
    report.findings
      .filter(
        ({ file, line, endLine, path }) =>
          touches(changed, file, line, endLine) ||
          path.some((call) => touches(changed, call.file, call.line, call.line)),
      )
      .flatMap(({ routes }) => routes),
  )
  return report.routes.filter(
    (route) =>
      touches(changed, route.file, route.line, route.endLine) ||
      (route.handler !== null &&
        touches(changed, route.handler.file, route.handler.line, route.handler.endLine)) ||
      reached.has(routeKey(route)),
  )
}
