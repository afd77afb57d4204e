import * as l10n from '@vscode/l10n'
import type { Column, Table } from '../../model/schema.ts'
import type { ColumnPlan } from '../../model/seed-plan.ts'
import { suggestGenerator } from '../generators/index.ts'
import { planAlternatives } from './alternatives.ts'
import { planComparisons } from './comparisons.ts'
import type { Obstacle } from './keys.ts'
import { filledKeys, planReference, planTupleMember } from './reference-columns.ts'
import { planByRule } from './rule-columns.ts'
import { isValueRule } from './rules.ts'
import { columnsToEmpty } from './sharing.ts'
import type { PlannedColumns, TableDraft } from './table-draft.ts'
import { withNulls } from '../reasons.ts'

/**
 * How each column that the database does not fill itself gets its values, or why one cannot. Throws `HR_SEED_RULE` for
 * a rule of the user's that cannot be kept.
 */
export function planColumns(draft: TableDraft): PlannedColumns | Obstacle {
  const plans: ColumnPlan[] = []
  for (const column of draft.table.columns) {
    if (column.generated) continue
    const plan = planColumn(column, draft)
    if (plan !== null) plans.push(plan)
    else if (!column.hasDefault) return { obstacle: obstacleOf(column, draft) }
  }
  return planComparisons(draft, planAlternatives(draft.table, plans))
}

function obstacleOf(column: Column, { strategy }: TableDraft): string {
  const { name, declaredType } = column
  return strategy.unique.has(name)
    ? l10n.t('nothing can make unique values for its column {0} ({1})', name, declaredType)
    : l10n.t('nothing can make values for its column {0} ({1}), which has no default', name, declaredType)
}

function planColumn(column: Column, draft: TableDraft): ColumnPlan | null {
  const { strategy, table } = draft
  const rule = draft.rules?.[column.name]
  if (rule !== undefined && isValueRule(rule)) return planByRule(column, rule, draft)
  if (column.name === strategy.numbered) {
    return {
      column: column.name,
      generator: 'row-id',
      options: {},
      reason: l10n.t('the primary key: the next free numbers'),
    }
  }
  const reference = planReference(column, draft)
  if (reference !== null) return reference
  const empty = strategy.empty.get(column.name) ?? emptyReason(column, draft)
  if (empty !== null) return nothing(column, empty)
  if (strategy.tuple.includes(column.name)) return planTupleMember(column, draft)
  const unique = strategy.unique.has(column.name)
  const found = isLeftToDatabase(column, table)
    ? null
    : suggestGenerator(column, { table: table.name, unique })
  if (found === null) {
    // The database's default is as good as any value; where there is none, NULL may be allowed.
    return mayBeNull(column, table) && !column.hasDefault
      ? nothing(column, l10n.t('left empty: only the database knows what {0} holds', column.declaredType))
      : null
  }
  const { options } = found.suggestion
  const reason = unique ? l10n.t('{0}, unique', found.suggestion.reason) : found.suggestion.reason
  const nullRate = rule?.nullRate ?? found.suggestion.nullRate ?? 0
  const mayMiss = column.nullable && nullRate > 0 && (!unique || rule?.nullRate !== undefined)
  return {
    column: column.name,
    generator: found.generator.id,
    options: mayMiss ? { ...options, nullRate } : options,
    reason: mayMiss ? withNulls(reason, nullRate) : reason,
  }
}

function isLeftToDatabase(column: Column, table: Table): boolean {
  return column.type === 'other' && (column.hasDefault || mayBeNull(column, table))
}

function mayBeNull(column: Column, table: Table): boolean {
  return column.nullable && !table.primaryKey.includes(column.name)
}

function emptyReason(column: Column, draft: TableDraft): string | null {
  for (const [key, reason] of [...draft.empty, ...draft.sharing.empty]) {
    if (columnsToEmpty(draft.table, key, filledKeys(draft)).includes(column.name)) return reason
  }
  return null
}

function nothing(column: Column, reason: string): ColumnPlan {
  return { column: column.name, generator: 'nothing', options: {}, reason }
}
