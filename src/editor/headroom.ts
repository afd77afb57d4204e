import * as vscode from 'vscode'
import type { EndpointFilter } from './endpoint-filter.ts'
import type { Failures } from './failures.ts'
import type { FixPreview } from './fix-preview.ts'
import type { Inspections } from './inspections.ts'
import type { Inspector } from './inspector.ts'
import type { LoadTests } from './load-tests.ts'
import type { NewEndpoints } from './provenance/new-endpoints.ts'
import type { ResultsPanel } from './panel.ts'
import type { ProvenanceWatch } from './provenance/provenance-watch.ts'
import type { RunHistory } from './run-history.ts'

/** What commands work with. */
export interface Headroom {
  readonly extensionUri: vscode.Uri
  /** What is kept for this workspace from one window to the next. */
  readonly memory: vscode.Memento
  readonly inspections: Inspections
  readonly history: RunHistory
  readonly loadTests: LoadTests
  readonly endpointFilter: EndpointFilter
  readonly newEndpoints: NewEndpoints
  readonly panel: ResultsPanel
  readonly provenance: ProvenanceWatch
  readonly fixPreview: FixPreview
  readonly failures: Failures
}

/** One command; its title is in package.json under the same id. */
export interface Command {
  readonly id: `headroom.${string}`
  /** Failures it throws are shown as messages. */
  run(headroom: Headroom, ...args: readonly unknown[]): Promise<void>
}

/** True in a trusted workspace; otherwise says that `what` needs trust, and offers to give it. */
export async function isTrusted(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true
  const manage = vscode.l10n.t('Manage Workspace Trust')
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      '{0} needs a trusted workspace: it runs code of this project, or writes files that do. Nothing was done.',
      what,
    ),
    manage,
  )
  if (chosen === manage) await vscode.commands.executeCommand('workbench.trust.manage')
  return false
}

/** The folder that a command is about: the only one, the one asked for, or the one the user picks. Null where there is none. */
export async function chooseInspector({ inspections }: Headroom, folder?: string): Promise<Inspector | null> {
  if (folder !== undefined) return inspections.of(vscode.Uri.parse(folder))
  const all = inspections.all()
  if (all.length === 0) {
    const open = vscode.l10n.t('Open Folder')
    const message =
      vscode.workspace.workspaceFolders === undefined
        ? vscode.l10n.t('Headroom works on a folder. Open the folder of your API.')
        : vscode.l10n.t('Headroom works on folders on disk, and this folder is a virtual one.')
    if ((await vscode.window.showInformationMessage(message, open)) === open) {
      await vscode.commands.executeCommand('workbench.action.files.openFolder')
    }
    return null
  }
  if (all.length === 1) return all[0] ?? null
  const picked = await vscode.window.showQuickPick(
    all.map((inspector) => ({
      label: inspector.folder.name,
      description: inspector.folder.uri.fsPath,
      inspector,
    })),
    { placeHolder: vscode.l10n.t('Folder of the API') },
  )
  return picked?.inspector ?? null
}
