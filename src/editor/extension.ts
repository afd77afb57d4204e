import process from 'node:process'
import * as vscode from 'vscode'
import type { RunEvent } from '../model/panel.ts'
import { provideCodeActions } from './code-actions.ts'
import { provideCodeLenses } from './code-lens.ts'
import { commands } from './commands/index.ts'
import { showDiagnostics } from './diagnostics.ts'
import { EndpointsView } from './endpoints-view.ts'
import { Failures } from './failures.ts'
import { FixPreview } from './fix-preview.ts'
import type { Headroom } from './headroom.ts'
import { Inspections } from './inspections.ts'
import { isInspected } from './languages.ts'
import { noteRunning, takeUpInterrupted } from './interruption.ts'
import { LoadTests } from './load-tests.ts'
import { answerPanel } from './panel-requests.ts'
import { ResultsPanel } from './panel.ts'
import { RunHistory } from './run-history.ts'
import { RunsView } from './runs-view.ts'
import { showStatusItem } from './status-item.ts'

/** What other extensions and the tests see of a running Headroom. */
export interface ExtensionApi {
  /** How long activation held the extension host's thread: evaluating the bundle and calling `activate`. */
  readonly activationMillis: number
  /** What happens in load tests, as it happens. */
  readonly onDidEmit: vscode.Event<RunEvent>
}

/** The build defines it as the first thing in the bundle. */
declare const loadingStartedAt: number
const loadingMillis = performance.now() - loadingStartedAt

let running: LoadTests | null = null

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
  const panel = new ResultsPanel(extensionUri, memory)
  const fixPreview = new FixPreview()
  const failures = new Failures(log)
  const headroom: Headroom = {
    extensionUri,
    memory,
    inspections,
    history,
    loadTests,
    panel,
    fixPreview,
    failures,
  }
  context.subscriptions.push(
    log,
    history,
    showDiagnostics(inspections, history),
    provideCodeLenses(inspections, history),
    provideCodeActions(inspections, failures),
    new EndpointsView(headroom),
    new RunsView(headroom),
    showStatusItem(loadTests),
    noteRunning(loadTests, memory),
    takeUpInterrupted(headroom, memory),
    answerPanel(headroom),
    ...commands.map((command) =>
      vscode.commands.registerCommand(command.id, async (...args: unknown[]) => {
        try {
          await command.run(headroom, ...args)
        } catch (error) {
          await failures.present(error)
        }
      }),
    ),
    fixPreview,
    panel,
    loadTests,
    inspections,
  )
  inspectOpenDocuments(context, inspections)
  const activationMillis = loadingMillis + performance.now() - startedAt
  log.info(`Activated in ${activationMillis.toFixed(1)} ms, of which loading ${loadingMillis.toFixed(1)} ms`)
  return { activationMillis, onDidEmit: loadTests.onDidEmit }
}

/** Called by the editor before the extension host ends: nothing that Headroom started stays behind. */
export async function deactivate(): Promise<void> {
  await running?.close()
}

/** Workflows, children and workers read their texts from the bundle that is named here, where the editor has one. */
function tellLanguage(): void {
  const { uri } = vscode.l10n
  if (uri !== undefined) process.env['HEADROOM_L10N'] = uri.fsPath
}

/** Findings appear without anyone asking, as soon as a document is opened that they could be in. */
function inspectOpenDocuments(context: vscode.ExtensionContext, inspections: Inspections): void {
  const inspect = (document: vscode.TextDocument): void => {
    if (isInspected(document)) void inspections.of(document.uri)?.current()
  }
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument(inspect))
  for (const document of vscode.workspace.textDocuments) inspect(document)
}
