import * as vscode from 'vscode'
import type { EditEvent, TextChange } from '../../workflows/origins/tracking.ts'
import { DiskChanges, type DiskChange, type DiskRename, textOnDisk } from './disk-changes.ts'
import { KnownTexts, longestText } from './known-texts.ts'
import { isInspected } from '../languages.ts'
import { lineHunk } from './line-hunk.ts'
import { relativeFile } from '../places.ts'

/** An event with the file's texts around it. Lives in memory only: it holds code. */
export interface ObservedEdit {
  readonly folder: vscode.WorkspaceFolder
  readonly uri: vscode.Uri
  readonly event: EditEvent
  readonly before: string
  readonly after: string
}

/** A file that has another name now, whoever gave it. */
export interface ObservedRename {
  readonly folder: vscode.WorkspaceFolder
  readonly from: string
  readonly to: string
  /** Its text under the old name; null where that isn't known, and of folders. */
  readonly text: string | null
}

/** What is known of an open document before its next event: the editor doesn't say what a change removes. */
interface Shadow {
  text: string
  /** As it was last saved or loaded; null where that isn't known. */
  saved: string | null
  /** Events that wait until it is known whether the first of them was an edit or the file read anew. */
  held: ObservedEdit[]
  timer: NodeJS.Timeout | null
}

/** The editor says in a second message that an edit has made a document dirty. A file that was read anew stays clean. */
const holdMillis = 200

/**
 * Turns what the editor and the disk say about inspected files into {@link EditEvent}s, in the order in which it happened to
 * each file. Only the stable API is read. Nothing is done for other files, and for those above a megabyte.
 */
export class EditEvents implements vscode.Disposable {
  readonly #known = new KnownTexts()
  readonly disk = new DiskChanges(this.#known)
  readonly #shadows = new Map<string, Shadow>()
  readonly #edited = new vscode.EventEmitter<ObservedEdit>()
  readonly #renamed = new vscode.EventEmitter<ObservedRename>()
  readonly onDidEdit = this.#edited.event
  readonly onDidRename = this.#renamed.event
  readonly #lifetime: vscode.Disposable

  constructor() {
    for (const document of vscode.workspace.textDocuments) this.#open(document)
    this.#lifetime = vscode.Disposable.from(
      this.disk,
      this.#edited,
      this.#renamed,
      vscode.workspace.onDidOpenTextDocument((document) => this.#open(document)),
      vscode.workspace.onDidChangeTextDocument((event) => this.#change(event)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#save(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#close(document)),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) this.#rename(oldUri, newUri)
      }),
      this.disk.onDidChange((change) => this.#changeOnDisk(change)),
      this.disk.onDidRename((change) => this.#renameOnDisk(change)),
    )
  }

  /** Follows a folder's files on disk too; resolves when their texts are known. */
  follow(folder: vscode.WorkspaceFolder): Promise<void> {
    return this.disk.follow(folder)
  }

  dispose(): void {
    this.#lifetime.dispose()
    for (const { timer } of this.#shadows.values()) if (timer !== null) clearTimeout(timer)
    this.#shadows.clear()
    this.#known.clear()
  }

  #open(document: vscode.TextDocument): void {
    if (!isInspected(document)) return
    const text = document.getText()
    if (text.length > longestText) return
    const saved = document.isDirty ? null : text
    this.#shadows.set(document.uri.toString(), { text, saved, held: [], timer: null })
  }

  #save(document: vscode.TextDocument): void {
    const shadow = this.#shadows.get(document.uri.toString())
    if (shadow === undefined) return
    shadow.saved = shadow.text
    this.#known.set(document.uri.toString(), shadow.text)
    this.#release(shadow, true)
  }

  #close({ uri }: vscode.TextDocument): void {
    const shadow = this.#shadows.get(uri.toString())
    if (shadow === undefined) return
    this.#release(shadow, false)
    if (shadow.saved !== null) this.#known.set(uri.toString(), shadow.saved)
    this.#shadows.delete(uri.toString())
  }

  #change({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    if (!isInspected(document)) return
    const shadow = this.#shadows.get(document.uri.toString())
    if (shadow === undefined) return this.#open(document)
    // What comes without changes says that the document got dirty, or clean.
    if (contentChanges.length === 0) return document.isDirty ? this.#release(shadow, true) : undefined
    const { text: before, saved } = shadow
    const after = document.getText()
    if (after.length > longestText) return this.#close(document)
    shadow.text = after
    const folder = vscode.workspace.getWorkspaceFolder(document.uri)
    if (folder?.uri.scheme !== 'file') return
    const event: EditEvent = {
      kind: 'document',
      file: relativeFile(folder, document.uri),
      at: Date.now(),
      // Going back to the text that was last saved is an undo too, whatever command does it.
      reason: after === saved ? 'undo' : reasonOf(reason),
      isDirty: document.isDirty,
      changes: textChanges(before, after, contentChanges),
    }
    if (event.changes.length === 0) return
    const edit = { folder, uri: document.uri, event, before, after }
    const isDoubtful = !document.isDirty && event.reason === null
    if (!isDoubtful && shadow.held.length === 0) return this.#edited.fire(edit)
    shadow.held.push(edit)
    if (document.isDirty) this.#release(shadow, true)
    else shadow.timer ??= setTimeout(() => void this.#decide(document, shadow), holdMillis)
  }

  /** On a busy machine that message may be late: what isn't on disk wasn't read from there. */
  async #decide(document: vscode.TextDocument, shadow: Shadow): Promise<void> {
    const onDisk = await textOnDisk(document.uri)
    const isRead = onDisk !== null && withoutReturns(onDisk) === withoutReturns(shadow.text)
    this.#release(shadow, document.isDirty || !isRead)
  }

  /** Lets the events go that waited. Those of a clean document were the disk's. */
  #release(shadow: Shadow, isDirty: boolean): void {
    if (shadow.timer !== null) clearTimeout(shadow.timer)
    shadow.timer = null
    for (const edit of shadow.held.splice(0)) {
      if (!isDirty) {
        shadow.saved = edit.after
        this.#known.set(edit.uri.toString(), edit.after)
      }
      const { event } = edit
      const isFromDisk = !isDirty && event.reason === null
      this.#edited.fire({ ...edit, event: { ...event, isDirty, kind: isFromDisk ? 'disk' : event.kind } })
    }
  }

  #changeOnDisk({ uri, at, before, after }: DiskChange): void {
    const folder = vscode.workspace.getWorkspaceFolder(uri)
    const change = lineHunk(before, after)
    const shown = this.#shadows.get(uri.toString())
    // A new file that was opened at once, and edited since: what the disk brought can't be told apart any more.
    const isEdited = shown !== undefined && shown.text !== after
    if (folder === undefined || change === null || isEdited) return
    const file = relativeFile(folder, uri)
    const event: EditEvent = {
      kind: 'disk',
      file,
      at,
      reason: null,
      isDirty: false,
      changes: [change],
    }
    this.#edited.fire({ folder, uri, event, before, after })
  }

  #renameOnDisk(change: DiskRename): void {
    this.#rename(change.from, change.uri, change.before)
    this.#changeOnDisk(change)
  }

  #rename(from: vscode.Uri, to: vscode.Uri, known = this.#known.get(from.toString())): void {
    const folder = vscode.workspace.getWorkspaceFolder(to)
    if (folder === undefined) return
    if (known !== undefined) this.#known.set(to.toString(), known)
    const [before, after] = [relativeFile(folder, from), relativeFile(folder, to)]
    this.#renamed.fire({ folder, from: before, to: after, text: known ?? null })
  }
}

function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

function reasonOf(reason: vscode.TextDocumentChangeReason | undefined): EditEvent['reason'] {
  if (reason === vscode.TextDocumentChangeReason.Undo) return 'undo'
  return reason === vscode.TextDocumentChangeReason.Redo ? 'redo' : null
}

/** The editor's changes in ascending order with what they removed; where they don't add up, the lines that differ. */
function textChanges(
  before: string,
  after: string,
  contentChanges: readonly vscode.TextDocumentContentChangeEvent[],
): TextChange[] {
  const changes = contentChanges
    .map(({ rangeOffset, rangeLength, text }) => ({
      start: rangeOffset,
      removed: before.slice(rangeOffset, rangeOffset + rangeLength),
      text,
    }))
    .toSorted((one, other) => one.start - other.start)
  if (applied(before, changes) === after) return changes
  const hunk = lineHunk(before, after)
  return hunk === null ? [] : [hunk]
}

function applied(before: string, changes: readonly TextChange[]): string {
  const parts: string[] = []
  let end = 0
  for (const { start, removed, text } of changes) {
    parts.push(before.slice(end, start), text)
    end = start + removed.length
  }
  return parts.join('') + before.slice(end)
}
