import type { TablePlan } from '../../model/seed-plan.ts'
import { isKeptApart } from './pairs.ts'

/** What people should know about a table before it is filled. */
export function tableWarnings({ table, columns }: TablePlan): readonly string[] {
  const triggers = table.triggers ?? []
  const checks = (table.otherChecks ?? []).filter((check) => !isKeptApart({ columns }, check))
  return [
    ...(triggers.length > 0
      ? [
          `\`${table.name}\` is filled with its triggers ${triggers.join(', ')} as you asked: undo can't take back what they change elsewhere.`,
        ]
      : []),
    ...checks.map(
      (check) =>
        `\`${table.name}\` has a condition that was not understood: ${check}. A sample of its rows is tried before any is written.`,
    ),
  ]
}
