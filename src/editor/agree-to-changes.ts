import { stat } from 'node:fs/promises'
import * as vscode from 'vscode'
import { fileUri } from './places.ts'

const scheme = 'headroom-changes'

/** A file as it is and as it is to become; null stands for no file. `file` is relative to the folder. */
export interface PlannedFile {
  readonly file: string
  readonly before: string | null
  readonly after: string | null
}

/** The question before files are written. */
export interface ChangeQuestion {
  readonly message: string
  /** Lines that stand below the message. */
  readonly detail: string
  /** The button that agrees. */
  readonly go: string
  /** Of the editor with the differences. */
  readonly title: string
}

/** Texts of earlier questions may still be in an editor: each question's have an address of their own. */
let questions = 0

/** Asks whether files may be written; what changes in them can be looked at first. */
export async function agreeToChanges(
  folder: vscode.WorkspaceFolder,
  files: readonly PlannedFile[],
  { message, detail, go, title }: ChangeQuestion,
): Promise<boolean> {
  const show = vscode.l10n.t('Show Changes')
  const chosen = await vscode.window.showInformationMessage(message, { modal: true, detail }, show, go)
  if (chosen !== show) return chosen === go
  const provider = await showChanges(folder, files, title)
  try {
    // Not modal, so that the changes can be read.
    return (await vscode.window.showInformationMessage(message, go)) === go
  } finally {
    await closeChanges(title)
    provider.dispose()
  }
}

/** Opens the changes as one diff editor; its texts are given until the result is disposed. */
async function showChanges(
  folder: vscode.WorkspaceFolder,
  files: readonly PlannedFile[],
  title: string,
): Promise<vscode.Disposable> {
  questions += 1
  const texts = new Map<string, string>()
  const given = (uri: vscode.Uri, side: string, text: string | null): vscode.Uri | undefined => {
    if (text === null) return undefined
    const address = uri.with({ scheme, query: `${side}-${questions}` })
    texts.set(address.toString(), text)
    return address
  }
  const shown = files.map(({ file, before, after }) => {
    const uri = fileUri(folder, file)
    return [uri, given(uri, 'before', before), given(uri, 'after', after)] as const
  })
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? null,
  })
  await vscode.commands.executeCommand('vscode.changes', title, shown)
  return provider
}

async function closeChanges(title: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs)
  // An editor of several diffs has no type of its own yet.
  const diffs = tabs.filter(
    ({ input, label }) => label.startsWith(title) && !(input instanceof vscode.TabInputText),
  )
  await vscode.window.tabGroups.close(diffs)
}

/** What becomes of each file, a line each. */
export function listChanges(files: readonly PlannedFile[]): string[] {
  return files.map(({ file, before, after }) => {
    if (after === null) return vscode.l10n.t('{0}: taken away', file)
    return before === null ? vscode.l10n.t('{0}: new', file) : vscode.l10n.t('{0}: changed', file)
  })
}

/** Whether files may be written: none has unsaved text, and none is read-only. Where one is, that is said. */
export async function areWritable(
  folder: vscode.WorkspaceFolder,
  files: readonly PlannedFile[],
): Promise<boolean> {
  for (const { file } of files) {
    const uri = fileUri(folder, file)
    const isUnsaved = vscode.workspace.textDocuments.some(
      (document) => document.isDirty && document.uri.toString() === uri.toString(),
    )
    // Asked of the file itself: who may write to its folder could still put another in its place.
    const isReadOnly = await stat(uri.fsPath).then(
      ({ mode }) => (mode & 0o222) === 0,
      () => false,
    )
    if (!isUnsaved && !isReadOnly) continue
    const message = isUnsaved
      ? vscode.l10n.t('{0} has unsaved changes. Save it, then try again. Nothing was written.', file)
      : vscode.l10n.t('{0} is read-only. Make it writable, then try again. Nothing was written.', file)
    void vscode.window.showWarningMessage(message)
    return false
  }
  return true
}
