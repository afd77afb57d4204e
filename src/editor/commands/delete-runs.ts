import * as vscode from 'vscode'
import type { Command } from '../headroom.ts'
import { asRunReferences, findKeptRun } from '../kept-runs.ts'

/** Deletes kept runs after a yes. */
export const deleteRuns: Command = {
  id: 'headroom.deleteRuns',
  async run(_headroom, clicked, selected) {
    const found = await Promise.all(asRunReferences(clicked, selected).map(findKeptRun))
    const runs = found.filter((run) => run !== null)
    const [first] = runs
    if (first === undefined) return
    const remove = vscode.l10n.t('Delete')
    const message =
      runs.length === 1
        ? vscode.l10n.t('Delete this run of {0}?', first.entry.route)
        : vscode.l10n.t('Delete {0} runs?', runs.length)
    const detail = runs.some(({ entry }) => entry.baseline)
      ? vscode.l10n.t("This can't be undone. A baseline that was pinned from it stays.")
      : vscode.l10n.t("This can't be undone.")
    if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, remove)) !== remove) return
    const { workflows } = await import('../workflows.ts')
    const { deleteRun } = await workflows.history()
    for (const { place, run } of runs) await deleteRun(place.uri.fsPath, run)
  },
}
