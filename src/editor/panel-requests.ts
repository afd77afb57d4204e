import * as vscode from 'vscode'
import type { Headroom } from './headroom.ts'
import type { PanelContent } from './panel-content.ts'
import type { PanelRequest } from './panel.ts'
import { actOnFailure, performLoadTest } from './perform-load-test.ts'
import { fileUri, lineStart, reveal } from './places.ts'

/** Carries out what the panel's buttons ask for. */
export function answerPanel(headroom: Headroom): vscode.Disposable {
  return headroom.panel.onDidRequest(({ request, content }) => {
    void answer(headroom, request, content).catch((error: unknown) => headroom.failures.present(error))
  })
}

async function answer(headroom: Headroom, request: PanelRequest, content: PanelContent): Promise<void> {
  const { inspections, loadTests } = headroom
  const { folder, route } = content
  const inspector = inspections.of(folder.uri)
  if (inspector === null) return
  switch (request.kind) {
    case 'stop':
      return loadTests.stop()
    case 'open-cause':
      return reveal(fileUri(folder, request.file), lineStart(request.line))
    case 'run-again':
      return performLoadTest(headroom, inspector, route, { again: true })
    case 'failure-action': {
      const { id, argument } = request
      return actOnFailure(headroom, inspector, content, {
        id,
        title: id,
        ...(argument === null ? {} : { argument }),
      })
    }
    case 'show-fix':
      return showFix(headroom, content, request)
  }
}

/** Opens the diff of the fix, and offers to apply it and to measure again. */
async function showFix(
  headroom: Headroom,
  { folder, route }: PanelContent,
  place: { readonly file: string; readonly line: number; readonly fix: string },
): Promise<void> {
  const { inspections, fixPreview } = headroom
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
  await fixPreview.show(inspector, offered.finding, offered.fix)
  const [apply, applyAndRun] = [vscode.l10n.t('Apply Fix'), vscode.l10n.t('Apply, Save and Load Test Again')]
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('{0}. Nothing is changed yet.', offered.fix.title),
    apply,
    applyAndRun,
  )
  if (chosen === undefined) return
  const applied = await fixPreview.apply()
  if (applied === null || chosen === apply) return
  for (const { document } of applied.documents) await document.save()
  await performLoadTest(headroom, inspector, route, { again: true })
}
