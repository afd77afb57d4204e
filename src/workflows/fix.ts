import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTwoFilesPatch } from 'diff'
import type { Fix } from '../model/finding.ts'
import type { FileEdit } from '../model/source.ts'
import { writeWhole } from './whole-file.ts'

/** One file before and after a fix. `file` is relative to the project. */
export interface FixedFile {
  readonly file: string
  readonly before: string
  readonly after: string
}

/** Applies edits to a text; they may come in any order and must not overlap. */
export function applyEdits(text: string, edits: readonly Omit<FileEdit, 'file'>[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text)
}

/** Carries a fix out in memory: every file it touches, before and after. */
export async function carryOut(root: string, fix: Fix): Promise<FixedFile[]> {
  const files = [...new Set(fix.edits.map((edit) => edit.file))]
  return Promise.all(
    files.map(async (file) => {
      const before = await readFile(join(root, file), 'utf8')
      return {
        file,
        before,
        after: applyEdits(
          before,
          fix.edits.filter((edit) => edit.file === file),
        ),
      }
    }),
  )
}

/** The change as a unified diff that `git apply` and `patch -p1` take. */
export function unifiedDiff(files: readonly FixedFile[]): string {
  return files
    .map(({ file, before, after }) =>
      createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined),
    )
    .map((patch) => patch.replace(/^=+\n/, ''))
    .join('')
}

/** Writes the fixed files; each whole or not at all. */
export async function writeFixed(root: string, files: readonly FixedFile[]): Promise<void> {
  for (const { file, after } of files) await writeWhole(join(root, file), after)
}
