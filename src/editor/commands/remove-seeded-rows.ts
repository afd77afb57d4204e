import * as vscode from 'vscode'
import type { Command } from '../headroom.ts'
import { withSeeding } from '../seeding.ts'
import { tellRemoved } from '../seeding-results.ts'

/** Removes exactly the rows that seeding added. */
export const removeSeededRows: Command = {
  id: 'headroom.removeSeededRows',
  run: (headroom, argument) =>
    withSeeding(headroom, { what: vscode.l10n.t('Removing rows'), argument }, async (seeding) => {
      tellRemoved(await seeding.undo(vscode.l10n.t('Removing seeded rows')), seeding.reference)
    }),
}
