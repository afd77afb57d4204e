import * as vscode from 'vscode'
import type { FailureData } from '../model/failure.ts'
import type { CheckReport, Finding, Fix } from '../model/finding.ts'
import type { Overlay } from '../model/source.ts'
import { thrownFailure } from './failures.ts'
import { isInspected } from './languages.ts'
import { relativeFile } from './places.ts'

type Inspection = Awaited<ReturnType<typeof openInspection>>

/** How long the keyboard must rest before the code is inspected. */
const pauseMillis = 80

async function openInspection(root: string) {
  const { workflows } = await import('./workflows.ts')
  const [inspect, origins] = await Promise.all([workflows.inspect(), workflows.origins()])
  return inspect.openInspection(root, origins.openOriginsApart(root))
}

/**
 * Inspects one workspace folder in a worker, with what stands unsaved in the editor, whenever something changes.
 * An answer that is older than the last change is dropped and asked for again, so none is ever shown stale.
 */
export class Inspector implements vscode.Disposable {
  readonly folder: vscode.WorkspaceFolder
  readonly #log: vscode.LogOutputChannel
  readonly #settled = new vscode.EventEmitter<void>()
  /** Fires when the report or the failure is new and fits the text in the editor. */
  readonly onDidSettle = this.#settled.event
  #inspection: Promise<Inspection> | null = null
  #report: CheckReport | null = null
  #failure: FailureData | null = null
  /** Counts changes; the report is current when it was made for the last one. */
  #changes = 1
  #answered = 0
  #changedAt = Date.now()
  #labelling: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #running = false
  #disposed = false

  constructor(folder: vscode.WorkspaceFolder, log: vscode.LogOutputChannel) {
    this.folder = folder
    this.#log = log
  }

  /** The last report; null before the first one and after a failure. */
  get report(): CheckReport | null {
    return this.#report
  }

  /** Why there is no report. */
  get failure(): FailureData | null {
    return this.#failure
  }

  /** When the first change came that the last report but one didn't know, in milliseconds since 1970. */
  get changedAt(): number {
    return this.#changedAt
  }

  /** Says that a file or an open document changed. */
  touch(): void {
    if (this.#answered === this.#changes) this.#changedAt = Date.now()
    this.#changes += 1
    this.#schedule(pauseMillis)
  }

  /** Forgets what is known and begins anew, in new threads. */
  restart(): void {
    void this.#close()
    this.touch()
  }

  /** The report for the text as it stands now, as soon as there is one; null where inspecting fails or `token` cancels. */
  async current(token?: vscode.CancellationToken): Promise<CheckReport | null> {
    while (this.#answered !== this.#changes) {
      if (this.#disposed || token?.isCancellationRequested) return null
      this.#schedule(0)
      await this.#nextAnswer(token)
    }
    return this.#report
  }

  /**
   * Says that who wrote what may be known better now. Git is asked in a thread of its own; `onDidSettle` fires where a label
   * is another one.
   */
  relabel(): Promise<void> {
    const labelling = (this.#labelling ?? Promise.resolve()).then(() => this.#label())
    this.#labelling = labelling
    return labelling
  }

  /**
   * The keys of the routes that changed since the last commit, in the report for the text as it stands now; a failure where git
   * can't say, and null where there is no report.
   */
  async changedRoutes(): Promise<ReadonlySet<string> | FailureData | null> {
    const report = await this.current()
    if (report === null) return null
    try {
      return await (await this.#open()).changedRoutes(report, this.#unsaved())
    } catch (error) {
      return thrownFailure(error)
    }
  }

  /** Carries a fix out on the text as it stands now, without changing anything. `texts` are used besides the unsaved ones. */
  async fix(finding: Finding, fix: string, texts: readonly Overlay[] = []): Promise<Fix> {
    const inspection = await this.#open()
    const overlays = [...this.#unsaved(), ...texts]
    return inspection.fix({ finding, fix, overlays })
  }

  dispose(): void {
    this.#disposed = true
    this.#report = null
    if (this.#timer !== null) clearTimeout(this.#timer)
    void this.#close()
    this.#settled.fire()
    this.#settled.dispose()
  }

  #schedule(delayMillis: number): void {
    if (this.#disposed || (this.#timer !== null && delayMillis === 0)) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#inspect()
    }, delayMillis)
  }

  /** Resolves at the next answer, or when `token` cancels. */
  #nextAnswer(token: vscode.CancellationToken | undefined): Promise<void> {
    return new Promise((resolve) => {
      const listeners = [this.onDidSettle(done), token?.onCancellationRequested(done)]
      function done(): void {
        for (const listener of listeners) listener?.dispose()
        resolve()
      }
    })
  }

  async #inspect(): Promise<void> {
    if (this.#running || this.#disposed) return
    this.#running = true
    const change = this.#changes
    const startedAt = performance.now()
    try {
      const inspection = await this.#open()
      const report = await inspection.check({ overlays: this.#unsaved(), provenance: 'known' })
      if (change === this.#changes) {
        this.#take(report, performance.now() - startedAt)
      }
    } catch (error) {
      this.#report = null
      this.#failure = thrownFailure(error)
      this.#log.warn(`${this.folder.name} could not be inspected: ${this.#failure.message}`)
    } finally {
      this.#running = false
    }
    if (this.#disposed) return
    if (change !== this.#changes) {
      if (this.#timer === null) this.#schedule(0)
      return
    }
    this.#answered = change
    this.#settled.fire()
    void this.relabel()
  }

  async #label(): Promise<void> {
    const report = this.#report
    if (report === null || this.#disposed) return
    try {
      const inspection = await this.#open()
      const labelled = await inspection.label(report, this.#unsaved())
      if (this.#report !== report || this.#answered !== this.#changes) return
      if (sameLabels(report, labelled)) return
      this.#report = labelled
      this.#settled.fire()
    } catch (error) {
      if (!this.#disposed) this.#log.info(`${this.folder.name}: ${thrownFailure(error).message}`)
    }
  }

  #take(report: CheckReport, millis: number): void {
    const { routes, findings, problems } = report
    const known = JSON.stringify(this.#report?.problems ?? [])
    this.#report = report
    this.#failure = null
    this.#log.debug(
      `${this.folder.name}: ${routes.length} routes, ${findings.length} findings in ${millis.toFixed(0)} ms`,
    )
    // Code is broken most of the time while it is typed; the same problem is told once.
    if (JSON.stringify(problems) === known) return
    for (const { file, line, message } of problems) this.#log.info(`${file}:${line}: ${message}`)
  }

  #open(): Promise<Inspection> {
    this.#inspection ??= openInspection(this.folder.uri.fsPath)
    return this.#inspection
  }

  /** Ends the worker. */
  async #close(): Promise<void> {
    const inspection = this.#inspection
    this.#inspection = null
    try {
      await (await inspection)?.dispose()
    } catch (error) {
      this.#log.warn('The analysis did not end cleanly:', error instanceof Error ? error : String(error))
    }
  }

  #unsaved(): Overlay[] {
    return vscode.workspace.textDocuments
      .filter((document) => document.isDirty && isInspected(document))
      .filter(
        ({ uri }) => vscode.workspace.getWorkspaceFolder(uri)?.uri.toString() === this.folder.uri.toString(),
      )
      .map((document) => ({ file: relativeFile(this.folder, document.uri), text: document.getText() }))
  }
}

/** Whether two reports on the same code say the same of who wrote it. */
function sameLabels(one: CheckReport, other: CheckReport): boolean {
  return labelsOf(one) === labelsOf(other)
}

function labelsOf({ routes, findings }: CheckReport): string {
  return [...routes, ...findings].map(({ provenance }) => provenance ?? '').join('\n')
}
