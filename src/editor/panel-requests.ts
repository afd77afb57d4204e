import * as vscode from 'vscode'
import { chooseOtherRun, showCompared } from './compare-runs.ts'
import { fixAndRerun } from './fix-and-rerun.ts'
import type { Headroom } from './headroom.ts'
import type { PanelContent } from './panel-content.ts'
import type { PanelRequest } from './panel.ts'
import { actOnFailure, offerLoadTest } from './perform-load-test.ts'
import { pinRun } from './pin-run.ts'
import { fileUri, lineStart, reveal } from './places.ts'
import { copyMarkdown, saveImage, saveReport } from './save-results.ts'
import { setBudget } from './set-budget.ts'

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
      return offerLoadTest(headroom, inspector, route, { again: true })
    case 'failure-action': {
      const { id, argument } = request
      return actOnFailure(headroom, inspector, content, {
        id,
        title: id,
        ...(argument === null ? {} : { argument }),
      })
    }
    case 'show-fix':
      return fixAndRerun(headroom, content, request)
    case 'set-budget':
      await setBudget(headroom, inspector, route, content.run)
      return
    case 'save-image':
      return saveImage(content, request)
    default:
      return answerOnRun(headroom, request, content)
  }
}

/** What needs a result to be carried out on. */
async function answerOnRun(
  headroom: Headroom,
  { kind }: Pick<PanelRequest, 'kind'>,
  content: PanelContent,
): Promise<void> {
  const { folder, route, run } = content
  if (run === null) {
    await vscode.window.showInformationMessage(vscode.l10n.t('{0} has no result yet.', route))
    return
  }
  if (kind === 'copy-markdown') await copyMarkdown(content, run)
  if (kind === 'save-report') await saveReport(content, run)
  if (kind === 'pin-baseline') await pinRun(folder, run)
  if (kind === 'compare') {
    const other = await chooseOtherRun(folder, run)
    if (other !== null) await showCompared(headroom, folder, [run, other])
  }
}
