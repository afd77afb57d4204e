import * as vscode from 'vscode'
import type { Span } from '../model/source.ts'

/** The document behind a project-relative file. */
export function fileUri(folder: vscode.WorkspaceFolder, file: string): vscode.Uri {
  return vscode.Uri.joinPath(folder.uri, file)
}

/** A document's path relative to its folder, with forward slashes, as all stages name files. */
export function relativeFile(folder: vscode.WorkspaceFolder, uri: vscode.Uri): string {
  return uri.path.slice(folder.uri.path.length).replace(/^\//, '')
}

/** A span as the editor counts: from 0. */
export function spanRange(span: Span): vscode.Range {
  return new vscode.Range(span.line - 1, span.column - 1, span.endLine - 1, span.endColumn - 1)
}

/** The start of a line, counted from 1. */
export function lineStart(line: number): vscode.Range {
  return new vscode.Range(line - 1, 0, line - 1, 0)
}

/** The text of a line without its indentation; of a file that isn't open, the line as a whole. */
export function lineRange(uri: vscode.Uri, line: number): vscode.Range {
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString())
  if (document === undefined || line > document.lineCount) {
    return new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER)
  }
  const { range, firstNonWhitespaceCharacterIndex } = document.lineAt(line - 1)
  return range.with(range.start.with({ character: firstNonWhitespaceCharacterIndex }))
}

/** Opens a file beside what else is open and puts the cursor there. */
export async function reveal(uri: vscode.Uri, range: vscode.Range): Promise<void> {
  const editors = vscode.window.visibleTextEditors
  const column = editors.find((editor) => editor.viewColumn !== undefined)?.viewColumn
  await vscode.window.showTextDocument(uri, {
    selection: new vscode.Range(range.start, range.start),
    viewColumn: column ?? vscode.ViewColumn.One,
  })
}
