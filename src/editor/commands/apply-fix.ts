import * as vscode from 'vscode'
import type { Command } from '../headroom.ts'

/** Applies the fix whose diff is open. */
export const applyFix: Command = {
  id: 'headroom.applyFix',
  async run({ fixPreview }) {
    const applied = await fixPreview.apply()
    if (applied === null) return
    const [rerun, save] = [vscode.l10n.t('Save and Load Test Again'), vscode.l10n.t('Save')]
    const unsaved = applied.documents.map(({ document }) => document)
    const chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t('Applied: {0}. Undo takes it back.', applied.fix.title),
      rerun,
      save,
    )
    if (chosen === rerun) await applied.rerun()
    if (chosen === save) for (const document of unsaved) await document.save()
  },
}
