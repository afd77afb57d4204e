import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import { formatCount } from '../../model/format.ts'
import type { ForeignKey, Table } from '../../model/schema.ts'
import type { Counting, KeyedTable } from './counting.ts'
import { existingRowsOf, newRowsOf } from './counting.ts'
import { rowLimit } from './row-limits.ts'
import type { Distribution } from './rules.ts'
import { canStayEmpty } from './sharing.ts'
import type { TableKind } from './table-kinds.ts'
import { isActor, kindOf, lookupRows, scales } from './table-kinds.ts'

/** How many rows a table gets, and how they are shared out among its parents. */
export interface RowCount {
  readonly rows: number
  readonly reason: string
  /** The references with the exact number of children for each of their parents. */
  readonly each: ReadonlyMap<ForeignKey, number>
  /** The reference that leads the table's tuple, where it has one. */
  readonly lead: { readonly foreignKey: ForeignKey; readonly per: number } | null
  /** The reference that the number of rows comes from, and how children are shared out there. */
  readonly main: { readonly foreignKey: ForeignKey; readonly distribution: Distribution } | null
}

interface Wanted {
  readonly rows: number
  readonly reason: string
}

/** Decides a table's number of new rows. Throws `HR_SEED_ROWS` where what was asked for cannot be kept. */
export function countRows(keyed: KeyedTable, counting: Counting): RowCount {
  const { table, strategy } = keyed
  const main = mainReference(keyed, keyed.sharing.free, counting)
  const lead = leadReference(keyed, main, counting)
  const wanted = wantedRows(keyed, main, lead, counting)
  const limit = rowLimit(keyed, lead, counting)
  const isAsked = counting.rows[table.name] !== undefined || counting.per[table.name] !== undefined
  if (isAsked && wanted.rows > limit.rows) {
    throw new Failure(
      'HR_SEED_ROWS',
      l10n.t(
        '`{0}` can get at most {1} new rows, not {2}: {3}.',
        table.name,
        limit.rows,
        wanted.rows,
        limit.reason,
      ),
    )
  }
  const rows = Math.min(wanted.rows, limit.rows)
  const each = new Map<ForeignKey, number>([...strategy.oneToOne].map((foreignKey) => [foreignKey, 1]))
  const per = counting.per[table.name]
  const distribution = counting.distributions[table.name] ?? 'zipf'
  const isPlain = main !== null && main !== lead && !each.has(main) && main !== strategy.uniqueJoin
  if (per !== undefined && isPlain && distribution === 'exact') each.set(main, per)
  return {
    rows,
    reason: rows < wanted.rows ? l10n.t('{0}, but {1}', wanted.reason, limit.reason) : wanted.reason,
    each,
    lead:
      lead === null
        ? null
        : { foreignKey: lead, per: Math.max(1, Math.ceil(rows / newRowsOf(lead, counting))) },
    main: isPlain ? { foreignKey: main, distribution } : null,
  }
}

/**
 * The parent that a table belongs to most: one that was asked for, else one that every row has, else the one with the most
 * rows. Look-up tables are nobody's parent, as long as there are others.
 */
export function mainReference(
  { table, sharing }: KeyedTable,
  foreignKeys: readonly ForeignKey[],
  counting: Counting,
): ForeignKey | null {
  const { rows, per, forward, kinds, tables } = counting
  const others = foreignKeys.filter((key) => key.referencedTable !== table.name)
  const rank = (key: ForeignKey): readonly number[] => [
    forward.has(key) ? 0 : 1,
    (rows[key.referencedTable] ?? 0) > 0 ? 1 : 0,
    kinds.get(key.referencedTable) === 'look-up' ? 0 : 1,
    canStayEmpty(table, key, sharing.free) || key.inferred !== undefined ? 0 : 1,
    kinds.get(table.name) === 'log' && isActor(key.referencedTable) ? 1 : 0,
    newRowsOf(key, counting),
    tables.get(key.referencedTable)?.rowCount ?? 0,
  ]
  const best = others.toSorted((a, b) => compareRanks(rank(b), rank(a)))[0]
  // A table that comes later decides the number of rows only where that was asked for.
  return best === undefined || (forward.has(best) && per[table.name] === undefined) ? null : best
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, i) => value !== b[i])
  return differing < 0 ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0)
}

function leadReference(keyed: KeyedTable, main: ForeignKey | null, counting: Counting): ForeignKey | null {
  const { sharing, strategy } = keyed
  const inside = sharing.free.filter((key) => key.columns.some((name) => strategy.tuple.includes(name)))
  if (main !== null && inside.includes(main) && newRowsOf(main, counting) > 0) return main
  return (
    mainReference(keyed, inside, counting) ??
    inside.find((key) => key.referencedTable !== keyed.table.name) ??
    null
  )
}

function wantedRows(
  { table, strategy }: KeyedTable,
  main: ForeignKey | null,
  lead: ForeignKey | null,
  counting: Counting,
): Wanted {
  const rows = counting.rows[table.name]
  if (rows !== undefined) return { rows, reason: l10n.t('asked for') }
  if (counting.per[table.name] !== undefined) return wantedPerParent(table, main, counting)
  const kind = counting.kinds.get(table.name) ?? 'root'
  const usual = scales[counting.scale]
  const scale = l10n.t('{0} scale', counting.scale)
  const parent = strategy.uniqueJoin ?? lead ?? main
  const parents = parent === null ? 0 : newRowsOf(parent, counting)
  if (kind === 'look-up') {
    const most = Math.min(lookupRows(table.name) ?? usual.lookup, usual.lookup)
    return { rows: most, reason: l10n.t('{0}, a look-up table', scale) }
  }
  if (kind === 'group') return { rows: usual.group, reason: l10n.t('{0}, groups of others', scale) }
  if (kind === 'root' || parent === null || parents === 0) {
    return { rows: usual.root, reason: kind === 'log' ? l10n.t('{0}, a log', scale) : scale }
  }
  const isSingle = strategy.oneToOne.has(parent)
  const each = isSingle ? 1 : Math.max(1, Math.round(usual.perParent[kind] * counting.thrift))
  const most = isSingle
    ? Number.POSITIVE_INFINITY
    : Math.max(1, Math.round(usual.most[kind] * counting.thrift))
  const wanted = each * parents
  const reason =
    wanted <= most
      ? l10n.t('{0}, {1}', scale, perParentText(each, parent, isSingle))
      : l10n.t(
          '{0}, at most {1} in one table, shared out among the new rows of `{2}`',
          scale,
          formatCount(most),
          parent.referencedTable,
        )
  const isSaved = counting.thrift < 1 && !isSingle
  return {
    rows: Math.min(wanted, most),
    reason: isSaved ? l10n.t('{0}, fewer than usual for want of room', reason) : reason,
  }
}

function perParentText(each: number, parent: ForeignKey, isExact: boolean): string {
  return isExact
    ? l10n.t('one for each new row of `{0}`', parent.referencedTable)
    : l10n.t('about {0} for each new row of `{1}`', formatCount(each), parent.referencedTable)
}

function wantedPerParent(table: Table, main: ForeignKey | null, counting: Counting): Wanted {
  if (main === null) {
    throw new Failure(
      'HR_SEED_ROWS',
      l10n.t('`{0}` refers to no other table. Say --rows {0}=… instead of --per.', table.name),
    )
  }
  const per = counting.per[table.name] ?? 0
  const added = newRowsOf(main, counting)
  const parents = added > 0 ? added : existingRowsOf(main, counting)
  const isExact = (counting.distributions[table.name] ?? 'zipf') === 'exact'
  const text = added > 0 ? perNewText : perExistingText
  return {
    rows: per * parents,
    reason: text(isExact, formatCount(per), formatCount(parents), main.referencedTable),
  }
}

function perNewText(isExact: boolean, per: string, parents: string, parent: string): string {
  return isExact
    ? l10n.t('exactly {0} for each of {1} new rows of `{2}`', per, parents, parent)
    : l10n.t('about {0} for each of {1} new rows of `{2}`', per, parents, parent)
}

function perExistingText(isExact: boolean, per: string, parents: string, parent: string): string {
  return isExact
    ? l10n.t('exactly {0} for each of {1} existing rows of `{2}`', per, parents, parent)
    : l10n.t('about {0} for each of {1} existing rows of `{2}`', per, parents, parent)
}

/** The kinds of all tables, parents first. */
export function kindsOf(
  keyed: readonly KeyedTable[],
  forward: ReadonlySet<ForeignKey>,
): ReadonlyMap<string, TableKind> {
  const kinds = new Map<string, TableKind>()
  for (const { table, sharing, strategy } of keyed) {
    const parents = [...sharing.free, ...sharing.joined.keys()].filter(
      (key) => key.referencedTable !== table.name && !forward.has(key) && key.inferred === undefined,
    )
    const isTuple = strategy.tuple.length > 0 || strategy.uniqueJoin !== null
    const parentKinds = parents.map((key) => kinds.get(key.referencedTable) ?? 'root')
    kinds.set(table.name, kindOf(table, parentKinds, isTuple))
  }
  return kinds
}
