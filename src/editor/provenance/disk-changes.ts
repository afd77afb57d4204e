import { access, readFile } from 'node:fs/promises'
import * as vscode from 'vscode'
import { isInspectedFile } from '../languages.ts'
import { type KnownTexts, longestText } from './known-texts.ts'

const watchedFiles = '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}'
const unreadFolders = '**/{node_modules,dist,build,out,coverage,.git,.headroom}/**'
const mostFilesRead = 3_000
/** A rename comes as two events, a deletion and a creation; they are looked at together. */
const pauseMillis = 200
/** How long before and after an event other files count as changed together with it. */
const burstMillis = 2_000

/** A file that somebody else changed on disk while it wasn't open; texts as they were last known and are now. */
export interface DiskChange {
  readonly uri: vscode.Uri
  /** When the editor heard of it, in milliseconds since 1970. */
  readonly at: number
  readonly before: string
  readonly after: string
}

/** A file that got another name; its text may have changed on the way. */
export interface DiskRename extends DiskChange {
  readonly from: vscode.Uri
}

type DiskEvent = 'created' | 'changed' | 'deleted'

interface Noted {
  readonly what: DiskEvent
  readonly at: number
}

/** Follows the files of workspace folders that are not open in the editor, and notes what changes on disk at all. */
export class DiskChanges implements vscode.Disposable {
  readonly #known: KnownTexts
  readonly #changed = new vscode.EventEmitter<DiskChange>()
  readonly #renamed = new vscode.EventEmitter<DiskRename>()
  readonly onDidChange = this.#changed.event
  readonly onDidRename = this.#renamed.event
  readonly #folders = new Map<string, vscode.Disposable>()
  /** When each file was last changed by somebody else, in milliseconds since 1970, by URI. */
  readonly #changedAt = new Map<string, number>()
  /** When the editor last wrote a file itself. */
  readonly #savedAt = new Map<string, number>()
  /** What is to be looked at after the pause. */
  #waiting = new Map<string, Noted>()
  #looking: Promise<void> = Promise.resolve()
  /** Files that were deleted just now: each may come back under another name. */
  #gone: { readonly key: string; readonly text: string; readonly at: number }[] = []
  #timer: NodeJS.Timeout | null = null
  readonly #lifetime: vscode.Disposable

  constructor(known: KnownTexts) {
    this.#known = known
    this.#lifetime = vscode.Disposable.from(
      this.#changed,
      this.#renamed,
      vscode.workspace.onDidSaveTextDocument(({ uri }) => this.#noteOwn(uri)),
      vscode.workspace.onDidCreateFiles(({ files }) => files.forEach((uri) => this.#noteOwn(uri))),
    )
  }

  /** Watches a folder and reads its files; resolves when their texts are known. Does nothing where it is watched already. */
  async follow(folder: vscode.WorkspaceFolder): Promise<void> {
    const key = folder.uri.toString()
    if (this.#folders.has(key)) return
    const pattern = new vscode.RelativePattern(folder, watchedFiles)
    const watcher = vscode.workspace.createFileSystemWatcher(pattern)
    this.#folders.set(
      key,
      vscode.Disposable.from(
        watcher,
        watcher.onDidChange((uri) => this.#note(uri, 'changed')),
        watcher.onDidCreate((uri) => this.#note(uri, 'created')),
        watcher.onDidDelete((uri) => this.#note(uri, 'deleted')),
      ),
    )
    const files = await vscode.workspace.findFiles(pattern, unreadFolders, mostFilesRead)
    for (const uri of files) {
      if (!isInspectedFile(uri) || this.#known.get(uri.toString()) !== undefined) continue
      const text = await textOnDisk(uri)
      if (text !== null && this.#known.get(uri.toString()) === undefined) {
        this.#known.set(uri.toString(), text)
      }
    }
  }

  unfollow(folder: vscode.WorkspaceFolder): void {
    this.#folders.get(folder.uri.toString())?.dispose()
    this.#folders.delete(folder.uri.toString())
  }

  /** How many other files somebody else changed on disk within two seconds of `at`. */
  othersChanged(uri: vscode.Uri, at: number): number {
    const self = uri.toString()
    let count = 0
    for (const [key, changedAt] of this.#changedAt) {
      if (key !== self && Math.abs(changedAt - at) <= burstMillis) count += 1
    }
    return count
  }

  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const watcher of this.#folders.values()) watcher.dispose()
    this.#folders.clear()
    this.#lifetime.dispose()
  }

  /** The editor wrote a file itself. */
  #noteOwn(uri: vscode.Uri): void {
    this.#savedAt.delete(uri.toString())
    this.#savedAt.set(uri.toString(), Date.now())
  }

  #note(uri: vscode.Uri, what: DiskEvent): void {
    if (!isInspectedFile(uri)) return
    const key = uri.toString()
    const now = Date.now()
    if (now - (this.#savedAt.get(key) ?? 0) > burstMillis) {
      this.#changedAt.delete(key)
      this.#changedAt.set(key, now)
    }
    for (const times of [this.#changedAt, this.#savedAt]) {
      for (const [oldest, at] of times) {
        if (now - at < 3 * burstMillis) break
        times.delete(oldest)
      }
    }
    const isNew = this.#waiting.get(key)?.what === 'created' && what === 'changed'
    this.#waiting.set(key, { what: isNew ? 'created' : what, at: now })
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      const waiting = this.#waiting
      this.#waiting = new Map()
      this.#looking = this.#looking.then(() => this.#look(waiting))
    }, pauseMillis)
  }

  async #look(waiting: ReadonlyMap<string, Noted>): Promise<void> {
    const now = Date.now()
    this.#gone = this.#gone.filter(({ at }) => now - at < burstMillis)
    // Those that are gone come first: each may be there again under another name.
    for (const [key, { what }] of waiting) if (what === 'deleted') this.#lose(key, now)
    for (const [key, { what, at }] of waiting) {
      if (what === 'deleted') continue
      const uri = vscode.Uri.parse(key)
      const text = await textOnDisk(uri)
      if (text !== null) await this.#take({ uri, at, after: text }, what === 'created')
    }
  }

  #lose(key: string, at: number): void {
    this.#gone.push({ key, text: this.#known.get(key) ?? '', at })
    this.#known.delete(key)
  }

  async #take(seen: Omit<DiskChange, 'before'>, isNew: boolean): Promise<void> {
    const { uri, after } = seen
    const key = uri.toString()
    const before = this.#known.get(key) ?? this.#gone.find((each) => each.key === key)?.text
    const from = before === undefined && isNew ? await this.#formerName(after) : null
    // The editor itself says what happens to open documents, and saves them.
    const isShown = isOpen(uri)
    if (!isShown) this.#known.set(key, after)
    if (before !== undefined) {
      if (before !== after && !isShown) this.#changed.fire({ ...seen, before })
    } else if (from !== null) {
      this.#renamed.fire({ ...seen, from: vscode.Uri.parse(from.key), before: from.text })
    } else if (isNew && !this.#savedAt.has(key)) {
      this.#changed.fire({ ...seen, before: '' })
    }
  }

  /** The name that a new file had before, where it is one that is gone. */
  async #formerName(text: string): Promise<{ readonly key: string; readonly text: string } | null> {
    const lost = this.#gone.find((each) => areAlike(each.text, text))
    if (lost !== undefined) return lost
    // Of a folder with another name nobody says that its files are gone.
    for (const key of this.#known.withText(text)) {
      const exists = await access(vscode.Uri.parse(key).fsPath).then(
        () => true,
        () => false,
      )
      if (!exists) return { key, text }
    }
    return null
  }
}

function isOpen(uri: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some((each) => each.uri.toString() === uri.toString())
}

/** Null where it is gone, can't be read, or is too long to be followed. */
export async function textOnDisk(uri: vscode.Uri): Promise<string | null> {
  try {
    const bytes = await readFile(uri.fsPath)
    if (bytes.byteLength > longestText) return null
    const text = bytes.toString('utf8')
    return text.startsWith('\uFEFF') ? text.slice(1) : text
  } catch {
    return null
  }
}

/** Whether at least three in five lines of one text stand in the other: one file under two names. */
function areAlike(one: string, other: string): boolean {
  if (one === other) return one !== ''
  const [left, right] = [tellingLines(one), new Set(tellingLines(other))]
  const shared = left.filter((line) => right.has(line)).length
  return shared > 0 && shared >= 0.6 * Math.max(left.length, right.size)
}

function tellingLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length > 3)
}
