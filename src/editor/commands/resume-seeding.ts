import * as vscode from 'vscode'
import { chooseInspector, isTrusted, type Command } from '../headroom.ts'
import { asRouteReference } from '../route-reference.ts'
import { openSeeding } from '../seeding.ts'
import { tellSeeded } from '../seeding-results.ts'

/** Adds the rows that an interrupted seeding left out. */
export const resumeSeeding: Command = {
  id: 'headroom.resumeSeeding',
  async run(headroom, argument) {
    if (!(await isTrusted(vscode.l10n.t('Seeding')))) return
    const inspector = await chooseInspector(headroom, asRouteReference(argument)?.folder)
    if (inspector === null) return
    const seeding = await openSeeding(inspector.folder)
    tellSeeded(await seeding.resume(vscode.l10n.t('Seeding the rest')), argument)
  },
}
