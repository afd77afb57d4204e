import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import * as vscode from 'vscode'
import { EditContexts } from '../../../src/editor/provenance/edit-context.ts'
import { EditEvents, type ObservedEdit } from '../../../src/editor/provenance/edit-events.ts'
import type { EditEvent, EventContext } from '../../../src/workflows/origins/tracking.ts'

/** What a recorded event was in truth. */
export type RecordedKind =
  | 'typing'
  | 'paste'
  | 'inline-accept'
  | 'chat-edit'
  | 'refactoring'
  | 'format'
  | 'undo'
  | 'checkout'
  | 'agent-disk'

/** One line of a recording. */
export interface RecordedEvent {
  readonly kind: RecordedKind
  readonly event: EditEvent
  readonly context: EventContext
}

const mostBytes = 950_000

/** Looks every few milliseconds whether `holds`; rejects after a while. */
export async function until(holds: () => boolean, what: string, limitMillis = 20_000): Promise<void> {
  const end = performance.now() + limitMillis
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Waited in vain for ${what}.`)
    await delay(5)
  }
}

/** The one folder that is open. */
export function workspaceFolder(): vscode.WorkspaceFolder {
  const [folder] = vscode.workspace.workspaceFolders ?? []
  if (folder === undefined) throw new Error('No folder is open.')
  return folder
}

/** Records what the extension itself sees of events, through the code that it runs with. */
export class Recorder {
  readonly #kind: RecordedKind
  readonly #events = new EditEvents()
  readonly contexts = new EditContexts(
    this.#events,
    () => Promise.resolve(null),
    () => vscode.env.clipboard.readText(),
  )
  readonly #recorded: (RecordedEvent | null)[] = []
  readonly #gathering: Promise<void>[] = []
  #accepts: ((edit: ObservedEdit) => boolean) | null = null
  #seen = 0

  private constructor(kind: RecordedKind) {
    this.#kind = kind
    this.#events.onDidEdit((edit) => this.#take(edit))
  }

  /** Starts to listen; the texts of the workspace's files are known when this resolves. */
  static async start(kind: RecordedKind): Promise<Recorder> {
    const recorder = new Recorder(kind)
    await recorder.#events.follow(workspaceFolder())
    return recorder
  }

  /** How many events were seen while recording. */
  get seen(): number {
    return this.#seen
  }

  /** Records what happens to a document while `act` runs, and until its event has come where it must bring one. */
  async of(document: vscode.TextDocument, act: () => Promise<void>, waits = false): Promise<void> {
    const { version } = document
    // That the file itself was made for the recording is another event.
    this.#accepts = ({ uri, before }) => uri.toString() === document.uri.toString() && before !== ''
    await act()
    if (waits) await until(() => document.version !== version, 'a change of the document', 5_000)
    this.#accepts = null
  }

  /** Records all files that `accepts` names, until {@link close}. */
  listen(accepts: (file: string) => boolean): void {
    this.#accepts = ({ event }) => accepts(event.file)
  }

  /** Resolves when the contexts of all events are gathered. */
  async settle(): Promise<void> {
    await Promise.all(this.#gathering)
  }

  /** Writes the recording to the folder that the environment names; resolves to the number of its events. */
  async close(): Promise<number> {
    await this.settle()
    this.contexts.dispose()
    this.#events.dispose()
    const folder = process.env['HEADROOM_RECORDINGS']
    if (folder === undefined) throw new Error('HEADROOM_RECORDINGS names no folder.')
    const lines: string[] = []
    let bytes = 0
    for (const recorded of this.#recorded) {
      if (recorded === null) continue
      const line = `${JSON.stringify(recorded)}\n`
      bytes += Buffer.byteLength(line)
      if (bytes > mostBytes) break
      lines.push(line)
    }
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${this.#kind}.ndjson`), lines.join(''))
    return lines.length
  }

  #take(edit: ObservedEdit): void {
    if (this.#accepts?.(edit) !== true) return
    this.#seen += 1
    const { event } = edit
    const place = this.#recorded.push(null) - 1
    const gather = async (): Promise<void> => {
      this.#recorded[place] = { kind: this.#kind, event, context: await this.contexts.of(edit) }
    }
    this.#gathering.push(gather())
  }
}
