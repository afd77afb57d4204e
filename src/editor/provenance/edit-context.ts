import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'
import type { EditEvent, EventContext } from '../../workflows/origins/tracking.ts'
import type { EditEvents, ObservedEdit } from './edit-events.ts'
import { distanceTo, gitFolderOf, lastMoves, type Stretch } from './git-moves.ts'
import { HeadTexts } from './head-texts.ts'

/** Git moves its index when all files are written, other files follow within a burst, and an agent's hook runs afterwards. */
const settleMillis = 1_000
/** Some hosts ask the user before they give the clipboard; then it isn't known. */
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
}

/** Gathers what is known around events. Nothing is asked for events of less than two lines, which are nobody's block. */
export class EditContexts implements vscode.Disposable {
  readonly #events: EditEvents
  readonly #hookOf: HookLookup
  readonly #gitFolders = new Map<string, Promise<string | null>>()
  /** The moves of git that were seen lately, by git folder: its files tell only of the last one. */
  readonly #moves = new Map<string, readonly Stretch[]>()
  readonly #heads = new HeadTexts()
  readonly #end = new AbortController()
  #isAccepting = false

  constructor(events: EditEvents, hookOf: HookLookup) {
    this.#events = events
    this.#hookOf = hookOf
  }

  /** Rejects with an `AbortError` when this is disposed of. */
  async of(edit: ObservedEdit): Promise<EventContext> {
    const { event, folder, after } = edit
    if (event.kind === 'disk') return await this.#ofDiskChange(edit)
    if (!isCandidate(event)) return unknown
    const acceptedInline = this.#isAccepting ? 'inline completion' : null
    const [gitMovedWithinMillis, equalsClipboard] = await Promise.all([
      this.#gitMoved(folder, event.at),
      clipboardHolds(event),
    ])
    // Git is asked last: it takes a process.
    const equalsHead =
      equalsClipboard !== true && (await this.#heads.areEqual(folder, event.file, after, this.#end.signal))
    return { ...unknown, gitMovedWithinMillis, equalsHead, equalsClipboard, acceptedInline }
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
  }

  async #ofDiskChange({ event, folder, uri, after }: ObservedEdit): Promise<EventContext> {
    const { signal } = this.#end
    const writtenAt = await lastWrite(uri, event.at)
    await this.#gitMoved(folder, writtenAt)
    await delay(settleMillis, undefined, { signal, ref: false })
    const [gitMovedWithinMillis, equalsHead, hook] = await Promise.all([
      this.#gitMoved(folder, writtenAt),
      this.#heads.areEqual(folder, event.file, after, signal),
      this.#hookOf(folder, event.file, event.at),
    ])
    const otherFilesChanged = this.#events.disk.othersChanged(uri, event.at)
    return { ...unknown, gitMovedWithinMillis, equalsHead, otherFilesChanged, hook }
  }

  async #gitMoved(folder: vscode.WorkspaceFolder, at: number): Promise<number | null> {
    const key = folder.uri.toString()
    const found = this.#gitFolders.get(key) ?? gitFolderOf(folder.uri.fsPath)
    this.#gitFolders.set(key, found)
    const gitFolder = await found
    if (gitFolder === null) {
      // A repository may be made at any time.
      this.#gitFolders.delete(key)
      return null
    }
    const now = Date.now()
    const known = (this.#moves.get(gitFolder) ?? []).filter(
      ({ to }) => to !== Infinity && now - to < rememberedMillis,
    )
    const moves = [...known, ...(await lastMoves(gitFolder))]
    this.#moves.set(gitFolder, distinct(moves))
    return distanceTo(moves, at)
  }
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

/** Null where the clipboard can't be read. Only hashes are compared; indentation may differ, since pasting adapts it. */
async function clipboardHolds({ changes }: EditEvent): Promise<boolean | null> {
  const clock = delay(clipboardMillis, null, { ref: false })
  const text = await Promise.race([vscode.env.clipboard.readText(), clock]).catch(() => null)
  if (text === null) return null
  // Pasting may bring imports along, which are shorter than what was pasted.
  const [longest] = changes.toSorted((one, other) => other.text.length - one.text.length)
  return longest !== undefined && fingerprint(text) === fingerprint(longest.text)
}

function fingerprint(text: string): string {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.trim())
  return createHash('sha256').update(lines.join('\n')).digest('base64')
}
