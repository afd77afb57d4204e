import assert from 'node:assert/strict'
import * as vscode from 'vscode'

/** A file of the open workspace, by its path from the workspace's folder. */
export function sampleUri(path: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? []
  assert.ok(folder, 'no workspace is open')
  return vscode.Uri.joinPath(folder.uri, path)
}

/** Opens a file of the sample in an editor. */
export async function openSample(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(sampleUri(path)))
}

/** The line, from 0, that holds `text` first. */
export function lineOf(document: vscode.TextDocument, text: string): number {
  const offset = document.getText().indexOf(text)
  assert.notEqual(offset, -1, `${text} is not in ${document.fileName}`)
  return document.positionAt(offset).line
}

/** Headroom's diagnostics of a file, once `accept` is content with them. */
export async function diagnosticsOf(
  uri: vscode.Uri,
  accept: (found: readonly vscode.Diagnostic[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  const read = () => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Headroom')
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      subscription.dispose()
      reject(new Error(`The diagnostics stayed ${JSON.stringify(read())}`))
    }, 20_000)
    const check = () => {
      const found = read()
      if (!accept(found)) return
      clearTimeout(limit)
      subscription.dispose()
      resolve(found)
    }
    const subscription = vscode.languages.onDidChangeDiagnostics(check)
    check()
  })
}

/** The rule that a diagnostic of Headroom's names. */
export function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code)
}

/** Ends all changes to the open files that nobody saved. */
export async function revertAll(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isDirty) continue
    await vscode.window.showTextDocument(document)
    await vscode.commands.executeCommand('workbench.action.files.revert')
  }
}
