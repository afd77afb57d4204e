import * as vscode from 'vscode'
import { formatCount } from '../../model/format.ts'
import { chooseInspector, isTrusted, type Command } from '../headroom.ts'
import { asRouteReference } from '../route-reference.ts'
import { openSeeding } from '../seeding.ts'

/** Removes exactly the rows that seeding added. */
export const removeSeededRows: Command = {
  id: 'headroom.removeSeededRows',
  async run(headroom, argument) {
    if (!(await isTrusted(vscode.l10n.t('Removing rows')))) return
    const inspector = await chooseInspector(headroom, asRouteReference(argument)?.folder)
    if (inspector === null) return
    const seeding = await openSeeding(inspector.folder)
    const result = await seeding.undo(vscode.l10n.t('Removing seeded rows'))
    void vscode.window.showInformationMessage(
      result.copy === 'removed' && result.rows === 0
        ? vscode.l10n.t('Removed the copy of {0} with all its rows.', result.database)
        : vscode.l10n.t('Removed {0} rows from {1}.', formatCount(result.rows), result.database),
    )
  },
}
