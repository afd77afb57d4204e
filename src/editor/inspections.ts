import * as vscode from 'vscode'
import { Inspector } from './inspector.ts'
import { isBuilt, isInspected } from './languages.ts'

const readFiles = /\.[cm]?[jt]sx?$|\/(package|tsconfig)\.json$/
/** The editor's watcher tells of folders that come or go at one go, and of nothing in them. */
const readFilesAndFolders = new RegExp(`${readFiles.source}|/[^/.]+$`)
/** Written when who wrote what is known better, by other tools and by commits. */
const watchedEvidence = '{.agent-trace/*,.git/logs/HEAD,.git/refs/notes/ai}'

/** One {@link Inspector} for each workspace folder on disk, started when it is first asked for. */
export class Inspections implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel
  readonly #inspectors = new Map<string, { inspector: Inspector; lifetime: vscode.Disposable }>()
  readonly #settled = new vscode.EventEmitter<Inspector>()
  /** Fires when a folder's report is new, or gone with its folder. */
  readonly onDidSettle = this.#settled.event
  readonly #lifetime: vscode.Disposable

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log
    this.#lifetime = vscode.Disposable.from(
      this.#settled,
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#touch(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#touch(document)),
      vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
        for (const folder of removed) this.#close(folder)
      }),
    )
  }

  /** The inspectors of all folders, started as needed. Folders that are not on disk have none. */
  all(): Inspector[] {
    return (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => this.#open(folder) ?? [])
  }

  /** The inspector of the folder that a document or folder URI lies in; null outside of every folder on disk. */
  of(uri: vscode.Uri): Inspector | null {
    const folder = vscode.workspace.getWorkspaceFolder(uri)
    return folder === undefined ? null : this.#open(folder)
  }

  dispose(): void {
    this.#lifetime.dispose()
    for (const { lifetime } of this.#inspectors.values()) lifetime.dispose()
    this.#inspectors.clear()
  }

  #open(folder: vscode.WorkspaceFolder): Inspector | null {
    if (folder.uri.scheme !== 'file') return null
    const key = folder.uri.toString()
    const known = this.#inspectors.get(key)
    if (known !== undefined) return known.inspector
    const inspector = new Inspector(folder, this.#log)
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '**/*'))
    const touchAt =
      (names: RegExp) =>
      (uri: vscode.Uri): void => {
        if (names.test(uri.path) && !isBuilt(uri)) inspector.touch()
      }
    const evidence = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(folder, watchedEvidence),
    )
    // A commit changes no label, but what has changed since the last one.
    const relabel = (): void => void inspector.relabel().then(() => this.#settled.fire(inspector))
    const lifetime = vscode.Disposable.from(
      inspector,
      evidence,
      evidence.onDidChange(relabel),
      evidence.onDidCreate(relabel),
      evidence.onDidDelete(relabel),
      inspector.onDidSettle(() => this.#settled.fire(inspector)),
      watcher,
      watcher.onDidChange(touchAt(readFiles)),
      watcher.onDidCreate(touchAt(readFilesAndFolders)),
      watcher.onDidDelete(touchAt(readFilesAndFolders)),
    )
    this.#inspectors.set(key, { inspector, lifetime })
    return inspector
  }

  #close(folder: vscode.WorkspaceFolder): void {
    const key = folder.uri.toString()
    const entry = this.#inspectors.get(key)
    if (entry === undefined) return
    this.#inspectors.delete(key)
    entry.lifetime.dispose()
    this.#settled.fire(entry.inspector)
  }

  #touch(document: vscode.TextDocument): void {
    if (isInspected(document)) this.of(document.uri)?.touch()
  }
}
