import { createHash } from 'node:crypto'

/** Lines of a text, from 1, both included. */
export interface LineRange {
  readonly startLine: number
  readonly endLine: number
}

/** What is kept of some lines so that they are found again: never their text. */
export interface Anchors extends LineRange {
  /** The lines that say something, ascending, and the salted hash of each. */
  readonly lines: readonly number[]
  readonly hashes: readonly string[]
}

/** For each line of a text its salted hash, or null where it says too little to be known again. */
export type HashedLines = readonly (string | null)[]

const hashLength = 12
const fewestWordCharacters = 3
const fewestMatches = 0.6
/** So few lines may stand anywhere by chance: they are looked for near their old place only. */
const fewAnchors = 3
const nearLines = 200
/** Bounds the work on lines that stand in a file very often. */
const mostPlaces = 64
const mostBlocks = 64

/** Hashes the lines of a text. Indentation doesn't count. `salt` is the store's own, so that lines can't be looked up. */
export function hashLines(lines: readonly string[], salt: string): HashedLines {
  return lines.map((line) => {
    const text = line.trim()
    if ((text.match(/\w/g)?.length ?? 0) < fewestWordCharacters) return null
    return createHash('sha256').update(`${salt}\0${text}`).digest('hex').slice(0, hashLength)
  })
}

/** The anchors of the lines `startLine` to `endLine`; null where none of them says enough. */
export function anchorsOf(hashed: HashedLines, { startLine, endLine }: LineRange): Anchors | null {
  const anchors = hashed
    .slice(Math.max(0, startLine - 1), endLine)
    .flatMap((hash, index) => (hash === null ? [] : [{ line: Math.max(1, startLine) + index, hash }]))
  if (anchors.length === 0) return null
  return {
    startLine,
    endLine,
    lines: anchors.map(({ line }) => line),
    hashes: anchors.map(({ hash }) => hash),
  }
}

/** Where anchored lines stand now, and which share of them was found, from 0 to 1. */
export interface Found {
  readonly share: number
  readonly ranges: readonly LineRange[]
}

interface Match {
  readonly anchor: number
  /** Index into the text's lines. */
  readonly at: number
}

/**
 * Finds anchored lines in a text, in their order: the longest run of neighbours first, the one nearest to the old place
 * where several are as long, then what is before and behind it. Null where less than 60 % are found.
 */
export function reanchor(anchors: Anchors, hashed: HashedLines): Found | null {
  const count = anchors.hashes.length
  const matches = matchAll(anchors, placesOf(anchors, hashed))
  const share = count === 0 ? 0 : matches.length / count
  if (share < fewestMatches) return null
  return { share, ranges: rangesOf(matches, anchors, hashed) }
}

/** For each anchor the indexes of the lines that are like it, ascending; the nearest ones where they are very many. */
function placesOf({ lines, hashes }: Anchors, hashed: HashedLines): number[][] {
  const wanted = new Set(hashes)
  const all = new Map<string, number[]>()
  hashed.forEach((hash, index) => {
    if (hash === null || !wanted.has(hash)) return
    const known = all.get(hash)
    if (known === undefined) all.set(hash, [index])
    else known.push(index)
  })
  const isFew = hashes.length < fewAnchors
  return hashes.map((hash, anchor) => {
    const old = (lines[anchor] ?? 1) - 1
    const places = all.get(hash) ?? []
    const near = isFew ? places.filter((place) => Math.abs(place - old) <= nearLines) : places
    if (near.length <= mostPlaces) return near
    const nearest = near.toSorted((one, other) => Math.abs(one - old) - Math.abs(other - old))
    return nearest.slice(0, mostPlaces).toSorted((one, other) => one - other)
  })
}

interface Window {
  readonly fromAnchor: number
  readonly toAnchor: number
  readonly from: number
  readonly to: number
  /** How far the lines have moved, as far as is known. */
  readonly moved: number
}

function matchAll(anchors: Anchors, places: readonly (readonly number[])[]): Match[] {
  const matches: Match[] = []
  const open: Window[] = [
    { fromAnchor: 0, toAnchor: places.length, from: 0, to: Number.MAX_SAFE_INTEGER, moved: 0 },
  ]
  for (let blocks = 0; blocks < mostBlocks; blocks += 1) {
    const window = open.shift()
    if (window === undefined) break
    const run = longestRun(anchors, places, window)
    const [first, last] = [run[0], run.at(-1)]
    if (first === undefined || last === undefined) continue
    matches.push(...run)
    const moved = first.at - ((anchors.lines[first.anchor] ?? 1) - 1)
    open.push(before(window, first, moved), behind(window, last, moved))
  }
  return matches.toSorted((one, other) => one.anchor - other.anchor)
}

/** What is left of a window before a match: not much farther away in the text than there are anchors left. */
function before(window: Window, first: Match, moved: number): Window {
  const reach = reachOf(first.anchor - window.fromAnchor)
  return {
    ...window,
    toAnchor: first.anchor,
    from: Math.max(window.from, first.at - reach),
    to: first.at,
    moved,
  }
}

function behind(window: Window, last: Match, moved: number): Window {
  const reach = reachOf(window.toAnchor - last.anchor)
  return {
    ...window,
    fromAnchor: last.anchor + 1,
    from: last.at + 1,
    to: Math.min(window.to, last.at + reach),
    moved,
  }
}

function reachOf(anchors: number): number {
  return 50 + 3 * anchors
}

/** The longest run of anchors one after the other on lines one after the other; empty lines between don't count. */
function longestRun(
  anchors: Anchors,
  places: readonly (readonly number[])[],
  { fromAnchor, toAnchor, from, to, moved }: Window,
): Match[] {
  let best: { match: Match; length: number; distance: number } | null = null
  let lengths = new Map<number, number>()
  for (let anchor = fromAnchor; anchor < toAnchor; anchor += 1) {
    const step = (anchors.lines[anchor] ?? 0) - (anchors.lines[anchor - 1] ?? 0)
    const next = new Map<number, number>()
    for (const at of places[anchor] ?? []) {
      if (at < from || at >= to) continue
      const length = (lengths.get(at - step) ?? 0) + 1
      next.set(at, length)
      const distance = Math.abs(at - ((anchors.lines[anchor] ?? 1) - 1) - moved)
      if (best === null || length > best.length || (length === best.length && distance < best.distance)) {
        best = { match: { anchor, at }, length, distance }
      }
    }
    lengths = next
  }
  if (best === null) return []
  const { match, length } = best
  const last = anchors.lines[match.anchor] ?? 0
  return Array.from({ length }, (_, index) => {
    const anchor = match.anchor - length + 1 + index
    return { anchor, at: match.at - (last - (anchors.lines[anchor] ?? 0)) }
  })
}

/** Matched lines, with those that say too little between and behind them. */
function rangesOf(matches: readonly Match[], { endLine, lines }: Anchors, hashed: HashedLines): LineRange[] {
  const ranges: LineRange[] = []
  for (const { anchor, at } of matches) {
    const following = (lines[anchor + 1] ?? endLine + 1) - (lines[anchor] ?? 0) - 1
    const end = at + 1 + silentFrom(hashed, at + 1, following)
    const last = ranges.at(-1)
    const isNext = last !== undefined && hashed.slice(last.endLine, at).every((hash) => hash === null)
    if (isNext) ranges[ranges.length - 1] = { startLine: last.startLine, endLine: end }
    else ranges.push({ startLine: at + 1, endLine: end })
  }
  return ranges
}

/** How many of the next `most` lines say too little to be known again. */
function silentFrom(hashed: HashedLines, index: number, most: number): number {
  const next = hashed.slice(index, index + most).findIndex((hash) => hash !== null)
  return next === -1 ? Math.min(most, Math.max(0, hashed.length - index)) : next
}
