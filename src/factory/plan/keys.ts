import type { Column, ForeignKey, Table } from '../../model/schema.ts'
import type { TablePlan } from '../../model/seed-plan.ts'
import type { RowKey, SeedTarget } from '../databases/database.ts'
import { suggestGenerator } from '../generators/index.ts'
import { isOptional } from './order.ts'

/** How a table's keys and unique sets are kept when rows are made up. */
export interface KeyStrategy {
  /** The integer primary key that is simply numbered, or null. */
  readonly numbered: string | null
  /** Columns whose every value differs. */
  readonly unique: ReadonlySet<string>
  /** Foreign keys that refer to each parent at most once. */
  readonly oneToOne: ReadonlySet<ForeignKey>
  /** Columns that are unique only together, where nothing above ensures it; empty where there are none. */
  readonly tuple: readonly string[]
}

/** A reason why rows for a table cannot be made, as the end of a sentence. */
export interface Obstacle {
  readonly obstacle: string
}

/** Decides how the table's keys are kept, or says why they cannot be. */
export function keyStrategy(table: Table, foreignKeys: readonly ForeignKey[]): KeyStrategy | Obstacle {
  const key = table.primaryKey
  const keyColumn = table.columns.find((column) => column.name === key[0])
  const isReference = (name: string) => foreignKeys.some((foreignKey) => foreignKey.columns.includes(name))
  const numbered =
    key.length === 1 &&
    keyColumn?.type === 'integer' &&
    keyColumn.allowedValues === null &&
    !isReference(keyColumn.name)
      ? keyColumn.name
      : null
  const unique = new Set<string>(numbered === null ? [] : [numbered])
  const oneToOne = new Set<ForeignKey>()
  const tuples: (readonly string[])[] = []
  for (const set of uniqueSets(table)) {
    const isKept = () =>
      set.some((name) => unique.has(name)) ||
      [...oneToOne].some((foreignKey) => foreignKey.columns.every((name) => set.includes(name)))
    if (isKept()) continue
    const owner = foreignKeys.find((foreignKey) => set.every((name) => foreignKey.columns.includes(name)))
    const own = owner === undefined ? uniqueColumn(table, set, isReference) : null
    if (owner !== undefined) oneToOne.add(owner)
    else if (own !== null) unique.add(own)
    else tuples.push(set)
  }
  const [tuple = [], ...more] = tuples
  if (more.some((set) => !tuple.every((name) => set.includes(name)))) {
    return { obstacle: 'it has several unique sets of columns that only hold references' }
  }
  if (keyColumns(table) === null) {
    return { obstacle: 'it has no primary key, so its new rows could not be told from yours later' }
  }
  return { numbered, unique, oneToOne, tuple }
}

/** What tells Headroom's rows of a planned table from all others. */
export function rowKeyOf(plan: TablePlan): RowKey {
  const numbered = plan.columns.find((column) => column.generator === 'row-id')
  if (numbered !== undefined) return { kind: 'range', columns: [numbered.column] }
  return { kind: 'list', columns: keyColumns(plan.table) ?? [] }
}

/** A planned table as the database needs to know it. */
export function seedTarget(plan: TablePlan): SeedTarget {
  const sequences = plan.columns
    .filter((column) => column.generator === 'sequence')
    .map((column) => column.column)
  return { table: plan.table, key: rowKeyOf(plan), sequences }
}

/** The primary key, or unique columns that are never NULL, or null. */
function keyColumns(table: Table): readonly string[] | null {
  return (
    uniqueSets(table).find((set) =>
      set.every((name) => {
        const column = columnOf(table, name)
        return column?.generated === false && (table.primaryKey.includes(name) || !column.nullable)
      }),
    ) ?? null
  )
}

function uniqueSets(table: Table): readonly (readonly string[])[] {
  const sets = [table.primaryKey, ...table.uniques].filter((set) => set.length > 0)
  return sets.toSorted((a, b) => Math.min(a.length, 2) - Math.min(b.length, 2))
}

/** A column of the set, not a reference, that can differ in every row. */
function uniqueColumn(
  table: Table,
  set: readonly string[],
  isReference: (name: string) => boolean,
): string | null {
  const candidates = set.filter((name) => {
    const column = columnOf(table, name)
    return column !== undefined && !column.generated && !isReference(name)
  })
  const capacities = candidates.map((name) => {
    const column = columnOf(table, name)
    const found = column === undefined ? null : suggestGenerator(column, { table: table.name, unique: true })
    return { name, capacity: found === null ? 0 : (found.suggestion.capacity ?? Number.POSITIVE_INFINITY) }
  })
  const best = capacities.toSorted((a, b) => b.capacity - a.capacity)[0]
  if (best === undefined || best.capacity === 0) return null
  return set.length === 1 || best.capacity > 100_000 ? best.name : null
}

/** The table's column of that name. */
export function columnOf(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name)
}

/** Whether the reference stays NULL where it has nothing left to refer to. */
export function mayStayEmpty(table: Table, foreignKey: ForeignKey, strategy: KeyStrategy): boolean {
  return isOptional(table, foreignKey) && !foreignKey.columns.some((name) => strategy.tuple.includes(name))
}
