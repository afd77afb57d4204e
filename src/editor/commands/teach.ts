import * as vscode from 'vscode'
import type { Route } from '../../model/route.ts'
import type { TaughtFile, Teaching } from '../../workflows/teach/teach.ts'
import { chooseInspector, isTrusted, type Command } from '../headroom.ts'
import { fileUri } from '../places.ts'
import { folderOf } from '../route-reference.ts'

const scheme = 'headroom-teach'

/** Writes what coding assistants must know of the project into AGENTS.md and what else they read, after showing what changes. */
export const teach: Command = {
  id: 'headroom.teach',
  async run(headroom, argument) {
    if (!(await isTrusted(vscode.l10n.t('Teaching the assistant')))) return
    const inspector = await chooseInspector(headroom, folderOf(argument))
    if (inspector === null) return
    const { folder } = inspector
    const teaching = await plan(folder, (await inspector.current())?.routes)
    if (teaching === null) return
    const changed = teaching.files.filter(({ before, after }) => before !== after)
    if (changed.length === 0) {
      const files = teaching.files.map(({ file }) => file).join(', ')
      void vscode.window.showInformationMessage(vscode.l10n.t('{0}: up to date.', files))
      return
    }
    if (!(await agreed(folder, teaching)) || !isSaved(folder, teaching)) return
    void tellWritten(folder, await write(teaching))
  },
}

/** In a thread of its own; null where it was cancelled. */
async function plan(
  folder: vscode.WorkspaceFolder,
  routes: readonly Route[] | undefined,
): Promise<Teaching | null> {
  const { workflows } = await import('../workflows.ts')
  const { callApart } = await workflows.apart()
  const abort = new AbortController()
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Reading what assistants must know of this project'),
      cancellable: true,
    },
    async (_progress, token) => {
      token.onCancellationRequested(() => abort.abort())
      const order = { root: folder.uri.fsPath, ...(routes === undefined ? {} : { routes }) }
      const teaching = await callApart('planTeaching', order, () => undefined, abort.signal)
      return token.isCancellationRequested ? null : teaching
    },
  )
}

/** Whether the changes may be written; they can be looked at first. */
async function agreed(folder: vscode.WorkspaceFolder, { files, remarks }: Teaching): Promise<boolean> {
  const changed = files.filter(({ before, after }) => before !== after)
  const edited = changed.filter(({ state }) => state === 'edited').map(({ file }) => file)
  const names = changed.map(({ file }) => file).join(', ')
  const message =
    edited.length === 0
      ? vscode.l10n.t('Write what coding assistants must know of this project to {0}?', names)
      : vscode.l10n.t(
          '{0} was edited by hand where Headroom writes. Replace that, and write to {1}?',
          edited.join(', '),
          names,
        )
  const [show, go] = [
    vscode.l10n.t('Show Changes'),
    edited.length === 0 ? vscode.l10n.t('Write') : vscode.l10n.t('Replace'),
  ]
  const detail = remarks.join('\n')
  const chosen = await vscode.window.showInformationMessage(message, { modal: true, detail }, show, go)
  if (chosen !== show) return chosen === go
  const provider = await showChanges(folder, changed)
  try {
    // Not modal, so that the changes can be read.
    return (await vscode.window.showInformationMessage(message, go)) === go
  } finally {
    provider.dispose()
  }
}

/** Opens the changes as one diff editor; its texts are given until the result is disposed. */
async function showChanges(
  folder: vscode.WorkspaceFolder,
  files: readonly TaughtFile[],
): Promise<vscode.Disposable> {
  const texts = new Map<string, string>()
  const shown = files.map(({ file, before, after }): [vscode.Uri, vscode.Uri, vscode.Uri] => {
    const uri = fileUri(folder, file)
    const old = uri.with({ scheme, query: 'before' })
    const wanted = uri.with({ scheme, query: 'after' })
    texts.set(old.toString(), before ?? '')
    texts.set(wanted.toString(), after)
    return [uri, old, wanted]
  })
  const provider = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? null,
  })
  await vscode.commands.executeCommand('vscode.changes', vscode.l10n.t('What assistants will read'), shown)
  return provider
}

/** Whether no file that would be written has unsaved text; where one has, that is said. */
function isSaved(folder: vscode.WorkspaceFolder, { files }: Teaching): boolean {
  const unsaved = files.find(({ file }) => {
    const uri = fileUri(folder, file).toString()
    return vscode.workspace.textDocuments.some(
      (document) => document.isDirty && document.uri.toString() === uri,
    )
  })
  if (unsaved === undefined) return true
  void vscode.window.showWarningMessage(
    vscode.l10n.t('{0} has unsaved changes. Save it, then try again. Nothing was written.', unsaved.file),
  )
  return false
}

/** What has been agreed to, edits by hand included. */
async function write(teaching: Teaching): Promise<readonly string[]> {
  const { workflows } = await import('../workflows.ts')
  const { writeTeaching } = await workflows.teach()
  return writeTeaching(teaching, { force: true })
}

async function tellWritten(folder: vscode.WorkspaceFolder, files: readonly string[]): Promise<void> {
  const open = vscode.l10n.t('Open')
  const message = vscode.l10n.t(
    'Written: {0}. Commit it, so that every assistant reads it.',
    files.join(', '),
  )
  const [first] = files
  if ((await vscode.window.showInformationMessage(message, open)) !== open || first === undefined) return
  await vscode.window.showTextDocument(fileUri(folder, first))
}
