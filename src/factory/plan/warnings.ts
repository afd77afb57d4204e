import * as l10n from '@vscode/l10n'
import type { TablePlan } from '../../model/seed-plan.ts'
import { isKeptApart } from './pairs.ts'

/** What people should know about a table before it is filled. */
export function tableWarnings({ table, columns }: TablePlan): readonly string[] {
  const triggers = table.triggers ?? []
  const checks = (table.otherChecks ?? []).filter((check) => !isKeptApart({ columns }, check))
  return [
    ...(triggers.length > 0
      ? [
          l10n.t(
            "`{0}` is filled with its triggers {1} as you asked: undo can't take back what they change elsewhere.",
            table.name,
            triggers.join(', '),
          ),
        ]
      : []),
    ...checks.map((check) =>
      l10n.t(
        '`{0}` has a condition that was not understood: {1}. A sample of its rows is tried before any is written.',
        table.name,
        check,
      ),
    ),
  ]
}
