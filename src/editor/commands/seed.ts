import * as vscode from 'vscode'
import { formatCount } from '../../model/format.ts'
import type { SeedPlan } from '../../model/seed-plan.ts'
import { chooseInspector, isTrusted, type Command } from '../headroom.ts'
import { asRouteReference } from '../route-reference.ts'
import { openSeeding } from '../seeding.ts'

const scales = ['small', 'medium', 'production'] as const

/** Seeds the project's local database, after showing which database and how many rows. */
export const seed: Command = {
  id: 'headroom.seed',
  async run(headroom, argument) {
    if (!(await isTrusted(vscode.l10n.t('Seeding')))) return
    const inspector = await chooseInspector(headroom, asRouteReference(argument)?.folder)
    if (inspector === null) return
    const seeding = await openSeeding(inspector.folder)
    const plans = await seeding.plan(scales)
    const picked = await vscode.window.showQuickPick(
      plans.map((plan, index) => ({
        label: vscode.l10n.t(
          '$(database) {0}: {1} rows into {2}',
          scales[index] ?? '',
          formatCount(rowsOf(plan)),
          plan.database,
        ),
        detail: [...tablesOf(plan), ...plan.warnings].join(' · '),
        plan,
      })),
      {
        title: vscode.l10n.t('Seed data'),
        placeHolder: vscode.l10n.t('Enter adds these rows. Headroom can remove exactly them again'),
      },
    )
    if (picked === undefined) return
    const result = await seeding.seed(picked.plan)
    const remove = vscode.l10n.t('Remove Seeded Rows')
    void vscode.window
      .showInformationMessage(
        vscode.l10n.t(
          'Added {0} rows to {1} in {2} s.',
          formatCount(result.rows),
          result.database,
          (result.durationMillis / 1000).toFixed(1),
        ),
        remove,
      )
      .then((chosen) => {
        if (chosen === remove) return vscode.commands.executeCommand('headroom.removeSeededRows', argument)
        return undefined
      })
  },
}

function rowsOf(plan: SeedPlan): number {
  return plan.tables.reduce((sum, { rows }) => sum + rows, 0)
}

function tablesOf(plan: SeedPlan): string[] {
  return plan.tables
    .filter(({ rows }) => rows > 0)
    .map(({ table, rows }) => `${table.name} +${formatCount(rows)}`)
}
