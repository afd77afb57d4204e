import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { Column, Schema, Table } from '../../model/schema.ts'
import { columnOf } from './column-values.ts'
import { requireTable } from './options.ts'
import type { ColumnRule, TableRule } from './rules.ts'
import { namesText } from '../reasons.ts'

/** The ways in which a rule can make values: at most one of them stands in a rule. */
const ways = ['values', 'range', 'pattern', 'fixed', 'generator', 'from'] as const

/** Throws `HR_SEED_TABLE` or `HR_SEED_RULE`, with one sentence, for rules that name what there is not or contradict themselves. */
export function checkRules(schema: Schema, rules: Readonly<Record<string, TableRule>>): void {
  for (const [name, rule] of Object.entries(rules)) {
    requireTable(schema, name)
    const table = schema.tables.find((each) => each.name === name)
    if (table === undefined) continue
    if (rule.rows !== undefined && rule.per !== undefined)
      throw wrong(l10n.t('`{0}` has both "rows" and "per". Choose one.', name))
    for (const [columnName, columnRule] of Object.entries(rule.columns ?? {}))
      checkRule(table, columnName, columnRule)
    for (const columnName of Object.keys(rule.columns ?? {})) checkCircle(name, columnName, rule)
  }
}

/** A failure that says what is wrong with a rule. */
export function wrong(sentence: string): Failure {
  return new Failure('HR_SEED_RULE', sentence)
}

function checkRule(table: Table, name: string, rule: ColumnRule): void {
  const column = columnOf(table, name)
  const place = `\`${table.name}.${name}\``
  if (column === undefined) {
    const names = table.columns.map((each) => each.name).join(', ')
    throw wrong(l10n.t('`{0}` has no column `{1}`. Its columns are {2}.', table.name, name, names))
  }
  if (column.generated) throw wrong(l10n.t('{0} is computed by the database: no rule can fill it.', place))
  const chosen = ways.filter((way) => isSet(rule, way))
  if (chosen.length > 1) throw wrong(l10n.t('{0} has both {1}. Choose one.', place, namesText(chosen)))
  if (rule.distribution !== undefined && !isSet(rule, 'range'))
    throw wrong(l10n.t('{0} has a distribution, but no "min" and "max" for it.', place))
  if (chosen.length === 0 && rule.nullRate === undefined)
    throw wrong(l10n.t('The rule of {0} is empty.', place))
  if (rule.nullRate !== undefined) checkNullRate(place, column, rule.nullRate)
  if (rule.from !== undefined) checkSource(table, column, rule.from)
}

function isSet(rule: ColumnRule, way: (typeof ways)[number]): boolean {
  return way === 'range' ? rule.min !== undefined || rule.max !== undefined : rule[way] !== undefined
}

function checkNullRate(place: string, column: Column, nullRate: number): void {
  if (!(nullRate >= 0 && nullRate <= 1))
    throw wrong(l10n.t('The nullRate of {0} must be between 0 and 1.', place))
  if (nullRate > 0 && !column.nullable)
    throw wrong(l10n.t("{0} is NOT NULL, so it can't have a nullRate.", place))
}

function checkSource(table: Table, column: Column, from: string): void {
  const source = columnOf(table, from)
  const place = `\`${table.name}.${column.name}\``
  if (source === undefined) {
    throw wrong(
      l10n.t('{0} is to be taken from `{1}`, but `{2}` has no such column.', place, from, table.name),
    )
  }
  if (source.generated)
    throw wrong(l10n.t("{0} can't be taken from `{1}`, which the database computes.", place, from))
  if (source.type !== column.type) {
    throw wrong(
      l10n.t(
        "{0} ({1}) can't be taken from `{2}` ({3}).",
        place,
        column.declaredType,
        from,
        source.declaredType,
      ),
    )
  }
  if (source.nullable && !column.nullable)
    throw wrong(l10n.t('{0} is NOT NULL, but `{1}`, which it is to be taken from, may be NULL.', place, from))
}

function checkCircle(table: string, column: string, { columns = {} }: TableRule): void {
  const path = [column]
  for (let next = columns[column]?.from; next !== undefined; next = columns[next]?.from) {
    path.push(next)
    if (next === column)
      throw wrong(l10n.t('In `{0}`, {1} are taken from each other.', table, path.join(' → ')))
    if (path.length > Object.keys(columns).length + 1) return
  }
}
