import type { TextChange } from '../../workflows/origins/tracking.ts'

/**
 * The smallest run of whole lines in which two texts differ, as the editor itself makes it when it loads a file anew; null
 * where they are equal.
 */
export function lineHunk(before: string, after: string): TextChange | null {
  if (before === after) return null
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1
  start = start === 0 ? 0 : before.lastIndexOf('\n', start - 1) + 1
  let tail = 0
  while (
    tail < shorter - start &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail += 1
  }
  // The tail that is kept begins with a line of its own, in both texts.
  const isLineStart = (text: string, offset: number): boolean =>
    offset <= start || offset >= text.length || text[offset - 1] === '\n'
  while (
    tail > 0 &&
    !(isLineStart(before, before.length - tail) && isLineStart(after, after.length - tail))
  ) {
    tail -= 1
  }
  return {
    start,
    removed: before.slice(start, before.length - tail),
    text: after.slice(start, after.length - tail),
  }
}
