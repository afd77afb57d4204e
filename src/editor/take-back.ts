import * as vscode from 'vscode'
import type { ChangedFile } from '../workflows/verify/before-tree.ts'
import { fileUri } from './places.ts'

const mostNames = 15

/**
 * Takes a change back after a yes: the texts before it in one edit that one undo brings back, of those files only that still
 * hold the text after it. Files that the change made stay; the user is told of everything that does.
 */
export async function takeBack(folder: vscode.WorkspaceFolder, files: readonly ChangedFile[]): Promise<void> {
  if (!(await agreed(files))) return
  const edit = new vscode.WorkspaceEdit()
  const opened: vscode.TextDocument[] = []
  const back: string[] = []
  const kept: string[] = []
  for (const { file, before, after } of files) {
    const uri = fileUri(folder, file)
    const document = after === null ? null : await openText(uri)
    if (before !== null && after === null) {
      edit.createFile(uri, { contents: new TextEncoder().encode(before), ignoreIfExists: true })
      back.push(file)
    } else if (before !== null && document !== null && document.getText() === after) {
      const whole = new vscode.Range(document.positionAt(0), document.positionAt(after.length))
      edit.replace(uri, whole, before)
      opened.push(document)
      back.push(file)
    } else kept.push(file)
  }
  if (edit.size > 0 && !(await vscode.workspace.applyEdit(edit))) {
    void vscode.window.showErrorMessage(vscode.l10n.t('The editor refused the edit. Nothing was changed.'))
    return
  }
  for (const document of opened) await document.save()
  const messages = [
    ...(back.length === 0 ? [] : [vscode.l10n.t('Taken back: {0}.', back.join(', '))]),
    ...(kept.length === 0
      ? []
      : [
          vscode.l10n.t(
            'Left as they are, because they are new or have changed meanwhile: {0}.',
            kept.join(', '),
          ),
        ]),
  ]
  void vscode.window.showInformationMessage(messages.join(' '))
}

/** The change is all that differs from the last commit, which may be more than what was looked at. */
async function agreed(files: readonly ChangedFile[]): Promise<boolean> {
  const names = files.filter(({ before }) => before !== null).map(({ file }) => file)
  const more = names.length - mostNames
  const revert = vscode.l10n.t('Revert Change')
  const detail = [
    ...names.slice(0, mostNames),
    ...(more > 0 ? [vscode.l10n.t('{0} more', more)] : []),
    '',
    vscode.l10n.t('Undo brings the texts back. New files stay.'),
  ].join('\n')
  const message = vscode.l10n.t('Put these files back to the last commit?')
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, revert)) === revert
}

/** Null for a file that can't be opened as text any more. */
async function openText(uri: vscode.Uri): Promise<vscode.TextDocument | null> {
  try {
    return await vscode.workspace.openTextDocument(uri)
  } catch {
    return null
  }
}
