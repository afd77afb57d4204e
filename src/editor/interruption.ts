import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as vscode from 'vscode'
import type { Run } from '../model/run.ts'
import type { Headroom } from './headroom.ts'
import type { Inspector } from './inspector.ts'
import type { LoadTests } from './load-tests.ts'
import { failedContent, keptRunContent, type PanelContent } from './panel-content.ts'
import { panelType } from './panel.ts'
import { offerLoadTest } from './perform-load-test.ts'
import type { RouteReference } from './route-reference.ts'

/** A load test that was running; its note stays only where the window went before it ended. */
interface RunningNote extends RouteReference {
  /** ISO 8601. */
  readonly startedAt: string
}

/**
 * Where the note of this workspace is kept; null without a workspace. It is a file of our own since the editor writes its memory
 * some time after an extension has told it something, and a window that goes in between takes that with it.
 */
export function runningNoteFile({ storageUri }: vscode.ExtensionContext): string | null {
  return storageUri === undefined ? null : vscode.Uri.joinPath(storageUri, 'running.json').fsPath
}

/** Notes what runs, so that a window that is loaded anew can say what became of it. */
export function noteRunning(loadTests: LoadTests, file: string | null): vscode.Disposable {
  return loadTests.onDidChange((session) => {
    if (file === null) return
    if (session === null) {
      rmSync(file, { force: true })
      return
    }
    const folder = session.folder.uri.toString()
    const note: RunningNote = { folder, route: session.route, startedAt: new Date().toISOString() }
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(note))
  })
}

/** Takes the note that the window before this one left; null where it left none that can be read. */
function takeNote(file: string | null): RunningNote | null {
  if (file === null) return null
  try {
    const note: RunningNote = JSON.parse(readFileSync(file, 'utf8'))
    rmSync(file)
    return note
  } catch {
    return null
  }
}

/** What the window before this one left. */
interface Interrupted {
  readonly inspector: Inspector
  readonly route: string
  /** What was measured until then; null where nothing was kept. */
  readonly run: Run | null
}

/**
 * Takes up what a reload of the window has interrupted: says which load test was stopped, and fills the panel that stayed
 * open again.
 */
export function takeUpInterrupted(headroom: Headroom, file: string | null): vscode.Disposable {
  const note = takeNote(file)
  const interrupted = note === null ? Promise.resolve(null) : findInterrupted(headroom, note)
  void interrupted
    .then((found) => (found === null ? undefined : tell(headroom, found)))
    .catch((error: unknown) => headroom.failures.present(error))
  return vscode.window.registerWebviewPanelSerializer(panelType, {
    async deserializeWebviewPanel(panel) {
      const content = await restore(headroom, await interrupted.catch(() => null))
      if (content === null || headroom.panel.isOpen) {
        panel.dispose()
        return
      }
      headroom.panel.adopt(panel)
      headroom.panel.show(content)
    },
  })
}

/** Null where its folder is not open any more. What was measured may have a verdict already, a breach for one. */
async function findInterrupted(
  { inspections }: Headroom,
  { folder, route, startedAt }: RunningNote,
): Promise<Interrupted | null> {
  const inspector = inspections.of(vscode.Uri.parse(folder))
  if (inspector === null) return null
  const last = await newestRun(inspector, route)
  const run = last !== null && last.conditions.startedAt >= startedAt ? last : null
  return { inspector, route, run }
}

async function newestRun({ folder }: Inspector, route: string): Promise<Run | null> {
  const { workflows } = await import('./workflows.ts')
  const { latestRuns } = await workflows.history()
  return (await latestRuns(folder.uri.fsPath)).get(route) ?? null
}

function stoppedSentence(route: string): string {
  return vscode.l10n.t('The load test of {0} was stopped when the window was reloaded.', route)
}

async function tell(headroom: Headroom, { inspector, route, run }: Interrupted): Promise<void> {
  const [show, again] = [vscode.l10n.t('Show Results'), vscode.l10n.t('Run Again')]
  const buttons = run === null ? [again] : [again, show]
  const chosen = await vscode.window.showInformationMessage(stoppedSentence(route), ...buttons)
  if (chosen === again) await offerLoadTest(headroom, inspector, route)
  if (chosen === show && run !== null) headroom.panel.show(keptRunContent(inspector.folder, run))
}

/** What the panel showed in the window before, as far as it is still known. */
async function restore(headroom: Headroom, interrupted: Interrupted | null): Promise<PanelContent | null> {
  const { shown } = headroom.panel
  if (shown === undefined) return null
  const inspector = headroom.inspections.of(vscode.Uri.parse(shown.folder))
  if (inspector === null) return null
  const { folder } = inspector
  if (shown.run === null && interrupted?.route === shown.route && interrupted.run === null) {
    return failedContent(folder, shown.route, {
      code: 'HR_RELOADED',
      message: stoppedSentence(shown.route),
      exitCode: 3,
      actions: [{ id: 'retry', title: vscode.l10n.t('Run Again') }],
    })
  }
  const run = shown.run === null ? null : await keptRun(folder, shown.run)
  const latest = run ?? (await newestRun(inspector, shown.route))
  return latest === null ? null : keptRunContent(folder, latest)
}

async function keptRun(folder: vscode.WorkspaceFolder, id: string): Promise<Run | null> {
  const { workflows } = await import('./workflows.ts')
  const [{ listRuns }, { readRun }] = await Promise.all([workflows.history(), workflows.runs()])
  const entry = (await listRuns(folder.uri.fsPath)).find((each) => each.id === id)
  return entry === undefined ? null : readRun(entry.file).catch(() => null)
}
