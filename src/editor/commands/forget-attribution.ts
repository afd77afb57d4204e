import * as vscode from 'vscode'
import { chooseInspector, type Command } from '../headroom.ts'

/** Forgets who wrote what in a folder, after a yes. */
export const forgetAttribution: Command = {
  id: 'headroom.forgetAttribution',
  async run(headroom) {
    const inspector = await chooseInspector(headroom)
    if (inspector === null) return
    const { folder } = inspector
    const forget = vscode.l10n.t('Forget')
    const message = vscode.l10n.t('Forget who wrote which lines in {0}?', folder.name)
    const detail = vscode.l10n.t(
      "What the editor and agents' hooks have noted is deleted. Labels that come from commits stay.",
    )
    if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, forget)) !== forget) return
    await headroom.provenance.forget(folder)
  },
}
