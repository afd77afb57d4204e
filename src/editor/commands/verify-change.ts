import * as vscode from 'vscode'
import { Failure } from '../../model/failure.ts'
import type { Verification } from '../../model/verification.ts'
import type { ChangedFile } from '../../workflows/verify/before-tree.ts'
import type { OrderOf, ProgressOf } from '../../workflows/calls.ts'
import type { ProjectConfig } from '../../workflows/config.ts'
import { chooseRoute } from '../choose-route.ts'
import { thrownFailure } from '../failures.ts'
import { chooseInspector, isTrusted, type Command, type Headroom } from '../headroom.ts'
import type { Inspector } from '../inspector.ts'
import { relativeFile } from '../places.ts'
import { readChosenConfig } from '../load-test-session.ts'
import { asRouteReference } from '../route-reference.ts'
import { showVerification } from '../show-verification.ts'

type Order = OrderOf<'verifyUnderLoad'>
type Progress = ProgressOf<'verifyUnderLoad'>

/** The code before a change, as the command takes it. */
const commitBefore = 'HEAD'

/** A turn takes so long where the settings don't ask for shorter steps. */
const longestTurnSeconds = 3

/** The folders in which a change is being verified: two at once would disturb each other. */
const verifying = new Set<string>()

/** Verifies what has changed since the last commit: in the code, in the answers, and under the same load in turn. */
export const verifyChange: Command = {
  id: 'headroom.verifyChange',
  async run(headroom, argument) {
    if (!(await isTrusted(vscode.l10n.t('Verifying a change')))) return
    const reference = asRouteReference(argument)
    const inspector = await chooseInspector(headroom, reference?.folder)
    if (inspector === null) return
    const root = inspector.folder.uri.fsPath
    const busy = whatDisturbs(headroom, root)
    if (busy !== null) {
      void vscode.window.showInformationMessage(busy)
      return
    }
    const change = await findChange(inspector.folder)
    if (change === null) return
    const key = reference?.route ?? (await chooseRoute(inspector))
    if (key === null) return
    const order = await prepare(headroom, inspector, key, change)
    if (order === null) return
    verifying.add(root)
    const ran = await verify(key, order).finally(() => verifying.delete(root))
    if (ran === null) {
      const message = vscode.l10n.t('The verification was cancelled. Nothing was changed.')
      vscode.window.setStatusBarMessage(message, 5_000)
    } else
      await showVerification(inspector.folder, ran.verification, { files: order.files, remarks: ran.remarks })
  },
}

/** What runs already and would be measured too, as a sentence; null where nothing does. */
function whatDisturbs({ loadTests: { running } }: Headroom, root: string): string | null {
  if (running !== null) {
    return vscode.l10n.t(
      'A load test of {0} is running. Two at once would disturb each other.',
      running.route,
    )
  }
  return verifying.has(root)
    ? vscode.l10n.t('A change is being verified. Two at once would disturb each other.')
    : null
}

interface Change {
  /** As on disk. */
  readonly files: readonly ChangedFile[]
  /** Open and not saved yet: no part of the files that the server is started from. */
  readonly unsaved: readonly vscode.TextDocument[]
}

/** What differs from the last commit, with what would once it is saved. Null where nothing does, which is said. */
async function findChange(folder: vscode.WorkspaceFolder): Promise<Change | null> {
  const unsaved = vscode.workspace.textDocuments.filter(
    ({ isDirty, isUntitled, uri }) =>
      isDirty &&
      !isUntitled &&
      vscode.workspace.getWorkspaceFolder(uri)?.uri.toString() === folder.uri.toString(),
  )
  const files = await changedFiles(folder.uri.fsPath)
  if (files.length > 0 || unsaved.length > 0) return { files, unsaved }
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Nothing has changed since the last commit, so that there is nothing to verify.'),
  )
  return null
}

async function changedFiles(root: string): Promise<readonly ChangedFile[]> {
  const { workflows } = await import('../workflows.ts')
  const { callApart } = await workflows.apart()
  const order = { root, ref: commitBefore }
  return callApart('findChange', order, () => undefined, new AbortController().signal).catch(
    (error: unknown) => {
      if (thrownFailure(error).code === 'HR_NO_CHANGE') return []
      throw error
    },
  )
}

/** Asks what has to be agreed to; then everything is on disk. Null where the user turned away, or nothing differs any more. */
async function prepare(
  headroom: Headroom,
  { folder }: Inspector,
  key: string,
  change: Change,
): Promise<Order | null> {
  const root = folder.uri.fsPath
  const { baseUrl, body, parameters } = headroom.loadTests.choices({
    folder: folder.uri.toString(),
    route: key,
  })
  const config = await readChosenConfig(folder, baseUrl === undefined ? {} : { baseUrl })
  const agreed = await agree(key, change, folder, config)
  if (agreed === null) return null
  const { unsaved } = change
  for (const document of unsaved) await save(document)
  const saved = unsaved.length === 0 ? change : await findChange(folder)
  if (saved === null) return null
  const { stepSeconds } = config
  return {
    root,
    config,
    // The endpoint needn't be found in the code: the change may be what broke it.
    route: key.replace(/^ALL /, 'GET '),
    files: saved.files,
    start: true,
    ...agreed,
    ...(stepSeconds === undefined ? {} : { secondsPerTurn: Math.min(stepSeconds, longestTurnSeconds) }),
    ...(body === undefined ? {} : { body }),
    ...(parameters === undefined ? {} : { parameters }),
  }
}

async function save(document: vscode.TextDocument): Promise<void> {
  if (await document.save()) return
  const file = vscode.workspace.asRelativePath(document.uri)
  throw new Failure('HR_NOT_SAVED', vscode.l10n.t('{0} could not be saved. Save it, then run again.', file))
}

/** Null where it was cancelled. */
async function verify(
  key: string,
  order: Order,
): Promise<{ readonly verification: Verification; readonly remarks: readonly string[] } | null> {
  const { workflows } = await import('../workflows.ts')
  const { callApart } = await workflows.apart()
  const remarks: string[] = []
  const title = vscode.l10n.t('Verifying the change of {0}', key)
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const cancelled = new AbortController()
      token.onCancellationRequested(() => cancelled.abort())
      const tell = (now: Progress): void => {
        if (now.serverSaid !== undefined) remarks.push(now.serverSaid)
        progress.report({ message: progressText(now) })
      }
      try {
        return { verification: await callApart('verifyUnderLoad', order, tell, cancelled.signal), remarks }
      } catch (error) {
        if (cancelled.signal.aborted) return null
        throw error
      }
    },
  )
}

function progressText({ activity, secondsLeft }: Progress): string {
  return secondsLeft === null ? activity : vscode.l10n.t('{0}, about {1} s left', activity, secondsLeft)
}

interface Agreement {
  readonly contractChange: boolean
  readonly writes: boolean
}

/** The one question: what will be started and compared. Null where the user turned away. */
async function agree(
  key: string,
  { files, unsaved }: Change,
  folder: vscode.WorkspaceFolder,
  config: ProjectConfig,
): Promise<Agreement | null> {
  const { workflows } = await import('../workflows.ts')
  const { findTarget } = await workflows.target()
  const { needsConsent } = await workflows.consent()
  const { startCommand, listening, port } = await findTarget(folder.uri.fsPath, config)
  if (listening) throw somebodyListens(port)
  const unsavedNames = unsaved.map(({ uri }) => relativeFile(folder, uri))
  const names = shortList([...new Set([...files.map(({ file }) => file), ...unsavedNames])])
  const items = [
    {
      label: vscode.l10n.t('$(verified) The answers stay the same'),
      description:
        unsaved.length === 0 ? names : vscode.l10n.t('{0} (unsaved changes are saved first)', names),
      detail:
        startCommand === null
          ? vscode.l10n.t('No command is known that starts the server: only the code is checked.')
          : vscode.l10n.t('Starts `{0}` in turn from copies of the code before and after.', startCommand),
      contractChange: false,
    },
    {
      label: vscode.l10n.t('$(diff) What clients get is meant to change'),
      description: vscode.l10n.t('as with pagination'),
      contractChange: true,
    },
  ]
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Verify what changed since the last commit: {0}', key),
    placeHolder: vscode.l10n.t('Are clients to get the same answers as before?'),
    ignoreFocusOut: true,
  })
  if (picked === undefined) return null
  const writes = needsConsent(key.split(' ')[0] ?? '')
  if (writes && !(await agreesToWrites(key))) return null
  return { contractChange: picked.contractChange, writes }
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ')
  return names.length > 3 ? `${shown} …` : shown
}

function somebodyListens(port: number): Failure {
  return new Failure(
    'HR_NOT_OURS',
    vscode.l10n.t(
      'A server listens on port {0} already. Stop it: Headroom starts the code before and after the change in turn.',
      port,
    ),
    { exitCode: 3 },
  )
}

async function agreesToWrites(key: string): Promise<boolean> {
  const send = vscode.l10n.t('Send the Requests')
  const message = vscode.l10n.t('{0} changes data, and is sent many times over. Verify it?', key)
  return (await vscode.window.showWarningMessage(message, { modal: true }, send)) === send
}
