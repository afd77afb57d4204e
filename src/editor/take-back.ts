import * as vscode from 'vscode'
import type { ChangedFile } from '../workflows/verify/before-tree.ts'

/**
 * Takes a change back: the texts before it in one edit that one undo brings back, of those files only that still hold the
 * text after it. Files that the change made stay; the user is told of everything that does.
 */
export async function takeBack(folder: vscode.WorkspaceFolder, files: readonly ChangedFile[]): Promise<void> {
  const edit = new vscode.WorkspaceEdit()
  const opened: vscode.TextDocument[] = []
  const kept: string[] = []
  for (const { file, before, after } of files) {
    const uri = vscode.Uri.joinPath(folder.uri, file)
    if (before === null) kept.push(file)
    else if (after === null) {
      edit.createFile(uri, { contents: new TextEncoder().encode(before), ignoreIfExists: true })
    } else {
      const document = await vscode.workspace.openTextDocument(uri)
      if (document.getText() === after) {
        const whole = new vscode.Range(document.positionAt(0), document.positionAt(after.length))
        edit.replace(uri, whole, before)
        opened.push(document)
      } else kept.push(file)
    }
  }
  if (edit.size > 0) await vscode.workspace.applyEdit(edit)
  for (const document of opened) await document.save()
  if (kept.length === 0) return
  await vscode.window.showInformationMessage(
    vscode.l10n.t('Left as they are, because they are new or have changed meanwhile: {0}.', kept.join(', ')),
  )
}
