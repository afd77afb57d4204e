import * as vscode from 'vscode'
import { chooseInspector, type Command, type Headroom } from '../headroom.ts'
import { keptRunContent, type PanelContent } from '../panel-content.ts'
import { asRouteReference, type RouteReference } from '../route-reference.ts'

/** Opens the results panel: of the given route, else of what is running, else of a run the user picks. */
export const showResults: Command = {
  id: 'headroom.showResults',
  async run(headroom, argument) {
    const reference = asRouteReference(argument)
    const content =
      reference !== null
        ? contentOf(headroom, reference)
        : (headroom.loadTests.running ?? (await choose(headroom)))
    if (content !== null) headroom.panel.show(content)
  },
}

function contentOf(
  { loadTests, history, inspections }: Headroom,
  reference: RouteReference,
): PanelContent | null {
  const session = loadTests.last(reference)
  if (session !== null) return session
  const folder = inspections.of(vscode.Uri.parse(reference.folder))?.folder
  const kept = folder === undefined ? null : history.latest(folder, reference.route)
  return folder === undefined || kept === null ? null : keptRunContent(folder, kept.run)
}

async function choose(headroom: Headroom): Promise<PanelContent | null> {
  const inspector = await chooseInspector(headroom)
  if (inspector === null) return null
  await inspector.current()
  const kept = headroom.history.all(inspector.folder)
  if (kept.length === 0) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('No endpoint of this folder has been load tested yet.'),
    )
    return null
  }
  const folder = inspector.folder.uri.toString()
  const picked = await vscode.window.showQuickPick(
    kept.map(({ run }) => ({ label: run.route, detail: run.verdict.sentence })),
    { placeHolder: vscode.l10n.t('Run to show') },
  )
  return picked === undefined ? null : contentOf(headroom, { folder, route: picked.label })
}
