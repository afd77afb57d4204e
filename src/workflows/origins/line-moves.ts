/** Lines of a file, from 1, both included. */
export interface LineRange {
  readonly startLine: number
  readonly endLine: number
}

/** How the lines of a text that was edited stand to those before: what is alike at both ends, and what was replaced between. */
export interface LineMove {
  /** Where a range of the text before stands now: parts that were replaced are cut out, so that none, one or two remain. */
  readonly move: (range: LineRange) => LineRange[]
  /** The lines that are new in the text after; null where nothing was added. */
  readonly added: LineRange | null
}

/** Compares two texts line by line from both ends; exact for one edit, and never says of a new line that it was there before. */
export function compareLines(before: string, after: string): LineMove {
  const old = splitLines(before)
  const now = splitLines(after)
  const shorter = Math.min(old.length, now.length)
  let head = 0
  while (head < shorter && old[head] === now[head]) head++
  let tail = 0
  while (tail < shorter - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++
  const firstOfTail = old.length - tail + 1
  const shift = now.length - old.length
  return {
    move: ({ startLine, endLine }) =>
      [
        { startLine, endLine: Math.min(endLine, head) },
        { startLine: Math.max(startLine, firstOfTail) + shift, endLine: endLine + shift },
      ].filter((range) => range.startLine <= range.endLine),
    added: now.length - tail > head ? { startLine: head + 1, endLine: now.length - tail } : null,
  }
}

function splitLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/)
}
