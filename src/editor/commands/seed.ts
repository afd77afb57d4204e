import * as vscode from 'vscode'
import { formatBytes, formatCount } from '../../model/format.ts'
import type { SeedPlan } from '../../model/seed-plan.ts'
import { chooseInspector, isTrusted, type Command, type Headroom } from '../headroom.ts'
import { asRouteReference } from '../route-reference.ts'
import { openSeeding } from '../seeding.ts'
import { tellSeeded } from '../seeding-results.ts'

const scales = ['small', 'medium', 'production'] as const

/** Seeds the project's local database, or a copy of it, after showing which database and how many rows. */
export const seed: Command = {
  id: 'headroom.seed',
  run: (headroom, argument) => choosePlan(headroom, argument, false),
}

/** As {@link seed}, but into the database itself: offered where it can't be copied. */
export const seedInPlace: Command = {
  id: 'headroom.seedInPlace',
  run: (headroom, argument) => choosePlan(headroom, argument, true),
}

async function choosePlan(headroom: Headroom, argument: unknown, inPlace: boolean): Promise<void> {
  if (!(await isTrusted(vscode.l10n.t('Seeding')))) return
  const inspector = await chooseInspector(headroom, asRouteReference(argument)?.folder)
  if (inspector === null) return
  const seeding = await openSeeding(inspector.folder, inPlace)
  const plans = await seeding.plan(scales)
  if (plans.length < scales.length) return
  const picked = await vscode.window.showQuickPick(
    plans.map((plan, index) => ({
      label: vscode.l10n.t(
        '$(database) {0}: {1} rows into {2}',
        scales[index] ?? '',
        formatCount(rowsOf(plan)),
        plan.database,
      ),
      detail: [...takes(plan), ...tablesOf(plan), ...plan.warnings].join(' · '),
      plan,
    })),
    {
      title: vscode.l10n.t('Seed data'),
      placeHolder: vscode.l10n.t('Enter adds these rows. Headroom can remove exactly them again'),
    },
  )
  if (picked === undefined) return
  tellSeeded(await seeding.seed(picked.plan), argument)
}

function rowsOf(plan: SeedPlan): number {
  return plan.tables.reduce((sum, { rows }) => sum + rows, 0)
}

function tablesOf(plan: SeedPlan): string[] {
  return plan.tables
    .filter(({ rows }) => rows > 0)
    .map(({ table, rows }) => `${table.name} +${formatCount(rows)}`)
}

/** What adding them takes, where a sample was loaded to foresee it. */
function takes({ estimate }: SeedPlan): string[] {
  if (estimate === undefined) return []
  const { bytes, seconds } = estimate
  return [
    ...(seconds === null ? [] : [vscode.l10n.t('about {0} s', Math.max(1, Math.ceil(seconds)))]),
    ...(bytes === null ? [] : [formatBytes(bytes)]),
  ]
}
