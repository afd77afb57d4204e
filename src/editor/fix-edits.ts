import { readFile } from 'node:fs/promises'
import * as vscode from 'vscode'
import type { Finding, Fix } from '../model/finding.ts'
import type { FileEdit, Overlay } from '../model/source.ts'
import type { Inspector } from './inspector.ts'
import { fileUri } from './places.ts'

/** A fix on the documents that it changes. */
export interface DocumentFix {
  readonly fix: Fix
  readonly documents: readonly {
    readonly document: vscode.TextDocument
    readonly edits: readonly FileEdit[]
  }[]
}

/**
 * Carries a fix out on the text that stands in the editor, and opens the documents it changes. Where a document reads
 * otherwise than its file (mixed line ends, a byte order mark), the fix is made again on the document's own text.
 */
export async function fixDocuments(
  inspector: Inspector,
  finding: Finding,
  fixId: string,
): Promise<DocumentFix> {
  const first = await inspector.fix(finding, fixId)
  const documents = await openAll(inspector.folder, first)
  const overlays = await Promise.all(documents.map(differsFromDisk))
  const differing = overlays.filter((overlay) => overlay !== null)
  const fix = differing.length === 0 ? first : await inspector.fix(finding, fixId, differing)
  return {
    fix,
    documents: documents.map(({ file, document }) => ({
      document,
      edits: fix.edits.filter((edit) => edit.file === file),
    })),
  }
}

interface OpenFile {
  readonly file: string
  readonly document: vscode.TextDocument
}

async function openAll(folder: vscode.WorkspaceFolder, fix: Fix): Promise<OpenFile[]> {
  const files = [...new Set(fix.edits.map(({ file }) => file))]
  return Promise.all(
    files.map(async (file) => ({
      file,
      document: await vscode.workspace.openTextDocument(fileUri(folder, file)),
    })),
  )
}

async function differsFromDisk({ file, document }: OpenFile): Promise<Overlay | null> {
  if (document.isDirty) return null
  const text = document.getText()
  const onDisk = await readFile(document.uri.fsPath, 'utf8')
  return onDisk === text ? null : { file, text }
}

/** One undoable change over all documents of a fix. */
export function workspaceEdit({ documents }: DocumentFix): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit()
  for (const { document, edits } of documents) {
    edit.set(
      document.uri,
      edits.map(({ start, end, text }) =>
        vscode.TextEdit.replace(new vscode.Range(document.positionAt(start), document.positionAt(end)), text),
      ),
    )
  }
  return edit
}
