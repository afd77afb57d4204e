import * as vscode from 'vscode'
import { Failure } from '../model/failure.ts'
import type { Run } from '../model/run.ts'
import { isTrusted, type Headroom } from './headroom.ts'
import type { Inspector } from './inspector.ts'
import { readChosenConfig } from './load-test-session.ts'
import type { PanelContent } from './panel-content.ts'
import { offerLoadTest } from './perform-load-test.ts'
import { restoreSeededData } from './seeding.ts'

/** A dev server that somebody else started has so long to take a change up. */
const reloadMillis = 8_000

/** Opens the diff of a fix, and offers to apply it and to measure the same load again. Nothing is changed before a yes. */
export async function fixAndRerun(
  headroom: Headroom,
  { folder, route, run }: PanelContent,
  place: { readonly file: string; readonly line: number; readonly fix: string },
): Promise<void> {
  const { inspections, fixPreview, history } = headroom
  const inspector = inspections.of(folder.uri)
  const report = (await inspector?.current()) ?? null
  const offered = (report?.findings ?? [])
    .filter(({ file, routes }) => file === place.file && routes.includes(route))
    .toSorted((a, b) => Math.abs(a.line - place.line) - Math.abs(b.line - place.line))
    .flatMap((finding) => finding.fixes.map((fix) => ({ finding, fix })))
    .find(({ fix }) => fix.id === place.fix)
  if (inspector === null || offered === undefined) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t(
        'There is nothing left to fix at {0}:{1}; the code has changed since.',
        place.file,
        place.line,
      ),
    )
    return
  }
  const before = run ?? history.latest(folder, route)?.run ?? null
  const rerun = (): Promise<void> => repeatOnNewCode(headroom, inspector, route, before)
  await fixPreview.show(inspector, offered.finding, { fix: offered.fix, rerun })
  const [applyAndRun, apply] = [vscode.l10n.t('Apply, Save and Load Test Again'), vscode.l10n.t('Apply Fix')]
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('{0}. Nothing is changed yet.', offered.fix.title),
    applyAndRun,
    apply,
  )
  if (chosen === undefined) return
  const applied = await fixPreview.apply()
  if (chosen === applyAndRun) await applied?.rerun()
}

/**
 * Saves what a fix has changed, waits until the server runs it, brings the rows back that the run before began with, and
 * sends the same load again. A server that Headroom starts is started on the new code anyway.
 */
async function repeatOnNewCode(
  headroom: Headroom,
  inspector: Inspector,
  route: string,
  before: Run | null,
): Promise<void> {
  if (!(await isTrusted(vscode.l10n.t('Load testing')))) return
  const { folder } = inspector
  const { workflows } = await import('./workflows.ts')
  const { findTarget } = await workflows.target()
  const choices = headroom.loadTests.choices({ folder: folder.uri.toString(), route })
  const target = await findTarget(folder.uri.fsPath, await readChosenConfig(folder, choices))
  const isReady = target.listening ? await saveAndReload(folder, target) : await saveChanged(folder)
  if (!isReady) return
  if (before !== null) await restoreSeededData(headroom, folder, before)
  await offerLoadTest(headroom, inspector, route, {
    again: true,
    ...(before === null ? {} : { repeat: before }),
  })
}

/** Saves the documents of a folder that have changes. True where all are on disk. */
async function saveChanged(folder: vscode.WorkspaceFolder): Promise<true> {
  const changed = vscode.workspace.textDocuments.filter(
    ({ isDirty, isUntitled, uri }) =>
      isDirty &&
      !isUntitled &&
      vscode.workspace.getWorkspaceFolder(uri)?.uri.toString() === folder.uri.toString(),
  )
  for (const document of changed) {
    if (await document.save()) continue
    const file = vscode.workspace.asRelativePath(document.uri)
    throw new Failure('HR_NOT_SAVED', vscode.l10n.t('{0} could not be saved. Save it, then run again.', file))
  }
  return true
}

/** True where the server runs the new code, as far as can be seen or as the user says. */
async function saveAndReload(
  folder: vscode.WorkspaceFolder,
  place: { readonly host: string; readonly port: number },
): Promise<boolean> {
  const { workflows } = await import('./workflows.ts')
  const { watchForReload } = await workflows.serverReload()
  using watch = await watchForReload(place)
  await saveChanged(folder)
  const title = vscode.l10n.t('Waiting for the server on port {0} to reload', place.port)
  const reloaded = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_progress, token) => {
      const cancelled = new AbortController()
      token.onCancellationRequested(() => cancelled.abort())
      return watch.reloaded(AbortSignal.any([cancelled.signal, AbortSignal.timeout(reloadMillis)]))
    },
  )
  return reloaded || (await askWhetherRestarted(watch, place.port))
}

/** Asks, and goes on by itself where the server comes back meanwhile. */
async function askWhetherRestarted(
  watch: { reloaded(signal: AbortSignal): Promise<boolean> },
  port: number,
): Promise<boolean> {
  const restarted = vscode.l10n.t('I Restarted It')
  const asked = new AbortController()
  const answer = vscode.window.showWarningMessage(
    vscode.l10n.t(
      'The server on port {0} was not started by Headroom and has not reloaded since the fix was saved. Restart it to measure the new code.',
      port,
    ),
    restarted,
  )
  const said = (async () => (await answer) === restarted)()
  const isReady = await Promise.race([said, watch.reloaded(asked.signal)])
  asked.abort()
  return isReady
}
