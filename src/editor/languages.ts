import * as vscode from 'vscode'

const inspected = ['typescript', 'typescriptreact', 'javascript', 'javascriptreact'] as const

const builtFolders = /(^|\/)(node_modules|dist|build|out|coverage|\.git|\.headroom)\//

/** Selects the documents that Headroom reads: those on disk, in the languages the analysis knows. */
export const inspectedDocuments: vscode.DocumentSelector = inspected.map((language) => ({
  language,
  scheme: 'file',
}))

/** Whether a document is one of {@link inspectedDocuments}. */
export function isInspected(document: vscode.TextDocument): boolean {
  return document.uri.scheme === 'file' && (inspected as readonly string[]).includes(document.languageId)
}

/** Whether a file or folder is a product of a build, or of tools, by its path inside its workspace folder. */
export function isBuilt(uri: vscode.Uri): boolean {
  return builtFolders.test(`${vscode.workspace.asRelativePath(uri, false)}/`)
}

/** Whether a file that isn't open would be one of {@link inspectedDocuments}, and is no product of a build. */
export function isInspectedFile(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && /\.[cm]?[jt]sx?$/.test(uri.path) && !isBuilt(uri)
}
