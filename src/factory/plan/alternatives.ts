import * as l10n from '@vscode/l10n'
import type { Table } from '../../model/schema.ts'
import type { ColumnPlan } from '../../model/seed-plan.ts'
import { withoutNulls } from '../reasons.ts'

/**
 * Sees to it that of columns of which a CHECK wants one to have a value exactly one has: each row's turn comes to another
 * one. Where all but one of them stay empty anyway, that one always has a value.
 */
export function planAlternatives(
  { alternatives = [] }: Table,
  plans: readonly ColumnPlan[],
): readonly ColumnPlan[] {
  const turns = new Map<string, { readonly key: string; readonly of: number; readonly part: number }>()
  for (const columns of alternatives) {
    const filled = columns.filter((column) => mayHaveValue(plans.find((plan) => plan.column === column)))
    for (const [part, column] of filled.entries())
      turns.set(column, { key: columns.join(), of: filled.length, part })
  }
  return plans.map((plan) => {
    const turn = turns.get(plan.column)
    if (turn === undefined) return plan
    const { nullRate, ...options } = plan.options
    const reason = withoutNulls(plan.reason, nullRate)
    return turn.of === 1
      ? { ...plan, options, reason }
      : {
          ...plan,
          options: { ...options, turn },
          reason: l10n.t('{0}, in one row of {1} as a CHECK wants it', reason, turn.of),
        }
  })
}

function mayHaveValue(plan: ColumnPlan | undefined): boolean {
  return plan !== undefined && plan.generator !== 'nothing'
}
