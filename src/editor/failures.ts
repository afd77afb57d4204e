import * as vscode from 'vscode'
import { failureData, type Failure, type FailureAction, type FailureData } from '../model/failure.ts'
import type { FolderReference } from './route-reference.ts'

function isFailure(error: unknown): error is Failure {
  return error instanceof Error && error.name === 'Failure' && 'data' in error
}

/** The data of any thrown value. The workflows are a bundle of their own, whose failures are of a class of its own. */
export function thrownFailure(error: unknown): FailureData {
  return isFailure(error) ? error.data : failureData(error)
}

/** What the editor offers for failures that offer nothing themselves, by their codes. */
function editorActions(code: FailureData['code']): FailureAction[] {
  const openConfiguration = { id: 'open-config', title: vscode.l10n.t('Open Configuration') }
  const changeAddress = { id: 'change-port', title: vscode.l10n.t('Change Address') }
  const retry = { id: 'retry', title: vscode.l10n.t('Retry') }
  switch (code) {
    case 'HR_CONFIG':
    case 'HR_ENVIRONMENT':
    case 'HR_DATABASE_FORMAT':
    case 'HR_DATABASE_MANAGED':
    case 'HR_DATABASE_MISSING':
    case 'HR_DATABASE_NOT_LOCAL':
    case 'HR_DATABASE_PASSWORD':
    case 'HR_DATABASE_PRODUCTION':
    case 'HR_DATABASE_REPLICATED':
    case 'HR_DATABASE_TUNNEL':
    case 'HR_DATABASE_UNSUPPORTED':
    case 'HR_DATABASE_URL':
      return [openConfiguration]
    case 'HR_COPY_IN_USE':
    case 'HR_DATABASE_LOCKED':
    case 'HR_SEED_BUSY':
      return [retry]
    case 'HR_DATABASE_REFUSED':
    case 'HR_START_FAILED':
      return [retry, openConfiguration]
    case 'HR_LOAD_CHILD':
    case 'HR_NO_ANSWER':
    case 'HR_REFUSED':
      return [retry, changeAddress]
    case 'HR_NOT_LOOPBACK':
    case 'HR_TARGET':
    case 'HR_UNKNOWN_HOST':
    case 'HR_URL':
      return [changeAddress]
    case 'HR_BUDGET':
      return [{ id: 'change-budget', title: vscode.l10n.t('Change Budget') }, openConfiguration]
    default:
      return []
  }
}

/** A failure with something to do about it, wherever the editor knows of something. */
export function withEditorActions(failure: FailureData): FailureData {
  return failure.actions.length > 0 ? failure : { ...failure, actions: editorActions(failure.code) }
}

/** Carries out what needs no more than the project: its configuration and its data. */
const projectCommands: Readonly<Record<string, string>> = {
  'open-config': 'headroom.openConfiguration',
  seed: 'headroom.seed',
  'seed-in-place': 'headroom.seedInPlace',
  'resume-seed': 'headroom.resumeSeeding',
  'undo-seed': 'headroom.removeSeededRows',
}

async function runProjectAction({ id }: FailureAction, folder?: FolderReference): Promise<void> {
  const command = projectCommands[id]
  if (command !== undefined) await vscode.commands.executeCommand(command, folder)
}

/** What is known of a folder whose data something went wrong with. */
interface FailureOnFolder {
  readonly reference: FolderReference
  /** Does it all again. */
  readonly retry: () => Promise<void>
  /** Where the database's URL is written, when that isn't the configuration. */
  readonly source: { readonly title: string; readonly show: () => Promise<void> } | null
}

/** The one place that shows failures: their own sentence, and what can be done as buttons. */
export class Failures {
  readonly #log: vscode.LogOutputChannel

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log
  }

  /**
   * Shows a thrown value. `act` carries out the action whose button was pressed; without it only what the project needs is
   * offered.
   */
  async present(error: unknown, act?: (action: FailureAction) => Promise<void>): Promise<void> {
    const shown = withEditorActions(thrownFailure(error))
    const actions =
      act === undefined ? shown.actions.filter(({ id }) => id in projectCommands) : shown.actions
    const chosen = await this.#choose({ ...shown, actions }, error)
    if (chosen === undefined) return
    await (act === undefined ? runProjectAction(chosen) : act(chosen))
  }

  /** Shows what went wrong with a folder's data, with what can be done about it there. */
  async presentOnFolder(error: unknown, { reference, retry, source }: FailureOnFolder): Promise<void> {
    const shown = withEditorActions(thrownFailure(error))
    const actions = shown.actions
      .filter(({ id }) => id === 'retry' || id in projectCommands)
      .map((action) =>
        action.id === 'open-config' && source !== null ? { id: 'source', title: source.title } : action,
      )
    const chosen = await this.#choose({ ...shown, actions }, error)
    if (chosen === undefined) return
    if (chosen.id === 'retry') await retry()
    else if (chosen.id === 'source') await source?.show()
    else await runProjectAction(chosen, reference)
  }

  /** Shows a failure and gives the action that is chosen. */
  async #choose(
    { code, message, exitCode, actions }: FailureData,
    error: unknown,
  ): Promise<FailureAction | undefined> {
    if (code === 'HR_INTERNAL') {
      await this.#presentInternal(message, error)
      return undefined
    }
    this.#log.warn(`${code}: ${message}`)
    const show = exitCode === 3 ? vscode.window.showWarningMessage : vscode.window.showErrorMessage
    const title = await show(message, ...actions.map((action) => action.title))
    return actions.find((action) => action.title === title)
  }

  async #presentInternal(message: string, error: unknown): Promise<void> {
    this.#log.error(error instanceof Error ? error : message)
    const showLog = vscode.l10n.t('Show Log')
    const chosen = await vscode.window.showErrorMessage(
      vscode.l10n.t('Headroom failed: {0}', message),
      showLog,
    )
    if (chosen === showLog) this.#log.show()
  }
}
