import * as vscode from 'vscode'
import type { Command } from '../headroom.ts'
import { withSeeding } from '../seeding.ts'
import { tellSeeded } from '../seeding-results.ts'

/** Adds the rows that an interrupted seeding left out. */
export const resumeSeeding: Command = {
  id: 'headroom.resumeSeeding',
  run: (headroom, argument) =>
    withSeeding(headroom, { what: vscode.l10n.t('Seeding'), argument }, async (seeding) => {
      tellSeeded(await seeding.resume(vscode.l10n.t('Seeding the rest')), seeding.reference)
    }),
}
