import * as l10n from '@vscode/l10n'
import type { Column, Comparison } from '../../model/schema.ts'
import type { ColumnPlan } from '../../model/seed-plan.ts'
import type { GeneratorOptions } from '../generators/generator.ts'
import { columnOf } from './column-values.ts'
import { isPair } from './pairs.ts'
import { isValueRule } from './rules.ts'
import type { PlannedColumns, TableDraft } from './table-draft.ts'
import { namesText, withoutNulls } from '../reasons.ts'

/**
 * Derives columns from those that a CHECK compares them with: the greater from the lesser, or, where the greater is
 * decided otherwise, the lesser from the greater. What can't be derived becomes a warning.
 */
export function planComparisons(draft: TableDraft, plans: readonly ColumnPlan[]): PlannedColumns {
  const columns = new Map(plans.map((plan) => [plan.column, plan]))
  const warnings: string[] = []
  for (const comparison of draft.table.comparisons ?? []) {
    const derived = derive(comparison, draft, columns)
    if (derived === 'kept') continue
    if (derived === null) {
      const sign = comparison.orEqual ? '<=' : '<'
      warnings.push(
        l10n.t(
          '`{0}`: nothing sees to it that {1} {2} {3}. A sample of its rows is tried before any is written.',
          draft.table.name,
          comparison.lesser,
          sign,
          comparison.greater,
        ),
      )
    } else for (const plan of derived) columns.set(plan.column, plan)
  }
  return { columns: [...columns.values()], warnings }
}

function derive(
  comparison: Comparison,
  draft: TableDraft,
  plans: ReadonlyMap<string, ColumnPlan>,
): readonly ColumnPlan[] | 'kept' | null {
  const lesser = plans.get(comparison.lesser)
  const greater = plans.get(comparison.greater)
  if (lesser?.generator === 'nothing' || greater?.generator === 'nothing') return 'kept'
  if (lesser === undefined || greater === undefined) return null
  if (isPair(comparison, draft.table, draft.strategy.tuple, draft.counting.tables)) return 'kept'
  if (kindOf(draft, lesser) === null || kindOf(draft, lesser) !== kindOf(draft, greater)) return null
  if (isDerivable(draft, greater) && !dependsOn(lesser, greater.column, plans))
    return derivedPlans(draft, greater, lesser, comparison, false)
  if (isDerivable(draft, lesser) && !dependsOn(greater, lesser.column, plans))
    return derivedPlans(draft, lesser, greater, comparison, true)
  return null
}

/** The derived column, and the one that it comes from: without NULLs where the derived one must have a value. */
function derivedPlans(
  draft: TableDraft,
  plan: ColumnPlan,
  source: ColumnPlan,
  { orEqual }: Comparison,
  downwards: boolean,
): readonly ColumnPlan[] | null {
  const column = columnOf(draft.table, plan.column)
  if (column === undefined) return null
  const since = sinceOptions(draft, plan, source, orEqual, downwards)
  if (since !== null) {
    const reason = l10n.t('{0}, after {1} as a CHECK wants it', plan.reason, source.column)
    return [{ ...plan, options: { ...plan.options, since }, reason }]
  }
  const before = plan.generator === 'beyond' ? plan.options : null
  if (before !== null && before.downwards !== downwards) return null
  const columns = [...(Array.isArray(before?.columns) ? before.columns.map(String) : []), source.column]
  const { nullRate } = plan.options
  const options: GeneratorOptions = {
    columns,
    kind: kindOf(draft, plan),
    orEqual: orEqual && (before === null || before.orEqual === true),
    downwards,
    ...(column.digits === undefined ? {} : { scale: column.digits.scale }),
    ...(column.range?.min === undefined ? {} : { min: column.range.min }),
    ...(column.range?.max === undefined ? {} : { max: column.range.max }),
    ...(typeof nullRate === 'number' ? { nullRate } : {}),
  }
  const reason = comparedReason(namesText(columns), orEqual, downwards)
  const derived = { column: plan.column, generator: 'beyond', options, reason }
  if (column.nullable || source.options.nullRate === undefined) return [derived]
  const { nullRate: sourceRate, ...filled } = source.options
  return [{ ...source, options: filled, reason: withoutNulls(source.reason, sourceRate) }, derived]
}

function comparedReason(columns: string, orEqual: boolean, downwards: boolean): string {
  if (downwards)
    return orEqual
      ? l10n.t('CHECK wants it below or equal to {0}', columns)
      : l10n.t('CHECK wants it below {0}', columns)
  return orEqual
    ? l10n.t('CHECK wants it above or equal to {0}', columns)
    : l10n.t('CHECK wants it above {0}', columns)
}

/** Times are told apart by their own generator, once: where one must come after several, it is derived like numbers. */
function sinceOptions(
  draft: TableDraft,
  plan: ColumnPlan,
  source: ColumnPlan,
  orEqual: boolean,
  downwards: boolean,
): GeneratorOptions | null {
  if (downwards || plan.generator !== 'time' || plan.options.moment === 'birth') return null
  const others = draft.table.comparisons?.filter(({ greater }) => greater === plan.column) ?? []
  if (others.length !== 1 || source.generator === 'beyond') return null
  return { column: source.column, format: kindOf(draft, source), strict: !orEqual }
}

/** Whether nothing else decides the column's values. */
function isDerivable({ strategy, rules }: TableDraft, { column, generator }: ColumnPlan): boolean {
  const rule = rules?.[column]
  return (
    !generator.startsWith('parent') &&
    generator !== 'row-id' &&
    !strategy.unique.has(column) &&
    !strategy.tuple.includes(column) &&
    (rule === undefined || !isValueRule(rule))
  )
}

function dependsOn(plan: ColumnPlan, name: string, plans: ReadonlyMap<string, ColumnPlan>): boolean {
  if (plan.column === name) return true
  return sourcesOf(plan).some((each) => {
    const source = plans.get(each)
    return source !== undefined && dependsOn(source, name, plans)
  })
}

/** The columns of the same row that a column is derived from. */
function sourcesOf({ generator, options }: ColumnPlan): readonly string[] {
  if (generator === 'copy') return [String(options.column)]
  if (generator === 'beyond' && Array.isArray(options.columns)) return options.columns.map(String)
  const { since } = options
  return typeof since === 'object' && since !== null && 'column' in since ? [String(since.column)] : []
}

/** What kind of values are compared: numbers, or times as they are stored. */
function kindOf({ table }: TableDraft, plan: ColumnPlan): string | null {
  const column = columnOf(table, plan.column)
  if (column === undefined) return null
  return kindOfColumn(column, plan)
}

function kindOfColumn({ type, timeFormat, allowedValues }: Column, { options }: ColumnPlan): string | null {
  if (type === 'datetime' || type === 'date') {
    const { format } = options
    return typeof format === 'string' ? format : (timeFormat ?? (type === 'date' ? 'day' : 'sql'))
  }
  if (allowedValues !== null) return null
  if (type === 'time') return 'clock'
  return type === 'integer' || type === 'real' || type === 'decimal' ? type : null
}
