import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import { readProjectFile, realFile } from '../project-file.ts'
import { editWhole } from '../whole-file.ts'

/** A file as it is, and as it is to become. `file` is relative to the project, with forward slashes. */
export interface TaughtFile {
  readonly file: string
  /** Null where there is none yet. */
  readonly before: string | null
  readonly after: string
  /** `edited`: what Headroom wrote was changed by hand, and writing would lose that. */
  readonly state: 'current' | 'missing' | 'outdated' | 'edited'
}

/**
 * Writes what changes. When one file can't be written, those before it are put back. Throws `HR_TEACH_CHANGED` where a file
 * isn't any more what it was when the change was worked out, and `HR_FILE_EDIT` where it can't be written.
 */
export async function writeTaught(root: string, files: readonly TaughtFile[]): Promise<readonly string[]> {
  const written: TaughtFile[] = []
  try {
    for (const each of files) {
      if (each.after === each.before) continue
      await realFile(root, each.file)
      await replaceText(root, each.file, each.before, each.after)
      written.push(each)
    }
  } catch (error) {
    for (const { file, before, after } of written) await putBack(root, file, before, after)
    throw error
  }
  return written.map(({ file }) => file)
}

function replaceText(root: string, file: string, before: string | null, after: string): Promise<void> {
  return editWhole(join(root, file), (text) => {
    if (text === before) return after
    throw new Failure(
      'HR_TEACH_CHANGED',
      l10n.t('{0} was changed in the meantime. Nothing was written; try again.', file),
    )
  })
}

/** As far as it goes: what somebody else has changed since stays. */
async function putBack(root: string, file: string, before: string | null, after: string): Promise<void> {
  try {
    if (before !== null) await replaceText(root, file, after, before)
    else if ((await readProjectFile(root, file)) === after) await rm(join(root, file))
  } catch {
    // The first error is the one to tell.
  }
}
