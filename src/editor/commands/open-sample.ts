import { join } from 'node:path'
import * as vscode from 'vscode'
import type { Command } from '../headroom.ts'

const sampleName = 'headroom-sample'

/** Copies the sample API into a folder of the user's choice and opens it. */
export const openSample: Command = {
  id: 'headroom.openSample',
  async run() {
    const [parent] =
      (await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        title: vscode.l10n.t('Where should the sample API go?'),
        openLabel: vscode.l10n.t('Copy Sample Here'),
      })) ?? []
    if (parent === undefined) return
    const { workflows } = await import('../workflows.ts')
    const { copySample } = await workflows.sample()
    const folder = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Copying the sample API') },
      () => copySample(join(parent.fsPath, sampleName)),
    )
    const isEmpty = vscode.workspace.workspaceFolders === undefined
    await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), {
      forceNewWindow: !isEmpty,
    })
  },
}
