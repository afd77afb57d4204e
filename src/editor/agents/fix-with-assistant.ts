import { readFile } from 'node:fs/promises'
import * as vscode from 'vscode'
import type { Finding } from '../../model/finding.ts'
import { readChosenConfig } from '../load-test-session.ts'
import type { Headroom } from '../headroom.ts'
import type { Inspector } from '../inspector.ts'
import { fileUri, spanRange } from '../places.ts'
import { budgetInForce } from '../set-budget.ts'

/** Opens the chat at the finding with what is known of it, to be looked at and sent; without a chat the request is copied. */
export async function fixWithAssistant(
  headroom: Headroom,
  inspector: Inspector,
  finding: Finding,
): Promise<void> {
  const message = await promptFor(headroom, inspector, finding)
  const document = await vscode.workspace.openTextDocument(fileUri(inspector.folder, finding.file))
  if (await hasEditorChat()) {
    const range = spanRange(finding)
    const cursor = withoutDiagnostics(document.uri, range.start.line)
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(cursor, cursor) })
    const initialSelection = new vscode.Selection(range.start, range.end)
    const chat = { message, initialRange: range, initialSelection, autoSend: false }
    // It ends when the chat is closed, and the light bulb would show progress as long as it is waited for.
    void vscode.commands
      .executeCommand('vscode.editorChat.start', chat)
      .then(undefined, (error: unknown) => headroom.failures.present(error))
    return
  }
  await vscode.env.clipboard.writeText(message)
  void vscode.window.showInformationMessage(
    vscode.l10n.t('No chat was found here. The request is in the clipboard: paste it to your assistant.'),
  )
}

/**
 * The start of a line at which nothing is reported, from `line` upwards. Where the cursor stands in a diagnostic, the chat
 * attaches that and puts "Fix the attached problem" in the place of the message.
 */
function withoutDiagnostics(uri: vscode.Uri, line: number): vscode.Position {
  const taken = vscode.languages.getDiagnostics(uri).map(({ range }) => range)
  for (let free = line; free >= 0; free -= 1) {
    const start = new vscode.Position(free, 0)
    if (!taken.some((range) => range.contains(start))) return start
  }
  return new vscode.Position(line, 0)
}

async function promptFor(
  { extensionUri, history }: Headroom,
  inspector: Inspector,
  finding: Finding,
): Promise<string> {
  const { workflows } = await import('../workflows.ts')
  const { assistantPrompt, guidanceOf } = await workflows.assistantPrompt()
  const page = vscode.Uri.joinPath(extensionUri, 'docs', 'rules', `${finding.rule}.md`)
  const { folder } = inspector
  const { route } = finding
  return assistantPrompt({
    finding,
    kept: route === null ? null : history.latest(folder, route),
    budget: route === null ? null : await budgetInForce(inspector, route, await readChosenConfig(folder, {})),
    guidance: guidanceOf(await readFile(page.fsPath, 'utf8')),
  })
}

/** The command is there in every editor, and does nothing where the chat is turned off or no model answers it. */
async function hasEditorChat(): Promise<boolean> {
  if (vscode.workspace.getConfiguration('chat').get('disableAIFeatures') === true) return false
  const commands = await vscode.commands.getCommands(true)
  if (!commands.includes('inlineChat.start')) return false
  return (await vscode.lm.selectChatModels()).length > 0
}
