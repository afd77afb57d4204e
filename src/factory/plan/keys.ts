import * as l10n from '@vscode/l10n'
import type { ForeignKey, Table } from '../../model/schema.ts'
import type { TablePlan } from '../../model/seed-plan.ts'
import type { RowKey, SeedTarget } from '../databases/database.ts'
import { columnOf, finiteValues, uniqueCapacity } from './column-values.ts'
import type { Sharing } from './sharing.ts'
import { canStayEmpty, columnsToEmpty } from './sharing.ts'
import { namesText } from '../reasons.ts'

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
  /** The foreign key that is unique together with those that are joined to it, or null. */
  readonly uniqueJoin: ForeignKey | null
  /** Columns that stay NULL because their values could not be kept unique, with the reason. */
  readonly empty: ReadonlyMap<string, string>
}

/** A reason why rows for a table cannot be made, as the end of a sentence. */
export interface Obstacle {
  readonly obstacle: string
}

/** Decides how the table's keys are kept, or says why they cannot be. */
export function keyStrategy(
  table: Table,
  sharing: Sharing,
  tables: ReadonlyMap<string, Table>,
): KeyStrategy | Obstacle {
  if (keyColumns(table) === null) {
    return {
      obstacle: l10n.t(
        'it has no primary key and no other unique columns, so its new rows could not be told from yours later',
      ),
    }
  }
  const draft = new StrategyDraft(table, sharing, tables)
  const open = uniqueSets(table).filter((set) => !draft.keep(set))
  const tuple = open.find((set) => draft.canBeTuple(set)) ?? []
  for (const set of open) {
    if (tuple.length > 0 && tuple.every((name) => set.includes(name))) continue
    if (!draft.keepSomehow(set, tuple))
      return { obstacle: l10n.t('nothing can keep {0} unique', namesText(set)) }
  }
  return draft.strategy(tuple)
}

class StrategyDraft {
  private readonly table: Table
  private readonly tables: ReadonlyMap<string, Table>
  private readonly sharing: Sharing
  private readonly numbered: string | null
  private readonly unique: Set<string>
  private readonly oneToOne = new Set<ForeignKey>()
  private readonly empty = new Map<string, string>()
  private uniqueJoin: ForeignKey | null = null

  constructor(table: Table, sharing: Sharing, tables: ReadonlyMap<string, Table>) {
    this.table = table
    this.tables = tables
    this.sharing = sharing
    const [name = ''] = table.primaryKey
    const column = columnOf(table, name)
    const isNumbered =
      table.primaryKey.length === 1 &&
      column?.type === 'integer' &&
      column.allowedValues === null &&
      !column.generated &&
      !this.isReference(name)
    this.numbered = isNumbered ? name : null
    this.unique = new Set(isNumbered ? [name] : [])
  }

  /** Sees to it that the columns are unique together, by something that always can. */
  keep(set: readonly string[]): boolean {
    if (this.isKept(set)) return true
    const owner = this.sharing.free.find(
      (key) => set.every((name) => key.columns.includes(name)) && this.identifies(set, key),
    )
    if (owner !== undefined) this.keepOneToOne(owner)
    else if (this.keepByColumn(set)) return true
    else if (!this.keepByJoin(set)) return false
    return true
  }

  /** As {@link keep}, for a set that no tuple can keep: each parent once at most, or NULL. */
  keepSomehow(set: readonly string[], tuple: readonly string[]): boolean {
    if (this.isKept(set)) return true
    const outside = this.sharing.free.filter(
      (key) => this.identifies(set, key) && !key.columns.some((name) => tuple.includes(name)),
    )
    const owner =
      outside.find((key) => canStayEmpty(this.table, key, this.sharing.free)) ??
      outside.find((key) => key.referencedTable !== this.table.name)
    if (owner !== undefined) {
      this.keepOneToOne(owner)
      return true
    }
    const optional = set.find(
      (name) =>
        columnOf(this.table, name)?.nullable === true &&
        !this.table.primaryKey.includes(name) &&
        !tuple.includes(name) &&
        !this.isReference(name),
    )
    if (optional === undefined) return false
    this.empty.set(optional, l10n.t('left empty: {0} are unique together', namesText(set)))
    return true
  }

  /** Whether the columns can be numbered through: references that stand alone, and columns of few values. */
  canBeTuple(set: readonly string[]): boolean {
    const free = this.sharing.free.filter((key) => key.columns.some((name) => set.includes(name)))
    const leads = new Set([...this.sharing.joined.values()].map(({ lead }) => lead))
    const isApt = (key: ForeignKey) => !leads.has(key) && !this.oneToOne.has(key) && this.identifies(set, key)
    // Without a reference to new rows, nothing keeps combinations apart from those of rows that are there.
    if (!free.every(isApt) || (free.length === 0 && this.table.rowCount > 0)) return false
    return set.every(
      (name) =>
        free.some((key) => key.columns.includes(name)) ||
        (!this.isReference(name) && finiteValues(this.table, name) !== null),
    )
  }

  strategy(tuple: readonly string[]): KeyStrategy {
    const { numbered, unique, oneToOne, uniqueJoin, empty } = this
    return { numbered, unique, oneToOne, tuple, uniqueJoin, empty }
  }

  private isKept(set: readonly string[]): boolean {
    const { uniqueJoin } = this
    return (
      set.some((name) => this.unique.has(name) || this.empty.has(name)) ||
      [...this.oneToOne].some((key) => this.identifies(set, key)) ||
      (uniqueJoin !== null && this.joinColumns(uniqueJoin).every((name) => set.includes(name)))
    )
  }

  /** Whether no two rows that the key refers to have the same values in those of its columns that are in the set. */
  private identifies(set: readonly string[], key: ForeignKey): boolean {
    const inside = key.columns.filter((name) => set.includes(name))
    if (inside.length === key.columns.length) return true
    const referenced = inside.map((name) => key.referencedColumns[key.columns.indexOf(name)])
    const parent = this.tables.get(key.referencedTable)
    return (
      parent !== undefined &&
      uniqueSets(parent).some((unique) => unique.every((name) => referenced.includes(name)))
    )
  }

  private keepOneToOne(key: ForeignKey): void {
    const isLead = [...this.sharing.joined.values()].some(({ lead }) => lead === key)
    // Parents that are chosen together with others are numbered by the join, here with one row for each.
    if (isLead) this.uniqueJoin = key
    this.oneToOne.add(key)
  }

  private keepByColumn(set: readonly string[]): boolean {
    const own = uniqueColumn(this.table, set, (name) => this.isReference(name))
    if (own !== null) this.unique.add(own)
    return own !== null
  }

  private keepByJoin(set: readonly string[]): boolean {
    if (this.uniqueJoin !== null) return false
    const leads = new Set([...this.sharing.joined.values()].map(({ lead }) => lead))
    const found = [...leads].find((lead) => this.joinColumns(lead).every((name) => set.includes(name)))
    if (found === undefined) return false
    this.uniqueJoin = found
    return true
  }

  private joinColumns(lead: ForeignKey): readonly string[] {
    const others = [...this.sharing.joined].filter(([, joined]) => joined.lead === lead)
    return [...lead.columns, ...others.flatMap(([key]) => key.columns)]
  }

  private isReference(name: string): boolean {
    const { free, joined, matching } = this.sharing
    return (
      [...free, ...joined.keys()].some((key) => key.columns.includes(name)) ||
      [...matching].some(([key, pairs]) => key.columns.includes(name) && !pairs.some(([own]) => own === name))
    )
  }
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
  return { table: plan.table, key: rowKeyOf(plan), rows: plan.rows, sequences }
}

/** The primary key, or unique columns that are never NULL, or null. */
function keyColumns(table: Table): readonly string[] | null {
  return (
    uniqueSets(table).find(
      (set) =>
        !isPartial(table, set) &&
        set.every((name) => {
          const column = columnOf(table, name)
          return column?.generated === false && (table.primaryKey.includes(name) || !column.nullable)
        }),
    ) ?? null
  )
}

function isPartial({ partialUniques = [] }: Table, set: readonly string[]): boolean {
  return partialUniques.some((partial) => partial.join('\n') === set.join('\n'))
}

/** The primary key first among sets of one column, and among larger ones. */
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
    if (column === undefined || column.generated || isReference(name)) return false
    // Among others, a date hardly tells rows apart, and the time of a deletion is the exception.
    return set.length === 1 || (column.type !== 'date' && !(column.type === 'datetime' && column.nullable))
  })
  const capacities = candidates.map((name) => ({ name, capacity: uniqueCapacity(table, name) }))
  // Numbers come before what is as good: they are made to tell rows apart.
  const isNumber = (name: string) => Number(columnOf(table, name)?.type === 'integer')
  const best = capacities.toSorted(
    (a, b) =>
      (a.capacity === b.capacity ? 0 : b.capacity - a.capacity) || isNumber(b.name) - isNumber(a.name),
  )[0]
  if (best === undefined || best.capacity === 0) return null
  return set.length === 1 || best.capacity > 100_000 ? best.name : null
}

/** Whether the whole reference is NULL where it has nothing left to refer to. */
export function mayStayEmpty(
  table: Table,
  foreignKey: ForeignKey,
  strategy: KeyStrategy,
  foreignKeys: readonly ForeignKey[],
): boolean {
  return (
    columnsToEmpty(table, foreignKey, foreignKeys).length === foreignKey.columns.length &&
    !foreignKey.columns.some((name) => strategy.tuple.includes(name))
  )
}
