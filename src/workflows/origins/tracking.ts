import type { AttributedLines } from '../../model/provenance.ts'
import { hashLines, reanchor } from '../../provenance/anchors.ts'
import { classify, type Judgement } from '../../provenance/classify.ts'
import type { EditEvent, EventContext, TextChange } from '../../provenance/event.ts'
import { type Interval, overlay, shift } from '../../provenance/intervals.ts'
import { labelOf } from '../../provenance/score.ts'
import { isStreamed } from '../../provenance/stream.ts'
import { readAttribution, recordLines } from './attribution-store.ts'

/** A line that is cut into more parts than these is nobody's. */
const mostInLine = 64
const hookMillis = 2_000

export type { Judgement } from '../../provenance/classify.ts'
export type { EditEvent, EventContext, Stream, TextChange } from '../../provenance/event.ts'
export { EditStreams, type StreamOf } from './edit-streams.ts'

/** An edit that is not judged yet, because what is known around it is still being gathered. */
export interface PendingEdit {
  /** The name that the file has now. */
  file: string
  readonly event: EditEvent
  /** What has happened to the file since, oldest first. */
  readonly later: (readonly TextChange[])[]
}

/**
 * Keeps who wrote which part of each file, through all edits, without keeping any text. Pure over events: the same events and
 * contexts lead to the same lines. Files are named relative to their project, forward slashes.
 */
export class ProvenanceTracking {
  readonly #files = new Map<string, readonly Interval[]>()
  readonly #pending = new Map<string, Set<PendingEdit>>()

  /** Whether a file was begun and not forgotten since. */
  has(file: string): boolean {
    return this.#files.has(file)
  }

  /** Begins to follow a file with what is known of its lines. `text` is the file's as the next event finds it. */
  begin(file: string, text: string, known: readonly AttributedLines[]): void {
    const starts = lineStarts(text)
    const intervals = known.map(({ startLine, endLine, source, score, at }) => ({
      start: starts[startLine - 1] ?? text.length,
      end: starts[endLine] ?? text.length,
      source,
      score,
      at: at ?? 0,
    }))
    this.#files.set(file, overlay([], intervals))
  }

  /** Takes an event of a file up: whatever is known moves along with its changes. It is to be judged afterwards. */
  take(event: EditEvent): PendingEdit {
    const { file, changes } = event
    this.#files.set(file, shift(this.#files.get(file) ?? [], changes))
    const pending = this.#pending.get(file) ?? new Set()
    for (const { later } of pending) later.push(changes)
    const taken: PendingEdit = { file, event, later: [] }
    this.#pending.set(file, pending.add(taken))
    return taken
  }

  /** Judges an event that was taken up, once. What it is found to have inserted is kept from now on. */
  judge(edit: PendingEdit, context: EventContext): Judgement {
    const { file, event, later } = edit
    const judgement = classify(event, context)
    const { label, source, score, ranges } = judgement
    if (!this.#drop(edit) || label === null || source === null) return judgement
    const at = insertedAt(event, context)
    const inserted = ranges.map((range) => ({ ...range, source, score, at }))
    const now = later.reduce((intervals, changes) => shift(intervals, changes), overlay([], inserted))
    this.#files.set(file, overlay(this.#files.get(file) ?? [], now))
    return judgement
  }

  /** Takes up that a file or a folder has another name. Gives the new names of what is followed. */
  rename(from: string, to: string): string[] {
    const below = [...this.#files.keys()].filter((file) => file === from || file.startsWith(`${from}/`))
    const renamed = below.map((file) => [file, `${to}${file.slice(from.length)}`] as const)
    for (const [before, after] of renamed) this.#renameFile(before, after)
    return renamed.map(([, after]) => after)
  }

  #renameFile(from: string, to: string): void {
    const intervals = this.#files.get(from) ?? []
    const pending = this.#pending.get(from)
    this.forget(from)
    this.#files.set(to, intervals)
    if (pending === undefined) return
    for (const edit of pending) edit.file = to
    this.#pending.set(to, pending)
  }

  /** Forgets a file, or all of them; edits that are not judged yet count for nothing then. */
  forget(file?: string): void {
    if (file === undefined) {
      this.#files.clear()
      this.#pending.clear()
    } else {
      this.#files.delete(file)
      this.#pending.delete(file)
    }
  }

  /** Forgets the files that no edit waits for, so that they are begun anew with what the store says. */
  forgetSettled(): void {
    for (const file of this.#files.keys()) if (!this.#pending.has(file)) this.#files.delete(file)
  }

  /** The lines of a file that somebody is known to have written, where `text` is the file's after the last event. */
  linesOf(file: string, text: string): AttributedLines[] {
    const intervals = this.#files.get(file) ?? []
    return intervals.length === 0 ? [] : attributedLines(file, text, intervals)
  }

  /** Whether the edit still waited. */
  #drop(edit: PendingEdit): boolean {
    const pending = this.#pending.get(edit.file)
    const waited = pending?.delete(edit) ?? false
    if (pending?.size === 0) this.#pending.delete(edit.file)
    return waited
  }
}

/**
 * What a project's store keeps of a file, found again in its text as it stands. A store that is missing or broken gives
 * nothing. With `changedAt`, `text` is the file's before something changed it then (milliseconds since 1970): what was noted
 * about that change speaks of lines that aren't there yet, and of others that only look like them.
 */
export async function storedLines(
  root: string,
  file: string,
  text: string,
  changedAt = Infinity,
): Promise<AttributedLines[]> {
  const { salt, attributions } = await readAttribution(root)
  const own = attributions.filter((each) => each.file === file && each.at < changedAt - hookMillis)
  if (own.length === 0) return []
  const hashed = hashLines(text.split('\n'), salt)
  return own.flatMap((each) => {
    const { source, score, at } = each
    const label = labelOf(score)
    if (label === null) return []
    const ranges = reanchor(each, hashed)?.ranges ?? []
    return ranges.map((range) => ({ file, label, source, score, at, ...range }))
  })
}

/** The agent's hook that reported a file within two seconds of `at` (milliseconds since 1970), as its source says; or null. */
export async function hookNear(root: string, file: string, at: number): Promise<string | null> {
  const { attributions } = await readAttribution(root)
  const near = attributions.findLast(
    (each) => each.file === file && each.source.endsWith(' hook') && Math.abs(each.at - at) <= hookMillis,
  )
  return near?.source ?? null
}

/** Keeps lines of a file in its project's store, by the hashes of `text`. Throws `HR_FILE_EDIT` as `recordLines` does. */
export async function keepLines(
  root: string,
  lines: readonly AttributedLines[],
  text: string,
): Promise<void> {
  await recordLines(
    root,
    lines.flatMap(({ at, ...rest }) => (at === null ? [] : [{ ...rest, at, text }])),
  )
}

/** The pieces of a stream are one insertion, which began with the first of them. */
function insertedAt({ at }: EditEvent, { stream }: EventContext): number {
  return stream !== null && isStreamed(stream) ? stream.firstAt : at
}

/** Where each line begins. */
function lineStarts(text: string): number[] {
  const starts = [0]
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1)
  return starts
}

/** A line belongs to the interval that covers most of it, where that is at least half of what isn't space. */
function attributedLines(file: string, text: string, intervals: readonly Interval[]): AttributedLines[] {
  const result: AttributedLines[] = []
  let next = 0
  let lineAbove = 0
  for (const [index, start] of lineStarts(text).entries()) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    while ((intervals[next]?.end ?? Infinity) <= start) next += 1
    // A blank line belongs to those around it.
    if (charactersIn(text, start, end) === 0) continue
    const [line, above] = [index + 1, lineAbove]
    lineAbove = line
    const owner = ownerOf(text, start, end, intervals.slice(next, next + mostInLine))
    const label = owner === null ? null : labelOf(owner.score)
    if (owner === null || label === null) continue
    const { source, score, at } = owner
    const last = result.at(-1)
    const goesOn = last?.endLine === above && last.source === source && last.score === score && last.at === at
    if (goesOn) result[result.length - 1] = { ...last, endLine: line }
    else result.push({ file, label, source, score, at, startLine: line, endLine: line })
  }
  return result
}

function ownerOf(text: string, start: number, end: number, nearby: readonly Interval[]): Interval | null {
  const covers = nearby
    .filter((each) => each.start < end && each.end > start)
    .map((interval) => ({
      interval,
      characters: charactersIn(text, Math.max(interval.start, start), Math.min(interval.end, end)),
    }))
    .toSorted((one, other) => other.characters - one.characters)
  const [most] = covers
  if (most === undefined) return null
  const covered = covers.reduce((sum, { characters }) => sum + characters, 0)
  return 2 * covered >= charactersIn(text, start, end) ? most.interval : null
}

function charactersIn(text: string, start: number, end: number): number {
  return text.slice(start, end).replaceAll(/\s/g, '').length
}
