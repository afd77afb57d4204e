import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as vscode from 'vscode'
import type { EventContext, PendingEdit } from '../../workflows/origins/tracking.ts'
import { FolderWatch } from '../folder-watch.ts'
import { EditContexts } from './edit-context.ts'
import { EditEvents, type ObservedEdit, type ObservedRename } from './edit-events.ts'
import { isInspected } from '../languages.ts'
import { relativeFile } from '../places.ts'

type Workflow = Awaited<ReturnType<typeof loadWorkflow>>
type Tracking = InstanceType<Workflow['ProvenanceTracking']>

/** What is kept on disk follows an insertion this late, so that hunks which come together are written together. */
const keepMillis = 300

const notKept = 'Who wrote these lines could not be kept:'

/** Files of a folder for whose lines something new is known; null where that may be any of them. */
export interface AttributedFiles {
  readonly folder: vscode.WorkspaceFolder
  readonly files: readonly string[] | null
}

async function loadWorkflow() {
  const { workflows } = await import('../workflows.ts')
  return workflows.provenanceTracking()
}

/** One workspace folder: what is known of its files in this window. */
interface Followed {
  readonly folder: vscode.WorkspaceFolder
  readonly tracking: Tracking
  /** Each edited file's text after the last event that was taken up. */
  readonly texts: Map<string, string>
  /** What the store doesn't have yet. */
  readonly unkept: Set<string>
  /** When this window last wrote the store, as the file system says. */
  keptAt: number
  timer: NodeJS.Timeout | null
  watch: FolderWatch | null
}

/**
 * Follows who writes the lines of inspected files, from the moment on at which their folder is first inspected: judges
 * every event, keeps what it knows through edits, and puts it into the project's store, where it outlives the window.
 */
export class ProvenanceWatch implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel
  readonly #attributed = new vscode.EventEmitter<AttributedFiles>()
  /** Fires when the store has something new, from this window or from an agent's hook. */
  readonly onDidAttribute = this.#attributed.event
  readonly #followed = new Map<string, Promise<Followed>>()
  #events: EditEvents | null = null
  #contexts: EditContexts | null = null
  /** Events are taken up in the order in which they came. */
  #turn: Promise<void> = Promise.resolve()
  readonly #lifetimes: vscode.Disposable[]

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log
    this.#lifetimes = [
      this.#attributed,
      vscode.workspace.onDidSaveTextDocument((document) => this.#save(document)),
      vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
        for (const folder of removed) this.#unfollow(folder)
      }),
    ]
  }

  /** Follows a folder; resolves when the texts of its files are known. Does nothing where it is followed already. */
  async follow(folder: vscode.WorkspaceFolder): Promise<void> {
    const key = folder.uri.toString()
    if (this.#followed.has(key)) return
    const events = this.#start()
    this.#followed.set(key, this.#open(folder))
    try {
      await events.follow(folder)
    } catch (error) {
      this.#warn('The files could not be followed:', error)
    }
  }

  /** Accepts the inline completion that is shown, so that the text which comes of it is known to be one. */
  async acceptInline(): Promise<void> {
    this.#start()
    await this.#contexts?.acceptInline()
  }

  /** Puts everything that is known into the stores. */
  async flush(): Promise<void> {
    for (const followed of this.#followed.values()) {
      this.#inTurn(async () => this.#keep(await followed))
    }
    await this.#turn
  }

  /** Forgets a folder's store and what this window knows. Throws `HR_FILE_EDIT` where the store can't be written. */
  async forget(folder: vscode.WorkspaceFolder): Promise<void> {
    const { workflows } = await import('../workflows.ts')
    const { forgetAttribution } = await workflows.attributionStore()
    const followed = await this.#followed.get(folder.uri.toString())
    followed?.tracking.forget()
    followed?.texts.clear()
    followed?.unkept.clear()
    await forgetAttribution(folder.uri.fsPath)
    this.#attributed.fire({ folder, files: null })
  }

  dispose(): void {
    for (const lifetime of this.#lifetimes) lifetime.dispose()
    this.#contexts?.dispose()
    this.#events?.dispose()
    for (const followed of this.#followed.values()) void followed.then(release)
    this.#followed.clear()
  }

  #start(): EditEvents {
    if (this.#events !== null) return this.#events
    const events = new EditEvents()
    this.#events = events
    this.#contexts = new EditContexts(events, hookOf, clipboardReader())
    events.onDidEdit((edit) => this.#take(edit))
    events.onDidRename((rename) => this.#rename(rename))
    return events
  }

  async #open(folder: vscode.WorkspaceFolder): Promise<Followed> {
    const { ProvenanceTracking } = await loadWorkflow()
    const followed: Followed = {
      folder,
      tracking: new ProvenanceTracking(),
      texts: new Map(),
      unkept: new Set(),
      keptAt: 0,
      timer: null,
      watch: null,
    }
    const root = folder.uri.fsPath
    const readAnew = (): void => void this.#readAnew(followed)
    followed.watch = new FolderWatch([root, join(root, '.headroom')], /^attribution\.json$/, readAnew)
    return followed
  }

  #unfollow(folder: vscode.WorkspaceFolder): void {
    const key = folder.uri.toString()
    this.#events?.disk.unfollow(folder)
    const leaving = this.#followed.get(key)
    this.#followed.delete(key)
    this.#inTurn(async () => {
      const followed = await leaving
      if (followed === undefined) return
      await this.#keep(followed)
      release(followed)
    })
  }

  #take(edit: ObservedEdit): void {
    const { folder, event, before, after } = edit
    const gathered = this.#contexts?.of(edit).catch(() => null)
    this.#enqueue(folder, async (followed) => {
      const { tracking, texts, unkept } = followed
      // Whoever closes a file without saving it leaves another text behind than the last one that was seen.
      if (!tracking.has(event.file) || (texts.get(event.file) ?? before) !== before) {
        await this.#begin(followed, event.file, before, event.at)
      }
      const taken = tracking.take(event)
      texts.set(event.file, after)
      unkept.add(event.file)
      if (gathered !== undefined) void this.#judgeLater(followed, taken, gathered)
    })
  }

  /** A method of its own: a piece of a stream waits for seconds, and would keep its file's texts alive. */
  async #judgeLater(
    followed: Followed,
    taken: PendingEdit,
    gathered: Promise<EventContext | null>,
  ): Promise<void> {
    this.#judge(followed, taken, await gathered)
  }

  /** Begins to follow a file with what the store says of it, as it was before a change. */
  async #begin(followed: Followed, file: string, text: string, changedAt: number): Promise<void> {
    const { folder, tracking, texts } = followed
    const { storedLines } = await loadWorkflow()
    const lines = await storedLines(folder.uri.fsPath, file, text, changedAt)
    tracking.forget(file)
    tracking.begin(file, text, lines)
    texts.set(file, text)
  }

  #judge(followed: Followed, taken: PendingEdit, context: EventContext | null): void {
    if (context === null) return
    const { label, source, signals } = followed.tracking.judge(taken, context)
    if (label === null) return
    this.#log.debug(`${taken.file}: ${label} (${source ?? ''}; ${signals.join(', ')})`)
    followed.unkept.add(taken.file)
    followed.timer ??= setTimeout(() => {
      followed.timer = null
      this.#enqueue(followed.folder, () => this.#keep(followed))
    }, keepMillis)
  }

  #rename({ folder, from, to, text: known }: ObservedRename): void {
    this.#enqueue(folder, async (followed) => {
      if (known !== null && !followed.tracking.has(from)) await this.#begin(followed, from, known, Infinity)
      for (const file of followed.tracking.rename(from, to)) {
        const former = `${from}${file.slice(to.length)}`
        const text = followed.texts.get(former)
        if (text !== undefined) followed.texts.set(file, text)
        followed.texts.delete(former)
        followed.unkept.add(file)
      }
      await this.#keep(followed)
    })
  }

  #save(document: vscode.TextDocument): void {
    if (!isInspected(document)) return
    const folder = vscode.workspace.getWorkspaceFolder(document.uri)
    if (folder === undefined) return
    this.#enqueue(folder, async (followed) => {
      if (followed.unkept.has(relativeFile(folder, document.uri))) await this.#keep(followed)
    })
  }

  /** Puts what the store doesn't have into it. A project that isn't trusted is not written to. */
  async #keep(followed: Followed): Promise<void> {
    const { folder, tracking, texts, unkept } = followed
    if (unkept.size === 0 || !vscode.workspace.isTrusted) return
    const files = [...unkept].filter((file) => texts.has(file))
    unkept.clear()
    const { keepLines } = await loadWorkflow()
    const kept: string[] = []
    for (const file of files) {
      const text = texts.get(file) ?? ''
      const lines = tracking.linesOf(file, text)
      if (lines.length === 0) continue
      await keepLines(folder.uri.fsPath, lines, text)
      kept.push(file)
    }
    if (kept.length === 0) return
    followed.keptAt = await storeWrittenAt(folder)
    this.#attributed.fire({ folder, files: kept })
  }

  /** An agent's hook or another window wrote the store: what it says is taken up with the next event of each file. */
  async #readAnew({ folder, keptAt }: Followed): Promise<void> {
    const writtenAt = await storeWrittenAt(folder)
    if (writtenAt === keptAt) return
    this.#enqueue(folder, async (followed) => {
      await this.#keep(followed)
      if (followed.unkept.size === 0) followed.tracking.forgetSettled()
      this.#attributed.fire({ folder, files: null })
    })
  }

  #enqueue(folder: vscode.WorkspaceFolder, work: (followed: Followed) => Promise<void>): void {
    this.#inTurn(async () => {
      const followed = await this.#followed.get(folder.uri.toString())
      if (followed !== undefined) await work(followed)
    })
  }

  #inTurn(work: () => Promise<void>): void {
    const last = this.#turn
    const next = async (): Promise<void> => {
      await last
      try {
        await work()
      } catch (error) {
        this.#warn(notKept, error)
      }
    }
    this.#turn = next()
  }

  #warn(what: string, error: unknown): void {
    this.#log.warn(what, error instanceof Error ? error : String(error))
  }
}

async function hookOf(folder: vscode.WorkspaceFolder, file: string, at: number): Promise<string | null> {
  const { hookNear } = await loadWorkflow()
  return hookNear(folder.uri.fsPath, file, at)
}

/** Null in a browser, which asks its user for the clipboard, or tells that it was refused. */
function clipboardReader(): (() => Thenable<string>) | null {
  const { clipboard, uiKind } = vscode.env
  return uiKind === vscode.UIKind.Desktop ? () => clipboard.readText() : null
}

/** In milliseconds since 1970; 0 where there is no store. */
async function storeWrittenAt(folder: vscode.WorkspaceFolder): Promise<number> {
  return stat(vscode.Uri.joinPath(folder.uri, '.headroom', 'attribution.json').fsPath).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  )
}

function release({ timer, watch }: Followed): void {
  if (timer !== null) clearTimeout(timer)
  watch?.dispose()
}
