import type { ColumnPlan, TablePlan } from '../../model/seed-plan.ts'

/**
 * References to columns that hold references themselves go to rows of this run alone: what an earlier run's rows hold
 * there was decided by that run's plan.
 */
export function withinRun(plans: readonly TablePlan[]): readonly TablePlan[] {
  const derived = new Set(
    plans.flatMap(({ table, columns }) =>
      columns.filter(isDerived).map(({ column }) => JSON.stringify([table.name, column])),
    ),
  )
  return plans.map((plan) => ({
    ...plan,
    columns: plan.columns.map((column) =>
      column.generator === 'parent' &&
      column.options.table !== plan.table.name &&
      refersToAny(column, derived)
        ? { ...column, options: { ...column.options, among: 'new' } }
        : column,
    ),
  }))
}

function isDerived({ generator }: ColumnPlan): boolean {
  return generator.startsWith('parent')
}

/** All columns of one foreign key choose the same row, so one of them decides for all. */
function refersToAny({ options }: ColumnPlan, derived: ReadonlySet<string>): boolean {
  const { table, columns } = options
  return (
    Array.isArray(columns) && columns.some((column) => derived.has(JSON.stringify([table, String(column)])))
  )
}
