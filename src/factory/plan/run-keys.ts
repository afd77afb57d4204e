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
    columns: plan.columns
      .map((each) => digitsWithinRun(each, derived))
      .map((column) =>
        column.generator === 'parent' &&
        column.options.table !== plan.table.name &&
        refersToAny(column, derived)
          ? { ...column, options: { ...withoutRatio(column.options), among: 'new' } }
          : column,
      ),
  }))
}

/** Also of the references that make up a tuple. */
function digitsWithinRun(column: ColumnPlan, derived: ReadonlySet<string>): ColumnPlan {
  const { digits } = column.options
  if (column.generator !== 'parent-tuple' || !Array.isArray(digits)) return column
  const chosen = digits.map((options: ColumnPlan['options']) =>
    refersToAny({ ...column, options }, derived) ? { ...options, among: 'new' } : options,
  )
  return { ...column, options: { ...column.options, digits: chosen } }
}

function withoutRatio({ ratio: _ratio, ...others }: ColumnPlan['options']): ColumnPlan['options'] {
  return others
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
