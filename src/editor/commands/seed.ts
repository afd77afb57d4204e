import * as vscode from 'vscode'
import type { Command, Headroom } from '../headroom.ts'
import { chooseSeedPlan } from '../seed-plan-choice.ts'
import { withSeeding } from '../seeding.ts'
import { tellSeeded } from '../seeding-results.ts'

/** Seeds the project's local database, or a copy of it, after showing which database and how many rows. */
export const seed: Command = {
  id: 'headroom.seed',
  run: (headroom, argument) => seedChosen(headroom, argument, false),
}

/** As {@link seed}, but into the database itself: offered where it can't be copied. */
export const seedInPlace: Command = {
  id: 'headroom.seedInPlace',
  run: (headroom, argument) => seedChosen(headroom, argument, true),
}

function seedChosen(headroom: Headroom, argument: unknown, inPlace: boolean): Promise<void> {
  return withSeeding(headroom, { what: vscode.l10n.t('Seeding'), argument, inPlace }, async (seeding) => {
    const plan = await chooseSeedPlan(seeding)
    if (plan !== null) tellSeeded(await seeding.seed(plan), seeding.reference)
  })
}
