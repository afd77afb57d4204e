import * as vscode from 'vscode'
import { formatCount } from '../model/format.ts'
import type { SeedResult } from '../model/seed-plan.ts'
import type { FolderReference } from './route-reference.ts'

/** Says how many rows were added, and offers to add the rest or to remove them. */
export function tellSeeded(result: SeedResult, folder: FolderReference): void {
  const remove = { title: vscode.l10n.t('Remove Seeded Rows'), command: 'headroom.removeSeededRows' }
  const resume = { title: vscode.l10n.t('Resume'), command: 'headroom.resumeSeeding' }
  const { database } = result
  const rows = formatCount(result.rows)
  if (!result.complete) {
    const message =
      result.rows === 0
        ? vscode.l10n.t('Stopped before the first row. {0} is as it was.', database)
        : vscode.l10n.t('Stopped after {0} rows in {1}. The database is usable as it is.', rows, database)
    tell(message, result.rows === 0 ? [] : [resume, remove], folder)
    return
  }
  const seconds = (result.durationMillis / 1000).toFixed(1)
  const rate = formatCount(result.rowsPerSecond)
  const added =
    result.copy === 'filled'
      ? vscode.l10n.t(
          'Added {0} rows to {1} in {2} s ({3} rows/s). It is a copy, which your server uses when Headroom starts it.',
          rows,
          database,
          seconds,
          rate,
        )
      : vscode.l10n.t('Added {0} rows to {1} in {2} s ({3} rows/s).', rows, database, seconds, rate)
  tell(added, [remove], folder)
}

/** Says how many rows were removed, and offers to remove the others where it was stopped. */
export function tellRemoved(result: SeedResult, folder: FolderReference): void {
  const { database } = result
  const rows = formatCount(result.rows)
  if (!result.complete) {
    const rest = { title: vscode.l10n.t('Remove the Rest'), command: 'headroom.removeSeededRows' }
    tell(vscode.l10n.t('Stopped after removing {0} rows from {1}.', rows, database), [rest], folder)
    return
  }
  const copy =
    result.copy === 'removed' ? [vscode.l10n.t('Removed the copy of {0} with all its rows.', database)] : []
  const removed = result.rows > 0 ? [vscode.l10n.t('Removed {0} rows from {1}.', rows, database)] : []
  const all = [...copy, ...removed]
  tell(all.join(' ') || vscode.l10n.t('{0} has no rows that Headroom added.', database), [], folder)
}

interface NextStep extends vscode.MessageItem {
  readonly command: string
}

function tell(message: string, steps: readonly NextStep[], folder: FolderReference): void {
  void vscode.window
    .showInformationMessage(message, ...steps)
    .then((chosen) =>
      chosen === undefined ? undefined : vscode.commands.executeCommand(chosen.command, folder),
    )
}
