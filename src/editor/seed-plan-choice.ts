import * as vscode from 'vscode'
import { formatBytes, formatCount } from '../model/format.ts'
import type { SeedPlan } from '../model/seed-plan.ts'
import { forAbout } from './seeding-progress.ts'
import type { Seeding } from './seeding.ts'

const scales = ['small', 'medium', 'production'] as const

type Choice = vscode.QuickPickItem & { readonly plan?: SeedPlan; readonly note?: string }

/** Plans rows at each scale and asks which to add, saying where they go and what they take. Null where the user leaves. */
export async function chooseSeedPlan(seeding: Seeding): Promise<SeedPlan | null> {
  const plans = await seeding.plan(scales)
  const [first] = plans
  if (first === undefined || plans.length < scales.length) return null
  const names = [vscode.l10n.t('Small'), vscode.l10n.t('Medium'), vscode.l10n.t('Production')]
  const rows = plans.map((plan, index): Choice => ({
    label: `$(database) ${names[index] ?? ''}`,
    description: [vscode.l10n.t('{0} rows', formatCount(rowsOf(plan))), ...takes(plan)].join(' · '),
    detail: tablesOf(plan).join(' · '),
    plan,
  }))
  const options: vscode.QuickPickOptions = {
    title: seeding.copies
      ? vscode.l10n.t('Seed a copy of {0}', first.database)
      : vscode.l10n.t('Seed {0}', first.database),
    placeHolder: seeding.copies
      ? vscode.l10n.t('Rows go into a fresh copy, which your server uses when Headroom starts it')
      : vscode.l10n.t('Rows go into this database; Headroom can remove exactly these again'),
    ignoreFocusOut: true,
  }
  for (;;) {
    const picked = await vscode.window.showQuickPick([...rows, ...notesOf(plans)], options)
    if (picked?.note === undefined) return picked?.plan ?? null
    await vscode.window.showInformationMessage(picked.note, { modal: true })
  }
}

/** What the plans warn of, below them: a row is cut off where it is long, and shown whole when it is chosen. */
function notesOf(plans: readonly SeedPlan[]): Choice[] {
  const notes = [...new Set(plans.flatMap(({ warnings }) => warnings))]
  if (notes.length === 0) return []
  const separator = { label: vscode.l10n.t('To know before'), kind: vscode.QuickPickItemKind.Separator }
  return [separator, ...notes.map((note): Choice => ({ label: `$(warning) ${note}`, note }))]
}

function rowsOf(plan: SeedPlan): number {
  return plan.tables.reduce((sum, { rows }) => sum + rows, 0)
}

/** The largest first: a list that is too long for its line loses the small ones. */
function tablesOf(plan: SeedPlan): string[] {
  return plan.tables
    .filter(({ rows }) => rows > 0)
    .toSorted((a, b) => b.rows - a.rows)
    .map(({ table, rows }) => `${table.name} +${formatCount(rows)}`)
}

/** What adding them takes, where a sample was loaded to foresee it. */
function takes({ estimate }: SeedPlan): string[] {
  if (estimate === undefined) return []
  const { bytes, seconds, freeBytes } = estimate
  const size = bytes === null ? null : formatBytes(bytes)
  return [
    ...(seconds === null ? [] : [vscode.l10n.t('about {0}', forAbout(seconds))]),
    ...(size === null
      ? []
      : [freeBytes === null ? size : vscode.l10n.t('{0} of {1} free', size, formatBytes(freeBytes))]),
  ]
}
