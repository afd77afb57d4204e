import type { FileEdit } from '../model/source.ts'

/**
 * Edits made ready to be applied: sorted, equal ones once, insertions at one place joined in their order.
 * Null if two of them change the same text.
 */
export function merged(edits: readonly FileEdit[]): FileEdit[] | null {
  const unique = [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()]
  const result: FileEdit[] = []
  for (const edit of unique.toSorted(byPlace)) {
    const last = result.at(-1)
    if (
      !last ||
      last.file !== edit.file ||
      last.end < edit.start ||
      (last.end === edit.start && last.start < last.end)
    ) {
      result.push(edit)
    } else if (last.start === last.end && last.start === edit.start) {
      result[result.length - 1] = { ...edit, text: last.text + edit.text }
    } else return null
  }
  return result
}

function byPlace(a: FileEdit, b: FileEdit): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.start - b.start || a.end - b.end
}
