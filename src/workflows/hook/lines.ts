import { diffArrays } from 'diff'
import type { WrittenPiece } from './event.ts'

/** Lines from 1, both included. */
export interface LineRange {
  readonly startLine: number
  readonly endLine: number
}

/** Where an agent's work stands in a file. */
export interface AgentLines {
  /** The lines that it wrote; those that it only repeated around them are left out. */
  readonly written: readonly LineRange[]
  /** The same, and the lines beside those that it removed. */
  readonly touched: readonly LineRange[]
}

/** A comparison that takes longer is given up: an answer that comes late is of no use. */
const diffMillis = 100
const locateMillis = 200
/** A block that a formatter changed is recognised by this share of its lines. */
const sameShare = 0.6

/** The time that there still is for finding lines, in milliseconds; it goes down with use. */
export interface LocatingTime {
  left: number
}

/** The time for everything that one event of an agent tells of. */
export function locatingTime(): LocatingTime {
  return { left: locateMillis }
}

/**
 * Finds what an agent wrote in the text as it stands now. What can't be found, or not within `time`, is left out, never
 * guessed.
 */
export function locateLines(
  text: string,
  pieces: readonly WrittenPiece[],
  time: LocatingTime = locatingTime(),
): AgentLines {
  const until = performance.now() + time.left
  const disk = plain(text)
  const lines = disk.split('\n')
  const written = new Set<number>()
  const touched = new Set<number>()
  const bareLines = memoized(() => lines.map(bare))
  for (const piece of pieces) {
    const millis = Math.min(diffMillis, until - performance.now())
    if (millis <= 0) break
    const changes = changesOf(plain(piece.before), plain(piece.after), millis)
    if (changes === null) break
    const { added, beside } = changes
    for (const place of placesOf(disk, bareLines, piece, until)) {
      const numbers = (indexes: ReadonlySet<number>): number[] =>
        [...indexes].flatMap((at) => place(at) ?? [])
      for (const line of numbers(added)) if (lines[line - 1]?.trim() !== '') written.add(line)
      for (const line of [...numbers(added), ...numbers(beside)]) touched.add(line)
    }
  }
  time.left = until - performance.now()
  return { written: rangesOf(written, lines), touched: rangesOf(touched, lines) }
}

function memoized<Value>(make: () => Value): () => Value {
  let made: Value | null = null
  return () => (made ??= make())
}

/** The number of the line at which a line of the piece stands now, by its index; null where it isn't there any more. */
type Place = (index: number) => number | null

function placesOf(
  disk: string,
  bareLines: () => readonly string[],
  piece: WrittenPiece,
  until: number,
): Place[] {
  const after = plain(piece.after)
  if (after.trim() === '') return []
  const starts = linesOf(disk, after)
  if (starts.length === 0) return formattedPlace(bareLines(), after.split('\n'), until)
  const near = piece.line
  const chosen = piece.everywhere
    ? starts
    : [starts.toSorted((a, b) => Math.abs(a - (near ?? a)) - Math.abs(b - (near ?? b)))[0] ?? 1]
  return chosen.map((start) => (index: number) => start + index)
}

/** Where a formatter has been at work: the piece's lines in order, but for blanks, quotes, semicolons and commas. */
function formattedPlace(bareLines: readonly string[], piece: readonly string[], until: number): Place[] {
  const wanted = piece.map(bare)
  const timeout = Math.min(diffMillis, until - performance.now())
  const parts = timeout > 0 ? diffArrays(wanted, [...bareLines], { timeout }) : undefined
  if (parts === undefined) return []
  const lineOf = new Map<number, number>()
  let index = 0
  let line = 1
  for (const { count, added, removed } of parts) {
    for (let step = 0; step < count; step += 1) {
      if (!added && !removed) lineOf.set(index, line)
      if (!added) index += 1
      if (!removed) line += 1
    }
  }
  const telling = wanted.flatMap((word, at) => (word.length > 2 ? [at] : []))
  const found = telling.filter((at) => lineOf.has(at)).length
  return telling.length > 0 && found / telling.length >= sameShare ? [(at) => lineOf.get(at) ?? null] : []
}

/** Which lines of `after` are new, and beside which of them others are gone; null where the time for all was too short. */
function changesOf(
  before: string,
  after: string,
  timeout: number,
): { added: Set<number>; beside: Set<number> } | null {
  const added = new Set<number>()
  const beside = new Set<number>()
  const news = after.split('\n')
  const parts = diffArrays(before === '' ? [] : before.split('\n'), news, { timeout })
  if (parts === undefined) return timeout < diffMillis ? null : { added: new Set(news.keys()), beside }
  let index = 0
  for (const { count, added: isNew, removed } of parts) {
    if (removed) {
      if (index < news.length) beside.add(index)
      if (index > 0) beside.add(index - 1)
      continue
    }
    if (isNew) for (let step = 0; step < count; step += 1) added.add(index + step)
    index += count
  }
  return { added, beside }
}

function plain(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
}

function bare(line: string): string {
  return line.replaceAll(/[\s;,'"`()]/g, '')
}

/** The lines, from 1, on which a part begins. */
function linesOf(text: string, part: string): number[] {
  const found: number[] = []
  let line = 1
  let counted = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    for (; counted < at; counted += 1) if (text[counted] === '\n') line += 1
    found.push(line)
  }
  return found
}

/** Neighbours become one range; blank lines between two of them belong to it. */
function rangesOf(numbers: ReadonlySet<number>, lines: readonly string[]): LineRange[] {
  const ranges: { startLine: number; endLine: number }[] = []
  for (const line of [...numbers].filter((each) => each <= lines.length).toSorted((a, b) => a - b)) {
    const last = ranges.at(-1)
    const isNext =
      last !== undefined && lines.slice(last.endLine, line - 1).every((each) => each.trim() === '')
    if (isNext) last.endLine = line
    else ranges.push({ startLine: line, endLine: line })
  }
  return ranges
}
