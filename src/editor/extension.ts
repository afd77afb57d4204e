import process from 'node:process'
import * as vscode from 'vscode'
import type { RunEvent } from '../model/panel.ts'
import { offerAgentTools } from './agents/offer-agent-tools.ts'
import { provideCodeActions } from './code-actions.ts'
import { provideCodeLenses } from './code-lens.ts'
import { commands } from './commands/index.ts'
import { showDiagnostics } from './diagnostics.ts'
import { EndpointFilter } from './endpoint-filter.ts'
import { EndpointsView } from './endpoints-view.ts'
import { Failures } from './failures.ts'
import { FixPreview } from './fix-preview.ts'
import type { Headroom } from './headroom.ts'
import { Inspections } from './inspections.ts'
import { isInspected } from './languages.ts'
import { noteRunning, runningNoteFile, takeUpInterrupted } from './interruption.ts'
import { LoadTests } from './load-tests.ts'
import { NewEndpoints } from './provenance/new-endpoints.ts'
import { answerPanel } from './panel-requests.ts'
import { ResultsPanel } from './panel.ts'
import { type AttributedFiles, ProvenanceWatch } from './provenance/provenance-watch.ts'
import { RunHistory } from './run-history.ts'
import { RunsView } from './runs-view.ts'
import { showStatusItem } from './status-item.ts'

/** What other extensions and the tests see of a running Headroom. */
export interface ExtensionApi {
  /** How long activation held the extension host's thread: evaluating the bundle and calling `activate`. */
  readonly activationMillis: number
  /** What happens in load tests, as it happens. */
  readonly onDidEmit: vscode.Event<RunEvent>
  /** Who wrote lines of these files is known better now. */
  readonly onDidAttribute: vscode.Event<AttributedFiles>
}

/** The build defines it as the first thing in the bundle. */
declare const loadingStartedAt: number
const loadingMillis = performance.now() - loadingStartedAt

let running: LoadTests | null = null
let watching: ProvenanceWatch | null = null

/** Called by the editor once: registers everything, and starts inspecting where a document of ours is open. */
export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const startedAt = performance.now()
  tellLanguage()
  const log = vscode.window.createOutputChannel('Headroom', { log: true })
  const inspections = new Inspections(log)
  const history = new RunHistory(inspections, log)
  const loadTests = new LoadTests(history)
  running = loadTests
  const { extensionUri, workspaceState: memory } = context
  const noteFile = runningNoteFile(context)
  const provenance = new ProvenanceWatch(log)
  watching = provenance
  const panel = new ResultsPanel(extensionUri, memory)
  const fixPreview = new FixPreview()
  const failures = new Failures(log)
  const endpointFilter = new EndpointFilter(memory)
  const newEndpoints = new NewEndpoints(inspections, loadTests)
  const headroom: Headroom = {
    extensionUri,
    memory,
    inspections,
    history,
    loadTests,
    endpointFilter,
    newEndpoints,
    panel,
    provenance,
    fixPreview,
    failures,
  }
  context.subscriptions.push(
    log,
    askGitOnceTrusted(inspections),
    history,
    showDiagnostics(inspections, history),
    provideCodeLenses(headroom),
    provideCodeActions(inspections, failures),
    new EndpointsView(headroom),
    new RunsView(headroom),
    showStatusItem(loadTests),
    noteRunning(loadTests, noteFile),
    takeUpInterrupted(headroom, noteFile),
    answerPanel(headroom),
    offerAgentTools(headroom, context.extension),
    ...commands.map((command) =>
      vscode.commands.registerCommand(command.id, async (...args: unknown[]) => {
        try {
          await command.run(headroom, ...args)
        } catch (error) {
          await failures.present(error)
        }
      }),
    ),
    endpointFilter,
    newEndpoints,
    fixPreview,
    panel,
    inspections.onDidSettle(({ folder }) => void provenance.follow(folder)),
    provenance.onDidAttribute(({ folder, files }) => {
      const inspector = inspections.of(folder.uri)
      // Others speak of files that the editor's watcher may have missed, in folders that are new.
      if (files === null) inspector?.touch()
      else void inspector?.relabel()
    }),
    // For those who bind it to the key that accepts completions; the editor tells nobody else that one was accepted.
    vscode.commands.registerCommand('headroom.acceptInline', () => provenance.acceptInline()),
    provenance,
    loadTests,
    inspections,
  )
  inspectOpenDocuments(context, inspections)
  const activationMillis = loadingMillis + performance.now() - startedAt
  log.info(`Activated in ${activationMillis.toFixed(1)} ms, of which loading ${loadingMillis.toFixed(1)} ms`)
  return { activationMillis, onDidEmit: loadTests.onDidEmit, onDidAttribute: provenance.onDidAttribute }
}

/** Called by the editor before the extension host ends: nothing that Headroom started stays behind. */
export async function deactivate(): Promise<void> {
  await Promise.all([running?.close(), watching?.flush(), endCalls()])
}

async function endCalls(): Promise<void> {
  const { workflows } = await import('./workflows.ts')
  await (await workflows.apart()).endCalls()
}

/** Workflows, children and workers read their texts from the bundle that is named here, where the editor has one. */
function tellLanguage(): void {
  const { uri } = vscode.l10n
  if (uri !== undefined) process.env['HEADROOM_L10N'] = uri.fsPath
}

/**
 * A repository's configuration can make git run programs, so that git is asked in trusted workspaces alone. Workflows and their
 * threads see the variable.
 */
function askGitOnceTrusted(inspections: Inspections): vscode.Disposable {
  if (!vscode.workspace.isTrusted) process.env['HEADROOM_NO_GIT'] = '1'
  return vscode.workspace.onDidGrantWorkspaceTrust(() => {
    delete process.env['HEADROOM_NO_GIT']
    for (const inspector of inspections.all()) inspector.restart()
  })
}

/** Findings appear without anyone asking, as soon as a document is opened that they could be in. */
function inspectOpenDocuments(context: vscode.ExtensionContext, inspections: Inspections): void {
  const inspect = (document: vscode.TextDocument): void => {
    if (isInspected(document)) void inspections.of(document.uri)?.current()
  }
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument(inspect))
  for (const document of vscode.workspace.textDocuments) inspect(document)
}
