import type { Column, ColumnType, ForeignKey, Schema, Table } from '../../src/model/schema.ts'
import type { SeedPlan } from '../../src/model/seed-plan.ts'
import type { PlanOptions } from '../../src/factory/plan.ts'
import { planSeed } from '../../src/factory/plan.ts'
import type { SqlValue } from '../../src/factory/sql-value.ts'
import { RowValues } from '../../src/factory/row-values.ts'

/** A column, not NULL unless said. */
export function column(name: string, type: ColumnType = 'integer', more: Partial<Column> = {}): Column {
  return {
    name,
    type,
    declaredType: type.toUpperCase(),
    nullable: false,
    hasDefault: false,
    generated: false,
    maxLength: null,
    allowedValues: null,
    ...more,
  }
}

/** `reference('user_id', 'users')`, or with several columns joined by commas: `reference('a,b', 'users', 'a,id')`. */
export function reference(columns: string, referencedTable: string, referenced = 'id'): ForeignKey {
  return { columns: columns.split(','), referencedTable, referencedColumns: referenced.split(',') }
}

/** A table with the primary key `id` unless said. */
export function table(
  name: string,
  columns: readonly Column[],
  foreignKeys: readonly ForeignKey[] = [],
  more: Partial<Table> = {},
): Table {
  return { name, columns, primaryKey: ['id'], foreignKeys, uniques: [], rowCount: 0, ...more }
}

/** A table with a numbered primary key `id`. */
export function numbered(
  name: string,
  columns: readonly Column[] = [],
  foreignKeys: readonly ForeignKey[] = [],
  more: Partial<Table> = {},
): Table {
  return table(name, [column('id'), ...columns], foreignKeys, more)
}

export function schemaOf(...tables: readonly Table[]): Schema {
  return { dialect: 'test', tables }
}

export function planTables(options: PlanOptions, ...tables: readonly Table[]): SeedPlan {
  return planSeed(schemaOf(...tables), options)
}

export type Row = Readonly<Record<string, SqlValue>>

/** All rows that a plan makes, by table, in a database that is empty. */
export function rowsOf(plan: SeedPlan): ReadonlyMap<string, readonly Row[]> {
  const reserved = plan.tables.map(({ table: { name }, rows }) => ({
    table: name,
    reserved: [{ firstIndex: 0, rows, firstKey: 1 }],
    sequenceStarts: {},
  }))
  const values = new RowValues(plan, reserved, new Map())
  return new Map(
    plan.tables.map(({ table: { name }, rows }) => {
      const columns = values.columnsOf(name)
      const made = Array.from({ length: rows }, (_, index) =>
        Object.fromEntries(columns.map(({ column: each, valueOf }) => [each.name, valueOf(index)])),
      )
      return [name, made]
    }),
  )
}

/** What of a plan's rows a database would refuse: NULLs, keys that are not unique, references to nothing, comparisons. */
export function violations(plan: SeedPlan): readonly string[] {
  const rows = rowsOf(plan)
  return plan.tables.flatMap(({ table: each }) => [
    ...nulls(each, rows.get(each.name) ?? []),
    ...[each.primaryKey, ...each.uniques].flatMap((set) => duplicates(each, set, rows.get(each.name) ?? [])),
    ...each.foreignKeys.flatMap((key) => dangling(each, key, rows)),
    ...comparisons(each, rows.get(each.name) ?? []),
  ])
}

function nulls({ name, columns }: Table, rows: readonly Row[]): readonly string[] {
  return columns
    .filter((each) => !each.nullable && !each.generated && !each.hasDefault)
    .filter((each) => rows.some((row) => row[each.name] === null || row[each.name] === undefined))
    .map((each) => `${name}.${each.name} is NULL`)
}

function duplicates({ name }: Table, set: readonly string[], rows: readonly Row[]): readonly string[] {
  const keys = rows
    .map((row) => set.map((each) => row[each] ?? null))
    .filter((values) => !values.includes(null))
    .map((values) => values.map(String).join('|'))
  return new Set(keys).size === keys.length ? [] : [`${name}(${set.join()}) is not unique`]
}

function dangling(
  { name }: Table,
  key: ForeignKey,
  rows: ReadonlyMap<string, readonly Row[]>,
): readonly string[] {
  const textOf = (row: Row, columns: readonly string[]) => {
    const values = columns.map((each) => row[each] ?? null)
    return values.includes(null) ? null : values.map(String).join('|')
  }
  const targets = new Set(
    (rows.get(key.referencedTable) ?? []).map((row) => textOf(row, key.referencedColumns)),
  )
  const lost = (rows.get(name) ?? []).map((row) => textOf(row, key.columns)).filter((each) => each !== null)
  const missing = lost.filter((each) => !targets.has(each))
  return missing.length === 0
    ? []
    : [`${missing.length} of ${name}(${key.columns.join()}) refer to nothing, such as ${missing[0]}`]
}

function comparisons({ name, comparisons: known = [] }: Table, rows: readonly Row[]): readonly string[] {
  return known.flatMap(({ lesser, greater, orEqual }) => {
    const broken = rows.filter((row) => {
      const [a, b] = [row[lesser] ?? null, row[greater] ?? null]
      if (a === null || b === null) return false
      const [x, y] = [Number(a), Number(b)].some(Number.isNaN)
        ? [String(a), String(b)]
        : [Number(a), Number(b)]
      return orEqual ? x > y : x >= y
    })
    return broken.length === 0 ? [] : [`${name}: ${broken.length} rows break ${lesser} < ${greater}`]
  })
}
