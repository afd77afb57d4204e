import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as vscode from 'vscode'
import type { Run } from '../model/run.ts'
import { FolderWatch } from './folder-watch.ts'
import type { Inspections } from './inspections.ts'
import type { Inspector } from './inspector.ts'
import { fileUri } from './places.ts'

/** A route's last run. `stale`: code that the run measured has changed since. */
export interface KeptRun {
  readonly run: Run
  readonly stale: boolean
}

/** The last run of every route, read from the projects' `.headroom/runs` once and followed from then on. */
export class RunHistory implements vscode.Disposable {
  readonly #folders = new Map<string, Map<string, Run>>()
  /** When files that runs speak of were last written, in milliseconds since 1970, by URI. */
  readonly #writtenAt = new Map<string, number>()
  readonly #changed = new vscode.EventEmitter<void>()
  readonly onDidChange = this.#changed.event
  readonly #log: vscode.LogOutputChannel
  readonly #lifetimes: vscode.Disposable[] = [this.#changed]

  constructor(inspections: Inspections, log: vscode.LogOutputChannel) {
    this.#log = log
    this.#lifetimes.push(inspections.onDidSettle((inspector) => void this.#follow(inspector)))
  }

  /** The last run of a route, or null. */
  latest(folder: vscode.WorkspaceFolder, route: string): KeptRun | null {
    const run = this.#folders.get(folder.uri.toString())?.get(route)
    return run === undefined ? null : { run, stale: this.#isStale(folder, run) }
  }

  /** The last runs of all routes of a folder. */
  all(folder: vscode.WorkspaceFolder): KeptRun[] {
    const runs = this.#folders.get(folder.uri.toString())?.values() ?? []
    return [...runs].map((run) => ({ run, stale: this.#isStale(folder, run) }))
  }

  /** Takes up a run that has just ended. */
  async add(folder: vscode.WorkspaceFolder, run: Run): Promise<void> {
    this.#folders.get(folder.uri.toString())?.set(run.route, run)
    await this.#readTimes(folder, [run])
    this.#changed.fire()
  }

  dispose(): void {
    for (const lifetime of this.#lifetimes) lifetime.dispose()
  }

  async #follow({ folder }: Inspector): Promise<void> {
    const key = folder.uri.toString()
    const known = this.#folders.get(key)
    if (known !== undefined) {
      if (await this.#readTimes(folder, [...known.values()])) this.#changed.fire()
      return
    }
    this.#folders.set(key, new Map())
    const root = folder.uri.fsPath
    const home = join(root, '.headroom')
    // One after the other, so that what was read last is what is known.
    let loading = this.#load(folder)
    const reload = (): void => {
      loading = loading.then(() => this.#load(folder))
    }
    this.#lifetimes.push(new FolderWatch([root, home, join(home, 'runs')], /\.json$/, reload))
    await loading
  }

  async #load(folder: vscode.WorkspaceFolder): Promise<void> {
    try {
      const { workflows } = await import('./workflows.ts')
      const { latestRuns } = await workflows.history()
      const runs = await latestRuns(folder.uri.fsPath)
      this.#folders.set(folder.uri.toString(), runs)
      await this.#readTimes(folder, [...runs.values()])
      this.#changed.fire()
    } catch (error) {
      this.#log.warn('The kept runs could not be read:', error instanceof Error ? error : String(error))
    }
  }

  /** Reads when the files that runs speak of were written; true where something is new. */
  async #readTimes(folder: vscode.WorkspaceFolder, runs: readonly Run[]): Promise<boolean> {
    let changed = false
    for (const file of new Set(runs.flatMap(filesOf))) {
      const key = fileUri(folder, file).toString()
      const writtenAt = await stat(join(folder.uri.fsPath, file)).then(
        ({ mtimeMs }) => mtimeMs,
        () => Number.POSITIVE_INFINITY,
      )
      changed ||= this.#writtenAt.get(key) !== writtenAt
      this.#writtenAt.set(key, writtenAt)
    }
    return changed
  }

  #isStale(folder: vscode.WorkspaceFolder, run: Run): boolean {
    const startedAt = Date.parse(run.conditions.startedAt)
    return filesOf(run).some((file) => {
      const key = fileUri(folder, file).toString()
      const unsaved = vscode.workspace.textDocuments.some(
        ({ uri, isDirty }) => isDirty && uri.toString() === key,
      )
      return unsaved || (this.#writtenAt.get(key) ?? 0) > startedAt
    })
  }
}

/** The files whose change makes a run speak of older code: the handler's and its causes'. */
function filesOf(run: Run): string[] {
  const files = [...(run.file === null ? [] : [run.file]), ...run.verdict.causes.map(({ file }) => file)]
  return [...new Set(files)]
}
