import * as vscode from 'vscode'
import type { Command } from '../headroom.ts'

/** Opens a rule's page: what it finds, why that hurts, when it is fine. */
export const showRule: Command = {
  id: 'headroom.showRule',
  async run({ extensionUri }, rule) {
    if (typeof rule !== 'string' || !/^[a-z0-9-]+$/.test(rule)) return
    const page = vscode.Uri.joinPath(extensionUri, 'docs', 'rules', `${rule}.md`)
    await vscode.commands.executeCommand('markdown.showPreview', page)
  },
}
