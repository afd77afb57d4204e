import { readFile, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as vscode from 'vscode'
import type { Route } from '../../model/route.ts'
import type { TaughtFile, Teaching } from '../../workflows/teach/teach.ts'
import { agreeToChanges, areWritable, listChanges } from '../agree-to-changes.ts'
import { chooseInspector, isTrusted, type Command } from '../headroom.ts'
import { fileUri } from '../places.ts'
import { folderOf } from '../route-reference.ts'

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
    const changed = changedIn(teaching)
    if (changed.length === 0) {
      const files = teaching.files.map(({ file }) => file).join(', ')
      void vscode.window.showInformationMessage(vscode.l10n.t('{0}: up to date.', files))
      return
    }
    if (!(await agreed(folder, teaching)) || !(await areWritable(folder, changed))) return
    const { workflows } = await import('../workflows.ts')
    const { writeTeaching } = await workflows.teach()
    // What has been agreed to, edits by hand included.
    const written = await writeTeaching(teaching, { force: true })
    await tellWritten(folder, teaching, written)
  },
}

function changedIn({ files }: Teaching): readonly TaughtFile[] {
  return files.filter(({ before, after }) => before !== after)
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
      try {
        const teaching = await callApart('planTeaching', order, () => undefined, abort.signal)
        return abort.signal.aborted ? null : teaching
      } catch (error) {
        if (abort.signal.aborted) return null
        throw error
      }
    },
  )
}

/** Whether the changes may be written; they can be looked at first. */
async function agreed(folder: vscode.WorkspaceFolder, teaching: Teaching): Promise<boolean> {
  const changed = changedIn(teaching)
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
  return agreeToChanges(folder, changed, {
    message,
    detail: [
      ...listChanges(changed),
      ...(teaching.remarks.length === 0 ? [] : ['', ...teaching.remarks]),
    ].join('\n'),
    go: edited.length === 0 ? vscode.l10n.t('Write') : vscode.l10n.t('Replace'),
    title: vscode.l10n.t('What assistants will read'),
  })
}

async function tellWritten(
  folder: vscode.WorkspaceFolder,
  teaching: Teaching,
  files: readonly string[],
): Promise<void> {
  const [open, undo] = [vscode.l10n.t('Open'), vscode.l10n.t('Undo')]
  const message = vscode.l10n.t(
    'Written: {0}. Commit this, so that every assistant reads it.',
    files.join(', '),
  )
  const [first] = files
  const chosen = await vscode.window.showInformationMessage(message, open, undo)
  if (chosen === open && first !== undefined) await vscode.window.showTextDocument(fileUri(folder, first))
  if (chosen === undo && (await areWritable(folder, changedIn(teaching)))) await takeBack(teaching)
}

/** Puts the files back as they were. Throws `HR_TEACH_CHANGED` where one that was there before has been changed since. */
async function takeBack(teaching: Teaching): Promise<void> {
  const { workflows } = await import('../workflows.ts')
  const { writeTeaching } = await workflows.teach()
  const changed = changedIn(teaching)
  const files = changed.flatMap(({ file, before, after }): TaughtFile[] =>
    before === null ? [] : [{ file, before: after, after: before, state: 'outdated' }],
  )
  const back = [...(await writeTeaching({ ...teaching, files }))]
  const kept: string[] = []
  for (const each of changed.filter(({ before }) => before === null)) {
    const isRemoved = await removeMade(teaching.root, each)
    ;(isRemoved ? back : kept).push(each.file)
  }
  const messages = [
    ...(back.length === 0 ? [] : [vscode.l10n.t('As before: {0}.', back.join(', '))]),
    ...(kept.length === 0 ? [] : [vscode.l10n.t('Changed since, and left as it is: {0}.', kept.join(', '))]),
  ]
  void vscode.window.showInformationMessage(messages.join(' '))
}

/** Whether a file that was made is gone now, with the folders that held nothing else; one that somebody has changed since stays. */
async function removeMade(root: string, { file, after }: TaughtFile): Promise<boolean> {
  const path = join(root, file)
  if ((await readFile(path, 'utf8').catch(() => null)) !== after) return false
  await rm(path)
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) {
    await rmdir(join(root, folder)).catch(() => undefined)
  }
  return true
}
