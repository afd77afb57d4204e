import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'
import type { EditEvent, EditStreams, EventContext, StreamOf } from '../../workflows/origins/tracking.ts'
import type { EditEvents, ObservedEdit } from './edit-events.ts'
import { distanceTo, gitFolderOf, lastMoves, type Stretch } from './git-moves.ts'
import { HeadTexts } from './head-texts.ts'

/** Git moves its index when all files are written, other files follow within a burst, and an agent's hook runs afterwards. */
const settleMillis = 1_000
/** A clipboard that takes longer isn't known. */
const clipboardMillis = 2_000
/** As long as a busy machine may take until the editor hears of a change. */
const rememberedMillis = 60_000

/** Whether an agent's hook reported a file within two seconds of `at` (milliseconds since 1970), and which. */
export type HookLookup = (folder: vscode.WorkspaceFolder, file: string, at: number) => Promise<string | null>

const unknown: EventContext = {
  gitMovedWithinMillis: null,
  equalsHead: false,
  equalsClipboard: null,
  otherFilesChanged: 0,
  acceptedInline: null,
  hook: null,
  stream: null,
}

/** What git and the clipboard say when something was inserted. */
interface Around {
  readonly moves: readonly Stretch[]
  /** Null where it can't be read. */
  readonly clipboardPrint: string | null
  readonly equalsHead: boolean
}

/**
 * Gathers what is known around events. Nothing is asked for events of less than two lines, which are nobody's block, unless they
 * are pieces of one that arrives as a stream: then once for all of them.
 */
export class EditContexts implements vscode.Disposable {
  readonly #events: EditEvents
  readonly #hookOf: HookLookup
  readonly #readClipboard: (() => Thenable<string>) | null
  readonly #gitFolders = new Map<string, Promise<string | null>>()
  /** The moves of git that were seen lately, by git folder: its files tell only of the last one. */
  readonly #moves = new Map<string, readonly Stretch[]>()
  readonly #heads = new HeadTexts()
  readonly #end = new AbortController()
  #isAccepting = false
  #streams: Promise<EditStreams<ObservedEdit, Around>> | null = null

  /** `readClipboard` is null where nobody may be asked for it. */
  constructor(events: EditEvents, hookOf: HookLookup, readClipboard: (() => Thenable<string>) | null) {
    this.#events = events
    this.#hookOf = hookOf
    this.#readClipboard = readClipboard
  }

  /** To be called in the order of the edits. Rejects with an `AbortError` when this is disposed of. */
  of(edit: ObservedEdit): Promise<EventContext> {
    const acceptedInline = this.#isAccepting ? 'inline completion' : null
    const part = this.#partOf(edit)
    if (edit.event.kind === 'disk') return this.#ofDiskChange(edit, part)
    return isCandidate(edit.event)
      ? this.#ofBlock(edit, acceptedInline, part)
      : this.#ofPiece(edit.event, acceptedInline, part)
  }

  /** Accepts the inline completion that is shown, so that the text which comes of it is known to be one. */
  async acceptInline(): Promise<void> {
    this.#isAccepting = true
    try {
      // The editor tells of the change before it answers.
      await vscode.commands.executeCommand('editor.action.inlineSuggest.commit')
    } finally {
      this.#isAccepting = false
    }
  }

  dispose(): void {
    this.#end.abort()
    void this.#streams?.then((streams) => streams.dispose())
  }

  /** One promise for all, so that edits are taken up in their order. */
  async #partOf(edit: ObservedEdit): Promise<StreamOf<Around>> {
    this.#streams ??= this.#begin()
    return (await this.#streams).of(edit.uri.toString(), edit)
  }

  async #begin(): Promise<EditStreams<ObservedEdit, Around>> {
    const { workflows } = await import('../workflows.ts')
    const { EditStreams } = await workflows.provenanceTracking()
    return new EditStreams((last) => this.#around(last))
  }

  async #ofBlock(
    edit: ObservedEdit,
    acceptedInline: string | null,
    part: Promise<StreamOf<Around>>,
  ): Promise<EventContext> {
    const { stream, around } = await part
    const known = contextOf(edit.event, around ?? (await this.#around(edit)))
    // A paste begins something else.
    if (known.equalsClipboard === true) (await this.#streams)?.end(edit.uri.toString())
    return { ...known, acceptedInline, stream }
  }

  /** Many of them wait at once: of an edit's texts none is kept meanwhile. */
  async #ofPiece(
    event: EditEvent,
    acceptedInline: string | null,
    part: Promise<StreamOf<Around>>,
  ): Promise<EventContext> {
    const { stream, around } = await part
    return around === null ? unknown : { ...contextOf(event, around), acceptedInline, stream }
  }

  async #around(edit: ObservedEdit): Promise<Around> {
    const { event, folder, after } = edit
    const [moves, clipboardPrint] = await Promise.all([this.#gitMoves(folder), this.#clipboardPrint()])
    // Git is asked last: it takes a process.
    const equalsHead =
      !isFrom(clipboardPrint, event) &&
      (await this.#heads.areEqual(folder, event.file, after, this.#end.signal))
    return { moves, clipboardPrint, equalsHead }
  }

  /** Null where the clipboard can't be read. Only hashes are compared. */
  async #clipboardPrint(): Promise<string | null> {
    if (this.#readClipboard === null) return null
    const clock = delay(clipboardMillis, null, { ref: false })
    const text = await Promise.race([this.#readClipboard(), clock]).catch(() => null)
    return text === null ? null : fingerprint(text)
  }

  async #ofDiskChange(
    { event, folder, uri, after }: ObservedEdit,
    part: Promise<unknown>,
  ): Promise<EventContext> {
    const { signal } = this.#end
    const [writtenAt] = await Promise.all([lastWrite(uri, event.at), part])
    await this.#gitMoves(folder)
    await delay(settleMillis, undefined, { signal, ref: false })
    const [moves, equalsHead, hook] = await Promise.all([
      this.#gitMoves(folder),
      this.#heads.areEqual(folder, event.file, after, signal),
      this.#hookOf(folder, event.file, event.at),
    ])
    const gitMovedWithinMillis = distanceTo(moves, writtenAt)
    const otherFilesChanged = this.#events.disk.othersChanged(uri, event.at)
    return { ...unknown, gitMovedWithinMillis, equalsHead, otherFilesChanged, hook }
  }

  /** Those that were seen lately; none outside of a repository. */
  async #gitMoves(folder: vscode.WorkspaceFolder): Promise<readonly Stretch[]> {
    const key = folder.uri.toString()
    const found = this.#gitFolders.get(key) ?? gitFolderOf(folder.uri.fsPath)
    this.#gitFolders.set(key, found)
    const gitFolder = await found
    if (gitFolder === null) {
      // A repository may be made at any time.
      this.#gitFolders.delete(key)
      return []
    }
    const now = Date.now()
    const known = (this.#moves.get(gitFolder) ?? []).filter(
      ({ to }) => to !== Infinity && now - to < rememberedMillis,
    )
    const moves = [...known, ...(await lastMoves(gitFolder))]
    this.#moves.set(gitFolder, distinct(moves))
    return moves
  }
}

function contextOf(event: EditEvent, { moves, clipboardPrint, equalsHead }: Around): EventContext {
  const equalsClipboard = clipboardPrint === null ? null : isFrom(clipboardPrint, event)
  return { ...unknown, gitMovedWithinMillis: distanceTo(moves, event.at), equalsHead, equalsClipboard }
}

function distinct(moves: readonly Stretch[]): Stretch[] {
  return [...new Map(moves.map((each) => [`${each.from} ${each.to}`, each])).values()]
}

/** The editor hears late of a file that is written among thousands: the file itself says when. */
async function lastWrite(uri: vscode.Uri, toldAt: number): Promise<number> {
  const stats = await stat(uri.fsPath).catch(() => null)
  const isRecent = stats !== null && stats.mtimeMs <= toldAt && toldAt - stats.mtimeMs < 60_000
  return isRecent ? stats.mtimeMs : toldAt
}

/** Whether an event could be a block at all: one of its changes brings a line's end. */
function isCandidate({ reason, changes }: EditEvent): boolean {
  return reason === null && changes.some(({ text }) => text.trim().includes('\n'))
}

/** Whether an event's text is that of the clipboard. */
function isFrom(clipboardPrint: string | null, { changes }: EditEvent): boolean {
  // Pasting may bring imports along, which are shorter than what was pasted.
  const [longest] = changes.toSorted((one, other) => other.text.length - one.text.length)
  return longest !== undefined && fingerprint(longest.text) === clipboardPrint
}

/** Indentation may differ, since pasting adapts it. */
function fingerprint(text: string): string {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim())
  return createHash('sha256').update(lines.join('\n')).digest('base64')
}
