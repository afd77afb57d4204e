import type { ForeignKey } from '../../model/schema.ts'
import type { ColumnPlan, TablePlan } from '../../model/seed-plan.ts'

/**
 * Sees to it that no row is older than the parent it belongs to: its times begin where the first of its parents that comes
 * earlier in the plan was created.
 */
export function afterParents(
  plans: readonly TablePlan[],
  forward: ReadonlySet<ForeignKey>,
): readonly TablePlan[] {
  const done = new Map<string, TablePlan>()
  return plans.map((plan) => {
    const isForward = (column: ColumnPlan) =>
      plan.table.foreignKeys.some((key) => forward.has(key) && key.columns.includes(column.column))
    const parents = plan.columns.filter(
      (column) =>
        (column.generator === 'parent' || column.generator === 'parent-each') &&
        column.options.table !== plan.table.name &&
        column.options.nullRate === undefined &&
        !isForward(column),
    )
    const after = parents.flatMap((column) => afterOptions(column, done)).at(0)
    const columns = plan.columns.map((column) =>
      after !== undefined && isMoment(column) ? { ...column, options: { ...column.options, after } } : column,
    )
    const ordered = { ...plan, columns }
    done.set(plan.table.name, ordered)
    return ordered
  })
}

function afterOptions(column: ColumnPlan, done: ReadonlyMap<string, TablePlan>) {
  const parent = done.get(String(column.options.table))
  const time = parent?.columns.find((each) => isMoment(each) && each.options.moment === 'created')
  if (parent === undefined || time === undefined) return []
  const { nullRate: _nulls, ...reference } = column.options
  return [
    {
      table: parent.table.name,
      column: time.column,
      format: time.options.format,
      generator: column.generator,
      reference,
    },
  ]
}

/** Whether it is a time in the life of the row. */
function isMoment({ generator, options }: ColumnPlan): boolean {
  return (
    generator === 'time' &&
    options.moment !== 'birth' &&
    options.unique !== true &&
    options.since === undefined
  )
}
