import type { TextChange } from './event.ts'

/** A part of a text and where it came from. UTF-16 offsets, end exclusive, never empty. */
export interface Interval {
  readonly start: number
  readonly end: number
  readonly source: string
  readonly score: number
  /** When it was noticed, in milliseconds since 1970. */
  readonly at: number
}

/**
 * Moves intervals along with an edit: what was removed leaves them, what was inserted belongs to none, so that an edit in
 * the middle splits one in two. `intervals` are sorted and disjoint, and so are those given back. `changes` are in ascending
 * order, their offsets those before the event.
 */
export function shift(intervals: readonly Interval[], changes: readonly TextChange[]): Interval[] {
  const moved = changes.reduceRight<readonly Interval[]>(
    (rest, { start, removed, text }) => shiftOne(rest, start, start + removed.length, text.length),
    intervals,
  )
  return joined(moved)
}

/** Puts intervals on top: what they cover is theirs from now on. Sorted and disjoint again. */
export function overlay(intervals: readonly Interval[], added: readonly Interval[]): Interval[] {
  const all = added.reduce<readonly Interval[]>((rest, top) => {
    if (top.end <= top.start) return rest
    const below = rest.flatMap((interval) => cut(interval, top.start, top.end))
    return [...below, top].toSorted((one, other) => one.start - other.start)
  }, intervals)
  return joined(all)
}

/** Replaces the offsets `from` to `to` by `length` characters that belong to no interval. */
function shiftOne(intervals: readonly Interval[], from: number, to: number, length: number): Interval[] {
  const growth = length - (to - from)
  return intervals.flatMap((interval) => {
    if (interval.end <= from) return [interval]
    return cut(interval, from, to).map((piece) =>
      piece.start >= to ? { ...piece, start: piece.start + growth, end: piece.end + growth } : piece,
    )
  })
}

/** What is left of an interval without the offsets `from` to `to`; where these are one place within it, two pieces. */
function cut(interval: Interval, from: number, to: number): Interval[] {
  const left = { ...interval, end: Math.min(interval.end, from) }
  const right = { ...interval, start: Math.max(interval.start, to) }
  return [left, right].filter(({ start, end }) => start < end)
}

/** Neighbours that touch and say the same become one. */
function joined(intervals: readonly Interval[]): Interval[] {
  const result: Interval[] = []
  for (const interval of intervals) {
    const last = result.at(-1)
    if (last !== undefined && last.end === interval.start && saysSame(last, interval)) {
      result[result.length - 1] = { ...last, end: interval.end }
    } else result.push(interval)
  }
  return result
}

function saysSame(one: Interval, other: Interval): boolean {
  return one.source === other.source && one.score === other.score && one.at === other.at
}
