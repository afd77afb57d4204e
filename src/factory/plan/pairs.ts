import * as l10n from '@vscode/l10n'
import type { Comparison, Table } from '../../model/schema.ts'
import type { ColumnPlan, TablePlan } from '../../model/seed-plan.ts'
import { columnOf } from './column-values.ts'
import { referenceText } from '../reasons.ts'

/** The two columns of a CHECK that wants them to differ, or null. */
export function inequalityOf(check: string): readonly [string, string] | null {
  const plain = check
    .replace(/^\s*(?:CONSTRAINT\s+\S+\s+)?CHECK\b/i, '')
    .replaceAll(/["`[\]()]|::\w+/g, ' ')
    .trim()
  const [, one, other] = /^(\w+)\s*(?:<>|!=)\s*(\w+)$/.exec(plain) ?? []
  return one === undefined || other === undefined || /^\d/.test(other) ? null : [one, other]
}

/** Whether the plan's references keep a CHECK that wants two columns to differ. */
export function isKeptApart({ columns }: Pick<TablePlan, 'columns'>, check: string): boolean {
  const names: readonly string[] = inequalityOf(check) ?? []
  const plans = columns.filter(({ column }) => names.includes(column))
  if (plans.length !== 2) return false
  return (
    plans.some(({ generator }) => generator === 'parent-other') ||
    plans.every(({ generator }) => ['parent-each', 'parent-tuple', 'parent-pair'].includes(generator))
  )
}

/** Whether two columns refer to one table by its numbered key and are all that is unique together: a pair of its rows. */
export function isPair(
  { lesser, greater }: Comparison,
  table: Table,
  tuple: readonly string[],
  tables: ReadonlyMap<string, Table>,
): boolean {
  const keys = [lesser, greater].map((name) =>
    table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === name),
  )
  const [one, other] = keys
  const parent = tables.get(one?.referencedTable ?? '')
  const [key = ''] = parent?.primaryKey ?? []
  return (
    tuple.length === 2 &&
    tuple.includes(lesser) &&
    tuple.includes(greater) &&
    one?.referencedTable === other?.referencedTable &&
    parent?.primaryKey.length === 1 &&
    [one, other].every((each) => each?.referencedColumns[0] === key) &&
    columnOf(parent, key)?.type === 'integer'
  )
}

/** Lets the references of a table keep the CHECKs that compare them with each other. */
export function comparedReferences(plan: TablePlan, tables: ReadonlyMap<string, Table>): TablePlan {
  const columns = new Map(plan.columns.map((each) => [each.column, each]))
  for (const comparison of plan.table.comparisons ?? []) {
    for (const pair of pairPlans(comparison, plan, columns, tables)) columns.set(pair.column, pair)
  }
  for (const check of plan.table.otherChecks ?? []) {
    const [one, other] = (inequalityOf(check) ?? []).map((name) => columns.get(name))
    const apart =
      one === undefined || other === undefined ? null : (apartFrom(one, other) ?? apartFrom(other, one))
    if (apart !== null) columns.set(apart.column, apart)
  }
  return { ...plan, columns: [...columns.values()] }
}

function pairPlans(
  comparison: Comparison,
  { table }: TablePlan,
  columns: ReadonlyMap<string, ColumnPlan>,
  tables: ReadonlyMap<string, Table>,
): readonly ColumnPlan[] {
  const plans = [columns.get(comparison.lesser), columns.get(comparison.greater)]
  const lead = plans.find((each) => each?.generator === 'parent-each')
  const isTuple = plans.some((each) => each?.generator === 'parent-tuple')
  if (lead === undefined || !isTuple) return []
  if (!isPair(comparison, table, [comparison.lesser, comparison.greater], tables)) return []
  const { options } = lead
  return plans.flatMap((each) =>
    each === undefined
      ? []
      : [
          {
            column: each.column,
            generator: 'parent-pair',
            options: { ...options, lesser: each.column === comparison.lesser },
            reason: l10n.t(
              '{0}, each pair once, the smaller key in {1}',
              targetOf(table, each.column),
              comparison.lesser,
            ),
          },
        ],
  )
}

function targetOf({ foreignKeys }: Table, column: string): string {
  const key = foreignKeys.find(({ columns }) => columns[0] === column)
  return key === undefined ? '' : referenceText(key)
}

function apartFrom(other: ColumnPlan, plan: ColumnPlan): ColumnPlan | null {
  const choosesAlone = plan.generator === 'parent' && plan.options.table === other.options.table
  if (!choosesAlone || !['parent', 'parent-each'].includes(other.generator)) return null
  const { generator, options } = other
  return {
    ...plan,
    generator: 'parent-other',
    options: { ...plan.options, other: { generator, options } },
    reason: l10n.t('{0}, never the same as {1}', plan.reason, other.column),
  }
}
