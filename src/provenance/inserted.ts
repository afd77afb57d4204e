import type { EditEvent, TextChange } from './event.ts'

/** UTF-16 offsets, end exclusive. */
export interface OffsetRange {
  readonly start: number
  readonly end: number
}

/** A part of a change's text that the event brought, and the lines in it that say something. */
export interface InsertedPart extends OffsetRange {
  readonly lines: readonly string[]
}

/**
 * The parts of each change's text that were nowhere in what the event removed, offsets within that text. A moved, sorted or
 * re-indented line isn't new; one without letters or digits, such as a bracket, goes with the line before it.
 */
export function insertedParts(event: Pick<EditEvent, 'changes'>): Map<TextChange, InsertedPart[]> {
  const removed = countLines(event.changes)
  return new Map(event.changes.map((change) => [change, partsOf(change.text, removed)]))
}

function countLines(changes: readonly TextChange[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { removed } of changes) {
    for (const line of removed.split('\n')) counts.set(line.trim(), (counts.get(line.trim()) ?? 0) + 1)
  }
  return counts
}

function partsOf(text: string, removed: Map<string, number>): InsertedPart[] {
  const parts: { start: number; end: number; lines: string[] }[] = []
  let offset = 0
  let wasNew = false
  for (const line of text.split('\n')) {
    const trimmed = line.trim()
    const says = /[\p{L}\p{N}]/u.test(trimmed)
    const isNew: boolean = says
      ? !take(removed, trimmed)
      : wasNew || (trimmed !== '' && !take(removed, trimmed))
    const part = parts.at(-1)
    const end = offset + line.trimEnd().length
    if (isNew && wasNew && part !== undefined) {
      part.end = trimmed === '' ? part.end : end
      if (says) part.lines.push(trimmed)
    } else if (isNew && trimmed !== '') {
      parts.push({ start: offset, end, lines: says ? [trimmed] : [] })
    }
    wasNew = isNew
    offset += line.length + 1
  }
  return parts
}

/** Uses up one of the removed lines, where there is one like this. */
function take(removed: Map<string, number>, line: string): boolean {
  const count = removed.get(line) ?? 0
  if (count > 0) removed.set(line, count - 1)
  return count > 0
}
