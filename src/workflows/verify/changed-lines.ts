import { diffArrays } from 'diff'
import type { ChangedFile, Side } from './before-tree.ts'

/** Files that differ so much are taken to differ in all lines. */
const diffMillis = 500

/** The lines of a file that a change takes away or adds, by side, from 1. */
export function changedLinesOf({ before, after }: ChangedFile): Readonly<Record<Side, readonly number[]>> {
  const [old, now] = [linesIn(before), linesIn(after)]
  const parts = diffArrays(old, now, { timeout: diffMillis })
  if (parts === undefined) return { before: numbers(0, old.length), after: numbers(0, now.length) }
  const changed = { before: [] as number[], after: [] as number[] }
  const at = { before: 0, after: 0 }
  for (const { count, added, removed } of parts) {
    if (removed) changed.before.push(...numbers(at.before, count))
    if (added) changed.after.push(...numbers(at.after, count))
    if (!added) at.before += count
    if (!removed) at.after += count
  }
  return changed
}

function linesIn(text: string | null): string[] {
  return text === null ? [] : text.split('\n').map((line) => line.replace(/\r$/, ''))
}

function numbers(before: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => before + index + 1)
}
