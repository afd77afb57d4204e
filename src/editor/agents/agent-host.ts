import { readFile } from 'node:fs/promises'
import * as vscode from 'vscode'
import type { AgentHost, AgentLoadTest } from '../../agent/host.ts'
import type { FailureData } from '../../model/failure.ts'
import type { CheckReport, Finding, Fix } from '../../model/finding.ts'
import type { RunEvent } from '../../model/panel.ts'
import type { Run } from '../../model/run.ts'
import type { CallName, OrderOf, ProgressOf, ResultOf } from '../../workflows/calls.ts'
import type { ProjectConfig } from '../../workflows/config.ts'
import type { FixedFile } from '../../workflows/fix.ts'
import { fixDocuments } from '../fix-edits.ts'
import type { Headroom } from '../headroom.ts'
import type { Inspector } from '../inspector.ts'
import { lineHunk } from '../provenance/line-hunk.ts'
import { readChosenConfig, type Choices } from '../load-test-session.ts'
import { fileUri } from '../places.ts'
import { rememberSeeded } from '../seeding.ts'
import { tellSeeded } from '../seeding-results.ts'

/**
 * What the tools for models work with in a folder of the editor: the text as it stands there, one undoable change, and load
 * tests that the person sees in the panel. What it throws is a `Failure` of the workflows' bundle, where the tools are.
 */
export class EditorAgentHost implements AgentHost {
  readonly root: string
  readonly #headroom: Headroom
  readonly #inspector: Inspector

  constructor(headroom: Headroom, inspector: Inspector) {
    this.#headroom = headroom
    this.#inspector = inspector
    this.root = inspector.folder.uri.fsPath
  }

  async check(): Promise<CheckReport> {
    const report = await this.#inspector.current()
    if (report !== null) return report
    return refuse(this.#inspector.failure ?? closed())
  }

  async fix(finding: Finding, fixId: string): Promise<Fix> {
    return (await fixDocuments(this.#inspector, finding, fixId)).fix
  }

  async read(file: string): Promise<string> {
    const uri = fileUri(this.#inspector.folder, file)
    const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString())
    const text = open?.getText() ?? (await readFile(uri.fsPath, 'utf8').catch(() => null))
    if (text === null) return refuse(unreadable(file))
    return open === undefined && isChangedByEditor(text) ? (await this.#open(file)).getText() : text
  }

  /** One change that one undo takes back, then saved: a server that is started reads the disk. */
  async write(files: readonly FixedFile[]): Promise<void> {
    const edit = new vscode.WorkspaceEdit()
    const documents = await Promise.all(files.map(({ file }) => this.#open(file)))
    for (const [index, { file, before, after }] of files.entries()) {
      const document = documents[index]
      if (document === undefined || document.getText() !== before) return refuse(changed(file))
      const hunk = lineHunk(before, after)
      if (hunk === null) continue
      const { start, removed, text } = hunk
      const end = document.positionAt(start + removed.length)
      edit.replace(document.uri, new vscode.Range(document.positionAt(start), end), text)
    }
    if (!(await vscode.workspace.applyEdit(edit))) return refuse(notApplied())
    for (const document of documents) if (!(await document.save())) return refuse(notSaved(document))
  }

  async config(): Promise<ProjectConfig> {
    return readChosenConfig(this.#inspector.folder, {})
  }

  /** A load test that the person started, or that waits, is never disturbed. */
  async loadTest(
    { route, profile, users, budget }: AgentLoadTest,
    onEvent: (event: RunEvent) => void,
    signal: AbortSignal,
  ): Promise<Run> {
    const { loadTests, panel } = this.#headroom
    const writes = (await this.config()).agentsMayWrite === true
    if (loadTests.running !== null) return refuse(busy(loadTests.running.route))
    const reference = { folder: this.#inspector.folder.uri.toString(), route }
    const chosen = loadTests.choices(reference)
    const asked: Choices = {
      ...chosen,
      profile,
      ...(users === null ? {} : { users }),
      ...(budget === null ? {} : { budget }),
    }
    // Starting takes up the choices at once; afterwards the route has those of the person again.
    loadTests.choose(reference, asked)
    const { session, ended } = loadTests.start(this.#inspector, route, {
      again: false,
      writes,
      repeat: null,
      byAgent: true,
    })
    loadTests.choose(reference, chosen)
    const listening = session.onDidEmit(onEvent)
    const stop = (): void => session.stop()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    panel.show(session)
    try {
      const failure = await ended
      return session.run ?? (await refuse(failure ?? closed()))
    } finally {
      listening.dispose()
      signal.removeEventListener('abort', stop)
    }
  }

  async call<Name extends CallName>(
    name: Name,
    order: OrderOf<Name>,
    onProgress: (progress: ProgressOf<Name>) => void,
    signal: AbortSignal,
  ): Promise<ResultOf<Name>> {
    const { workflows } = await import('../workflows.ts')
    const { callApart } = await workflows.apart()
    const result = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Headroom works for an agent') },
      () => callApart(name, order, onProgress, signal),
    )
    const done = { name, order, result }
    if (isSeeding(done)) await this.#tellSeeded(done)
    return result
  }

  /** Rows that an agent added are the person's as well: to be removed, completed, or made once more. */
  async #tellSeeded({ order, result }: Done<'seedDatabase'>): Promise<void> {
    const { folder } = this.#inspector
    await rememberSeeded(this.#headroom.memory, folder, { plan: order.plan, inPlace: false }, result)
    tellSeeded(result, { folder: folder.uri.toString() })
  }

  /** Inspector and load tests belong to the window. */
  async [Symbol.asyncDispose](): Promise<void> {}

  async #open(file: string): Promise<vscode.TextDocument> {
    try {
      return await vscode.workspace.openTextDocument(fileUri(this.#inspector.folder, file))
    } catch {
      return refuse(unreadable(file))
    }
  }
}

/** A call that has come to its end. */
interface Done<Name extends CallName> {
  readonly name: Name
  readonly order: OrderOf<Name>
  readonly result: ResultOf<Name>
}

function isSeeding(done: { name: CallName; order: unknown; result: unknown }): done is Done<'seedDatabase'> {
  return done.name === 'seedDatabase'
}

/** Whether a document would not read as its file does: without its byte order mark, or with line ends made equal. */
function isChangedByEditor(text: string): boolean {
  return (
    text.startsWith('\uFEFF') || /\r(?!\n)/.test(text) || (text.includes('\r\n') && /(?<!\r)\n/.test(text))
  )
}

/** Throws a failure that the tools know as one. */
async function refuse(data: FailureData): Promise<never> {
  const { workflows } = await import('../workflows.ts')
  const { Failure } = await workflows.failure()
  throw Failure.from(data)
}

function refusal(code: FailureData['code'], message: string): FailureData {
  return { code, message, exitCode: 2, actions: [] }
}

function closed(): FailureData {
  return refusal('HR_STOPPED', vscode.l10n.t('The folder was closed. Nothing was done.'))
}

function busy(route: string): FailureData {
  const message = vscode.l10n.t(
    'A load test of {0} is running in the editor. Two at once would disturb each other; nothing was started.',
    route,
  )
  return refusal('HR_BUSY', message)
}

function changed(file: string): FailureData {
  return refusal('HR_CHANGED', vscode.l10n.t('{0} has changed since. Nothing was written.', file))
}

function unreadable(file: string): FailureData {
  return refusal('HR_FILE', vscode.l10n.t('There is no file {0} that can be read.', file))
}

function notApplied(): FailureData {
  return refusal('HR_CHANGED', vscode.l10n.t('The editor did not take the change. Nothing was written.'))
}

function notSaved(document: vscode.TextDocument): FailureData {
  const file = vscode.workspace.asRelativePath(document.uri, false)
  const message = vscode.l10n.t('{0} was changed, but could not be saved. Undo takes the change back.', file)
  return refusal('HR_SAVE', message)
}
