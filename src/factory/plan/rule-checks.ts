import { Failure } from '../../model/failure.ts'
import type { Column, Schema, Table } from '../../model/schema.ts'
import { columnOf } from './column-values.ts'
import { requireTable } from './options.ts'
import type { ColumnRule, TableRule } from './rules.ts'

/** The ways in which a rule can make values: at most one of them stands in a rule. */
const ways = ['values', 'range', 'pattern', 'fixed', 'generator', 'from'] as const

/** Throws `HR_SEED_TABLE` or `HR_SEED_RULE`, with one sentence, for rules that name what there is not or contradict themselves. */
export function checkRules(schema: Schema, rules: Readonly<Record<string, TableRule>>): void {
  for (const [name, rule] of Object.entries(rules)) {
    requireTable(schema, name)
    const table = schema.tables.find((each) => each.name === name)
    if (table === undefined) continue
    if (rule.rows !== undefined && rule.per !== undefined)
      throw wrong(`\`${name}\` has both "rows" and "per". Choose one`)
    for (const [columnName, columnRule] of Object.entries(rule.columns ?? {}))
      checkRule(table, columnName, columnRule)
    for (const columnName of Object.keys(rule.columns ?? {})) checkCircle(name, columnName, rule)
  }
}

/** A failure that says what is wrong with a rule. */
export function wrong(what: string): Failure {
  return new Failure('HR_SEED_RULE', `${what}.`)
}

function checkRule(table: Table, name: string, rule: ColumnRule): void {
  const column = columnOf(table, name)
  const place = `\`${table.name}.${name}\``
  if (column === undefined) {
    const names = table.columns.map((each) => each.name).join(', ')
    throw wrong(`\`${table.name}\` has no column \`${name}\`. Its columns are ${names}`)
  }
  if (column.generated) throw wrong(`${place} is computed by the database: no rule can fill it`)
  const chosen = ways.filter((way) => isSet(rule, way))
  if (chosen.length > 1) throw wrong(`${place} has both ${chosen.join(' and ')}. Choose one`)
  if (rule.distribution !== undefined && !isSet(rule, 'range'))
    throw wrong(`${place} has a distribution, but no "min" and "max" for it`)
  if (chosen.length === 0 && rule.nullRate === undefined) throw wrong(`The rule of ${place} is empty`)
  if (rule.nullRate !== undefined) checkNullRate(place, column, rule.nullRate)
  if (rule.from !== undefined) checkSource(table, column, rule.from)
}

function isSet(rule: ColumnRule, way: (typeof ways)[number]): boolean {
  return way === 'range' ? rule.min !== undefined || rule.max !== undefined : rule[way] !== undefined
}

function checkNullRate(place: string, column: Column, nullRate: number): void {
  if (!(nullRate >= 0 && nullRate <= 1)) throw wrong(`The nullRate of ${place} must be between 0 and 1`)
  if (nullRate > 0 && !column.nullable) throw wrong(`${place} is NOT NULL, so it can't have a nullRate`)
}

function checkSource(table: Table, column: Column, from: string): void {
  const source = columnOf(table, from)
  const place = `\`${table.name}.${column.name}\``
  if (source === undefined) {
    throw wrong(`${place} is to be taken from \`${from}\`, but \`${table.name}\` has no such column`)
  }
  if (source.generated) throw wrong(`${place} can't be taken from \`${from}\`, which the database computes`)
  if (source.type !== column.type) {
    throw wrong(`${place} (${column.declaredType}) can't be taken from \`${from}\` (${source.declaredType})`)
  }
  if (source.nullable && !column.nullable)
    throw wrong(`${place} is NOT NULL, but \`${from}\`, which it is to be taken from, may be NULL`)
}

function checkCircle(table: string, column: string, { columns = {} }: TableRule): void {
  const path = [column]
  for (let next = columns[column]?.from; next !== undefined; next = columns[next]?.from) {
    path.push(next)
    if (next === column) throw wrong(`In \`${table}\`, ${path.join(' → ')} are taken from each other`)
    if (path.length > Object.keys(columns).length + 1) return
  }
}
