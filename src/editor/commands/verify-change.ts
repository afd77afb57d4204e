import * as vscode from 'vscode'
import { Failure } from '../../model/failure.ts'
import type { Verification } from '../../model/verification.ts'
import type { ChangedFile } from '../../workflows/verify/before-tree.ts'
import type { ProgressOf } from '../../workflows/calls.ts'
import { chooseRoute } from '../choose-route.ts'
import { chooseInspector, isTrusted, type Command, type Headroom } from '../headroom.ts'
import type { Inspector } from '../inspector.ts'
import { readChosenConfig } from '../load-test-session.ts'
import { asRouteReference } from '../route-reference.ts'
import { takeBack } from '../take-back.ts'
import { verificationDocument, verificationSentence } from '../verification-words.ts'

type Progress = ProgressOf<'verifyUnderLoad'>

/** The code before a change, as the command takes it. */
const commitBefore = 'HEAD'

/** Verifies what has changed since the last commit: in the code, in the answers, and under the same load in turn. */
export const verifyChange: Command = {
  id: 'headroom.verifyChange',
  async run(headroom, argument) {
    if (!(await isTrusted(vscode.l10n.t('Verifying a change')))) return
    const reference = asRouteReference(argument)
    const inspector = await chooseInspector(headroom, reference?.folder)
    if (inspector === null) return
    const key = reference?.route ?? (await chooseRoute(inspector))
    if (key === null) return
    try {
      await verify(headroom, inspector, key)
    } catch (error) {
      await headroom.failures.present(error)
    }
  },
}

/** The endpoint needn't be found in the code: the change may be what broke it. */
async function verify(headroom: Headroom, inspector: Inspector, key: string): Promise<void> {
  const { folder } = inspector
  const root = folder.uri.fsPath
  // What isn't saved is no part of the files that the server is started from.
  await vscode.workspace.saveAll(false)
  const { workflows } = await import('../workflows.ts')
  const { callApart } = await workflows.apart()
  const files = await callApart(
    'findChange',
    { root, ref: commitBefore },
    () => undefined,
    new AbortController().signal,
  )
  const { baseUrl, body, parameters } = headroom.loadTests.choices({
    folder: folder.uri.toString(),
    route: key,
  })
  const config = await readChosenConfig(folder, baseUrl === undefined ? {} : { baseUrl })
  const agreed = await agree(key, files, root, config)
  if (agreed === null) return
  const order = {
    root,
    config,
    route: key.replace(/^ALL /, 'GET '),
    files,
    start: true,
    ...agreed,
    ...(body === undefined ? {} : { body }),
    ...(parameters === undefined ? {} : { parameters }),
  }
  const title = vscode.l10n.t('Verifying the change of {0}', key)
  const remarks: string[] = []
  const verification = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token): Promise<Verification | null> => {
      const cancelled = new AbortController()
      token.onCancellationRequested(() => cancelled.abort())
      const tell = (now: Progress): void => {
        if (now.serverSaid !== undefined) remarks.push(now.serverSaid)
        progress.report({ message: progressText(now) })
      }
      try {
        return await callApart('verifyUnderLoad', order, tell, cancelled.signal)
      } catch (error) {
        if (cancelled.signal.aborted) return null
        throw error
      }
    },
  )
  if (verification !== null) await show(folder, verification, { files, remarks })
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
  files: readonly ChangedFile[],
  root: string,
  config: Awaited<ReturnType<typeof readChosenConfig>>,
): Promise<Agreement | null> {
  const { workflows } = await import('../workflows.ts')
  const { findTarget } = await workflows.target()
  const { needsConsent } = await workflows.consent()
  const { startCommand, listening, port } = await findTarget(root, config)
  if (listening) {
    throw new Failure(
      'HR_NOT_OURS',
      vscode.l10n.t(
        'A server listens on port {0} already. Stop it: Headroom starts the code before and after the change in turn.',
        port,
      ),
      { exitCode: 3 },
    )
  }
  const names = files.slice(0, 3).map(({ file }) => file)
  const changed = files.length > names.length ? `${names.join(', ')} …` : names.join(', ')
  const detail =
    startCommand === null
      ? vscode.l10n.t('no command is known that starts the server: only the code is checked')
      : vscode.l10n.t('starts `{0}` in turn from copies of the code before and after', startCommand)
  const items = [
    {
      label: vscode.l10n.t('$(verified) The answers stay the same'),
      description: changed,
      detail,
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
    ignoreFocusOut: true,
  })
  if (picked === undefined) return null
  const writes = needsConsent(key.split(' ')[0] ?? '')
  if (writes && !(await agreesToWrites(key))) return null
  return { contractChange: picked.contractChange, writes }
}

async function agreesToWrites(key: string): Promise<boolean> {
  const send = vscode.l10n.t('Send the Requests')
  const message = vscode.l10n.t('{0} changes data, and is sent many times over. Verify it?', key)
  return (await vscode.window.showWarningMessage(message, { modal: true }, send)) === send
}

async function show(
  folder: vscode.WorkspaceFolder,
  verification: Verification,
  { files, remarks }: { readonly files: readonly ChangedFile[]; readonly remarks: readonly string[] },
): Promise<void> {
  const [details, revert] = [vscode.l10n.t('Show Details'), vscode.l10n.t('Revert Change')]
  const refuted = verification.verdict === 'refuted'
  const tell = refuted ? vscode.window.showWarningMessage : vscode.window.showInformationMessage
  const buttons = refuted ? [details, revert] : [details]
  const chosen = await tell(verificationSentence(verification), ...buttons)
  if (chosen === details) {
    const document = { content: verificationDocument(verification, remarks), language: 'markdown' }
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(document))
  }
  if (chosen === revert) await takeBack(folder, files)
}
