import type { EditEvent, Stream, TextChange } from './event.ts'

/** A stream that may go on. */
export interface OpenStream {
  readonly stream: Stream
  readonly file: string
  /** The offsets between which its next change begins; what lies between them is whitespace. */
  readonly from: number
  readonly to: number
  /** What came last, but for the whitespace around it. */
  readonly chunk: string
  /** Whether the line in which it stands has characters of the stream. */
  readonly inLine: boolean
}

/** A pause that is longer ends a stream. */
export const longestGapMillis = 1_000

export const fewestLines = 3
export const fewestCharacters = 80
/** In a second: four times as many as people type who type very fast. */
export const slowestRate = 50
/** On average. Typing brings one at a time, however fast, brackets two. */
export const fewestInChange = 4
const fewestChanges = 3

/**
 * The stream that an event belongs to: the one so far, a new one that begins with it, or none. Only single insertions belong to one;
 * they may take whitespace away, which editors put there by themselves.
 */
export function nextStream(open: OpenStream | null, event: EditEvent): OpenStream | null {
  const change = insertionOf(event)
  if (change === null) return null
  if (open !== null && continues(open, event)) return extended(open, change, event.at)
  return change.text.trim() === '' ? null : begun(event, change)
}

/** Whether an event is the next change of a stream. */
export function continues(open: OpenStream, event: EditEvent): boolean {
  const change = insertionOf(event)
  const gapMillis = event.at - open.stream.lastAt
  return (
    change !== null &&
    event.file === open.file &&
    gapMillis >= 0 &&
    gapMillis < longestGapMillis &&
    change.start >= open.from &&
    change.start <= open.to
  )
}

/**
 * Whether a stream came faster than anyone types, and in larger pieces. The largest one doesn't count for either: somebody may paste
 * while they type.
 */
export function isStreamed({ changes, lines, characters, largest, firstAt, lastAt }: Stream): boolean {
  const others = characters - largest
  return (
    changes >= fewestChanges &&
    lines >= fewestLines &&
    characters >= fewestCharacters &&
    others >= fewestInChange * (changes - 1) &&
    others * 1_000 >= slowestRate * (lastAt - firstAt)
  )
}

/** Whether a change could be a piece of a streamed block: more than a key brings. */
export function isPiece({ text }: TextChange): boolean {
  const characters = charactersIn(text)
  return characters >= 2 || (characters === 1 && text.includes('\n'))
}

function insertionOf({ kind, reason, changes }: EditEvent): TextChange | null {
  const [change] = changes
  if (kind !== 'document' || reason !== null || changes.length > 1 || change === undefined) return null
  return change.removed.trim() === '' ? change : null
}

function begun({ file, at }: EditEvent, change: TextChange): OpenStream {
  const nothing = { changes: 0, lines: 0, characters: 0, largest: 0, firstAt: at, lastAt: at }
  const { start } = change
  return extended({ stream: nothing, file, from: start, to: start, chunk: '', inLine: false }, change, at)
}

function extended(open: OpenStream, { start, removed, text }: TextChange, at: number): OpenStream {
  const chunk = text.trim()
  const brings = chunk !== ''
  const { lines, inLine } = linesAfter(open, text)
  return {
    stream:
      brings && chunk !== open.chunk ? grown(open.stream, chunk, lines, at) : { ...open.stream, lastAt: at },
    file: open.file,
    from: brings ? start + text.trimEnd().length : open.from,
    to: start + text.length + Math.max(0, open.to - start - removed.length),
    chunk: brings ? chunk : open.chunk,
    inLine,
  }
}

function grown(stream: Stream, chunk: string, lines: number, lastAt: number): Stream {
  const characters = charactersIn(chunk)
  return {
    ...stream,
    changes: stream.changes + 1,
    lines,
    characters: stream.characters + characters,
    largest: Math.max(stream.largest, characters),
    lastAt,
  }
}

function linesAfter({ stream, inLine }: OpenStream, text: string): { lines: number; inLine: boolean } {
  const parts = text.split('\n').map((part) => part.trim() !== '')
  const says = parts.filter(Boolean).length
  // The first part stands in the line that is already counted.
  const known = inLine && parts[0] === true ? 1 : 0
  const goesOn = parts.length === 1 && inLine
  return { lines: stream.lines + says - known, inLine: goesOn || parts.at(-1) === true }
}

function charactersIn(text: string): number {
  return text.replaceAll(/\s/g, '').length
}
