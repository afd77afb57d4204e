import type { DocumentSelector, TextDocument } from 'vscode'

const inspected = ['typescript', 'typescriptreact', 'javascript', 'javascriptreact'] as const

/** Selects the documents that Headroom reads: those on disk, in the languages the analysis knows. */
export const inspectedDocuments: DocumentSelector = inspected.map((language) => ({
  language,
  scheme: 'file',
}))

/** Whether a document is one of {@link inspectedDocuments}. */
export function isInspected(document: TextDocument): boolean {
  return document.uri.scheme === 'file' && (inspected as readonly string[]).includes(document.languageId)
}
