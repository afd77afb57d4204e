import * as vscode from 'vscode'
import type { Run } from '../model/run.ts'

/** Makes a run the baseline of its route, in a file that is committed with the code. Throws what keeps it from being one. */
export async function pinRun(folder: vscode.WorkspaceFolder, run: Run): Promise<void> {
  const { workflows } = await import('./workflows.ts')
  const { pinBaseline } = await workflows.baselines()
  await pinBaseline(folder.uri.fsPath, run)
  vscode.window.setStatusBarMessage(
    vscode.l10n.t('$(pinned) {0}: this run is the baseline now.', run.route),
    5000,
  )
}
