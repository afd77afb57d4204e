import type { DocumentSelector, TextDocument, Uri } from 'vscode'

const inspected = ['typescript', 'typescriptreact', 'javascript', 'javascriptreact'] as const

const builtFolders = /\/(node_modules|dist|build|out|coverage|\.git|\.headroom)\//

/** Selects the documents that Headroom reads: those on disk, in the languages the analysis knows. */
export const inspectedDocuments: DocumentSelector = inspected.map((language) => ({
  language,
  scheme: 'file',
}))

/** Whether a document is one of {@link inspectedDocuments}. */
export function isInspected(document: TextDocument): boolean {
  return document.uri.scheme === 'file' && (inspected as readonly string[]).includes(document.languageId)
}

/** Whether a file that isn't open would be one of {@link inspectedDocuments}, and is no product of a build. */
export function isInspectedFile({ scheme, path }: Uri): boolean {
  return scheme === 'file' && /\.[cm]?[jt]sx?$/.test(path) && !builtFolders.test(path)
}
