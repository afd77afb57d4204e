import { existsSync } from 'node:fs'
import { isUtf8 } from 'node:buffer'
import { lstat, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { ChangedFile } from './before-tree.ts'
import { git } from '../origins/git.ts'
import { writeWhole } from '../whole-file.ts'

const mostFiles = 1000
/** Larger files are no code. */
const largestBytes = 1_000_000
/** As git writes them. */
const linkMode = '120000'
const goneMode = '000000'

/** {@link changesSince} as a call that a face makes in a thread of its own. */
export async function findChange(
  { root, ref }: { readonly root: string; readonly ref: string },
  _onProgress: (progress: never) => void,
  _signal: AbortSignal,
): Promise<readonly ChangedFile[]> {
  return changesSince(root, ref)
}

/**
 * The text files below a folder that differ from a commit, with what git doesn't know yet: before as in the commit, after as
 * on disk. Throws `HR_NO_FOLDER`, `HR_NO_GIT` outside of a repository, `HR_GIT_REF` for a name that means no commit, and `HR_NO_CHANGE`
 * where nothing differs.
 */
export async function changesSince(root: string, ref: string): Promise<readonly ChangedFile[]> {
  if (!existsSync(root)) throw new Failure('HR_NO_FOLDER', l10n.t('There is no folder {0}.', root))
  if ((await git(root, ['rev-parse', '--show-toplevel'])) === null) {
    throw new Failure(
      'HR_NO_GIT',
      l10n.t('{0} is in no git repository, so that there is no code before to compare with.', root),
    )
  }
  const commit = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]
  const resolved = (await git(root, commit))?.trim() ?? null
  if (resolved === null) {
    throw new Failure('HR_GIT_REF', l10n.t('"{0}" is no commit of this repository.', ref.slice(0, 120)))
  }
  const options = ['--no-renames', '--no-ext-diff', '--raw', '--relative', '-z']
  const [differing, unknown] = await Promise.all([
    git(root, ['diff', ...options, resolved, '--', '.']),
    git(root, ['ls-files', '-z', '--others', '--exclude-standard']),
  ])
  const modes = modesIn(differing ?? '')
  const unknownNames = (unknown ?? '').split('\0').filter((name) => name !== '')
  const names = [...new Set([...modes.keys(), ...unknownNames])]
  if (names.length > mostFiles) {
    const message = l10n.t('{0} files differ from {1}: compare with a nearer commit.', names.length, ref)
    throw new Failure('HR_GIT_REF', message)
  }
  const files: ChangedFile[] = []
  for (const file of names) {
    const [beforeMode, afterMode] = modes.get(file) ?? []
    const before = beforeMode === linkMode ? undefined : await textIn(root, resolved, file)
    // A folder or a link may stand where the file, or its folder, was.
    const isGone = afterMode === goneMode && !unknownNames.includes(file)
    const after = isGone ? null : await textOnDisk(root, file)
    const isText = before !== undefined && after !== undefined
    if (isText && before !== after) files.push({ file, before, after })
  }
  if (files.length === 0) {
    throw new Failure('HR_NO_CHANGE', l10n.t('Nothing differs from {0}: there is no change to verify.', ref))
  }
  return files
}

/** The modes before and after of each file in what `git diff --raw -z` prints. */
function modesIn(differing: string): Map<string, readonly [before: string, after: string]> {
  const parts = differing.split('\0')
  const modes = new Map<string, readonly [string, string]>()
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [before = '', after = ''] = (parts[at] ?? '').slice(1).split(' ')
    modes.set(parts[at + 1] ?? '', [before, after])
  }
  return modes
}

/** Null where the commit doesn't have the file; undefined where it is no text. */
async function textIn(root: string, commit: string, file: string): Promise<string | null | undefined> {
  const object = `${commit}:./${file}`
  const size = await git(root, ['cat-file', '-s', object])
  if (size === null) return null
  if (Number(size) > largestBytes) return undefined
  const text = await git(root, ['cat-file', 'blob', object])
  return text?.includes('\0') === true || text?.includes('\uFFFD') === true ? undefined : text
}

/** Null where there is no file; undefined where it is no text, or a link is on the way, which may lead anywhere. */
async function textOnDisk(root: string, file: string): Promise<string | null | undefined> {
  const path = join(root, file)
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) {
    const isLink = await lstat(join(root, folder)).then(
      (found) => found.isSymbolicLink(),
      () => false,
    )
    if (isLink) return undefined
  }
  const found = await lstat(path).catch(() => null)
  if (found === null) return null
  if (!found.isFile() || found.size > largestBytes) return undefined
  const bytes = await readFile(path)
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString() : undefined
}

/** What came of taking a change back. Files as in {@link ChangedFile}. */
export interface Reverted {
  readonly reverted: readonly string[]
  /** Changed since the verification began, and left as they are. */
  readonly changedSince: readonly string[]
  /** New files, which are never deleted. */
  readonly kept: readonly string[]
}

/**
 * Writes the texts before a change back, of those files only that still hold the text after it. A file that the change made
 * stays where it is.
 */
export async function revertChange(root: string, files: readonly ChangedFile[]): Promise<Reverted> {
  const result = { reverted: [] as string[], changedSince: [] as string[], kept: [] as string[] }
  for (const { file, before, after } of files) {
    if (before === null) result.kept.push(file)
    else if ((await textOnDisk(root, file)) !== after) result.changedSince.push(file)
    else {
      await writeWhole(join(root, file), before)
      result.reverted.push(file)
    }
  }
  return result
}
