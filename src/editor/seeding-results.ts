import * as vscode from 'vscode'
import { formatCount } from '../model/format.ts'
import type { SeedResult } from '../model/seed-plan.ts'

/** Says how many rows were added, and offers to add the rest or to remove them. `argument` is that of the command. */
export function tellSeeded(result: SeedResult, argument: unknown): void {
  const remove = vscode.l10n.t('Remove Seeded Rows')
  const resume = vscode.l10n.t('Resume')
  const rows = formatCount(result.rows)
  const seconds = (result.durationMillis / 1000).toFixed(1)
  const { database } = result
  const copied = vscode.l10n.t(
    'Added {0} rows to {1}, a copy that the server uses when Headroom starts it.',
    rows,
    database,
  )
  const message = result.complete
    ? result.copy === 'filled'
      ? copied
      : vscode.l10n.t('Added {0} rows to {1} in {2} s.', rows, database, seconds)
    : vscode.l10n.t('Stopped after {0} rows in {1}. The database is usable as it is.', rows, database)
  const commands: Readonly<Record<string, string>> = {
    [resume]: 'headroom.resumeSeeding',
    [remove]: 'headroom.removeSeededRows',
  }
  const buttons = result.complete ? [remove] : [resume, remove]
  void vscode.window.showInformationMessage(message, ...buttons).then((chosen) => {
    const command = commands[chosen ?? '']
    return command === undefined ? undefined : vscode.commands.executeCommand(command, argument)
  })
}
