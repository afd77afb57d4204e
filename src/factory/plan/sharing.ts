import * as l10n from '@vscode/l10n'
import type { ForeignKey, Table } from '../../model/schema.ts'
import { columnOf } from './column-values.ts'
import { namesText } from '../reasons.ts'

/** A foreign key whose row is chosen among those that agree with another one's. */
export interface Joined {
  readonly lead: ForeignKey
  /** Columns that must agree: the one that the lead refers to, and the one that this key refers to. */
  readonly shared: readonly (readonly [leadColumn: string, column: string])[]
}

/** How the foreign keys of a table that have columns in common are kept together. */
export interface Sharing {
  /** Keys that choose their row for themselves. */
  readonly free: readonly ForeignKey[]
  /** Required keys that follow a free one. */
  readonly joined: ReadonlyMap<ForeignKey, Joined>
  /**
   * Keys that may find no row: they are chosen among the rows that agree with values that this row has anyway, by pairs of
   * the own column and the one referred to. Of a table that refers to itself it may be the row itself.
   */
  readonly matching: ReadonlyMap<ForeignKey, readonly (readonly [ownColumn: string, column: string])[]>
  /** Keys that stay NULL, with the reason. */
  readonly empty: ReadonlyMap<ForeignKey, string>
}

/** What is wrong, as the end of a sentence. */
interface Conflict {
  readonly obstacle: string
}

/**
 * Decides how foreign keys that have columns in common are kept, or says which ones cannot be. Those of `following` decide
 * nothing for others.
 */
export function shareColumns(
  table: Table,
  foreignKeys: readonly ForeignKey[],
  tables: ReadonlyMap<string, Table>,
  following: ReadonlySet<ForeignKey> = new Set(),
): Sharing | Conflict {
  const free: ForeignKey[] = []
  const joined = new Map<ForeignKey, Joined>()
  const matching = new Map<ForeignKey, readonly (readonly [string, string])[]>()
  const empty = new Map<ForeignKey, string>()
  const deciding = foreignKeys.filter((key) => !following.has(key))
  const decisive = foreignKeys.filter((key) => !isImplied(key, deciding, table, tables))
  for (const group of groupsOf(decisive)) {
    const lead = leadOf(table, group, following)
    if (lead !== null) free.push(lead)
    const others = group.filter((key) => key !== lead)
    for (const key of others) {
      const pairs = sharedPairs(table, key, others, lead)
      const isSelf = key.referencedTable === table.name
      if (pairs !== null && (isSelf || canStayEmpty(table, key, foreignKeys))) matching.set(key, pairs)
      else if (pairs !== null && lead !== null) joined.set(key, { lead, shared: throughLead(pairs, lead) })
      else if (canStayEmpty(table, key, foreignKeys))
        empty.set(key, l10n.t('left empty: it has columns in common with several other references'))
      else
        return {
          obstacle: l10n.t('its references {0} have too much in common', namesText(group.map(written))),
        }
    }
  }
  return { free, joined, matching, empty }
}

/** Whether some column of the key can be NULL without any of the others being so. */
export function canStayEmpty(table: Table, key: ForeignKey, foreignKeys: readonly ForeignKey[]): boolean {
  return columnsToEmpty(table, key, foreignKeys).length > 0
}

/** The columns that are NULL where the key stays empty: its nullable ones, without those that other keys fill. */
export function columnsToEmpty(
  table: Table,
  key: ForeignKey,
  foreignKeys: readonly ForeignKey[],
): readonly string[] {
  const filled = new Set(foreignKeys.filter((other) => other !== key).flatMap(({ columns }) => columns))
  return key.columns.filter(
    (name) =>
      columnOf(table, name)?.nullable === true && !table.primaryKey.includes(name) && !filled.has(name),
  )
}

/** `(tenant_id, user_id) → users`, for messages. */
export function written({ columns, referencedTable }: ForeignKey): string {
  return `(${columns.join(', ')}) → ${referencedTable}`
}

/** Whether another key of the table keeps this one too: what it refers to refers, in turn, to what this one does. */
function isImplied(
  key: ForeignKey,
  foreignKeys: readonly ForeignKey[],
  table: Table,
  tables: ReadonlyMap<string, Table>,
): boolean {
  return foreignKeys.some((other, i) => {
    if (other === key || other.referencedTable === table.name) return false
    if (!key.columns.every((name) => other.columns.includes(name))) return false
    const through = key.columns.map((name) => other.referencedColumns[other.columns.indexOf(name)] ?? '')
    const isTwin =
      other.referencedTable === key.referencedTable &&
      through.every((name, n) => name === key.referencedColumns[n])
    if (isTwin) return other.columns.length > key.columns.length || i < foreignKeys.indexOf(key)
    return refersTo(other.referencedTable, through, key, tables, new Set())
  })
}

function refersTo(
  name: string,
  columns: readonly string[],
  target: ForeignKey,
  tables: ReadonlyMap<string, Table>,
  seen: Set<string>,
): boolean {
  const table = tables.get(name)
  if (table === undefined || seen.has(name)) return false
  seen.add(name)
  // A column that may be NULL ensures nothing.
  if (columns.some((each) => columnOf(table, each)?.nullable !== false && !table.primaryKey.includes(each)))
    return false
  return table.foreignKeys.some((key) => {
    if (key.inferred !== undefined || !columns.every((each) => key.columns.includes(each))) return false
    const through = columns.map((each) => key.referencedColumns[key.columns.indexOf(each)] ?? '')
    const arrives =
      key.referencedTable === target.referencedTable &&
      through.every((each, n) => each === target.referencedColumns[n])
    return arrives || refersTo(key.referencedTable, through, target, tables, seen)
  })
}

/** Keys that are connected by common columns, in the order of the first of each. */
function groupsOf(foreignKeys: readonly ForeignKey[]): readonly (readonly ForeignKey[])[] {
  const groups: ForeignKey[][] = []
  for (const key of foreignKeys) {
    const touching = groups.filter((group) =>
      group.some((other) => other.columns.some((name) => key.columns.includes(name))),
    )
    const [first, ...more] = touching
    if (first === undefined) groups.push([key])
    else {
      first.push(...more.flat(), key)
      for (const group of more) groups.splice(groups.indexOf(group), 1)
    }
  }
  return groups.map((group) => group.toSorted((a, b) => foreignKeys.indexOf(a) - foreignKeys.indexOf(b)))
}

/** The key that chooses first: required before optional, then the one with the most columns. Null where none can. */
function leadOf(
  table: Table,
  group: readonly ForeignKey[],
  following: ReadonlySet<ForeignKey>,
): ForeignKey | null {
  const own = group.filter((key) => !keepsOwnColumn(table, key))
  const able = own.some((key) => !following.has(key)) ? own.filter((key) => !following.has(key)) : own
  const outward = able.filter((key) => key.referencedTable !== table.name)
  const candidates = outward.length > 0 ? outward : group.length === 1 ? able : []
  const rank = (key: ForeignKey) => (canStayEmpty(table, key, group) ? 0 : 100) + key.columns.length
  return candidates.toSorted((a, b) => rank(b) - rank(a))[0] ?? null
}

/** Whether it refers to the table itself by a column that holds the same in both rows: (tenant_id, parent_id) → (tenant_id, id). */
function keepsOwnColumn(table: Table, key: ForeignKey): boolean {
  return (
    key.referencedTable === table.name && key.columns.some((name, i) => name === key.referencedColumns[i])
  )
}

/** The columns that the key does not decide itself, each with the one it refers to; null where another than the lead has them. */
function sharedPairs(
  table: Table,
  key: ForeignKey,
  others: readonly ForeignKey[],
  lead: ForeignKey | null,
): readonly (readonly [string, string])[] | null {
  const rivals = others.filter((other) => other !== key).flatMap(({ columns }) => columns)
  const pairs: (readonly [string, string])[] = []
  for (const [i, name] of key.columns.entries()) {
    const referenced = key.referencedColumns[i] ?? ''
    const isSame = key.referencedTable === table.name && name === referenced
    if (isSame || lead?.columns.includes(name) === true) pairs.push([name, referenced])
    else if (rivals.includes(name)) return null
  }
  return pairs.length > 0 ? pairs : null
}

function throughLead(
  pairs: readonly (readonly [string, string])[],
  lead: ForeignKey,
): readonly (readonly [string, string])[] {
  return pairs.map(([own, column]) => [lead.referencedColumns[lead.columns.indexOf(own)] ?? '', column])
}
