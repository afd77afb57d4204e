import { Failure } from '../../model/failure.ts'
import type { ForeignKey, Table } from '../../model/schema.ts'
import type { KeyStrategy } from './keys.ts'
import { columnOf, mayStayEmpty } from './keys.ts'

export type Scale = 'small' | 'medium' | 'production'

/** What was asked for, and what is planned so far: parents come before their children. */
export interface Progress {
  readonly rows: Readonly<Record<string, number>>
  readonly per: Readonly<Record<string, number>>
  readonly scale: Scale
  readonly tables: ReadonlyMap<string, Table>
  /** New rows of each table planned so far. */
  readonly newRows: ReadonlyMap<string, number>
}

/** How many rows a table gets, and which of its references gives each parent equally many. */
export interface RowCount {
  readonly rows: number
  readonly reason: string
  /** The references with the exact number of children for each of their parents. */
  readonly each: ReadonlyMap<ForeignKey, number>
  /** The reference that leads the table's tuple, where it has one. */
  readonly lead: { readonly foreignKey: ForeignKey; readonly per: number } | null
}

const rootRows: Readonly<Record<Scale, number>> = { small: 1000, medium: 10_000, production: 100_000 }
const childrenPerParent = 5
const linksPerParent = 3
const lookupRows = 50
const mostTimesRoot = 20
/** At most this many keys of existing rows are read to refer to. */
export const mostExistingKeys = 10_000
const lookupName = /tag|categor|role|countr|currenc|plan|status|type|permission|language|genre|topic/i

/** Decides a table's number of new rows. Throws `HR_SEED_ROWS` where what was asked for cannot be kept. */
export function countRows(
  table: Table,
  foreignKeys: readonly ForeignKey[],
  strategy: KeyStrategy,
  progress: Progress,
): RowCount {
  const main = mainReference(table, foreignKeys, progress)
  const lead = leadReference(table, foreignKeys, strategy, main, progress)
  const wanted = wantedRows(table, main, strategy, lead, progress)
  const limit = rowLimit(table, foreignKeys, strategy, lead, progress)
  const asked = progress.rows[table.name] !== undefined || progress.per[table.name] !== undefined
  if (asked && wanted.rows > limit.rows) {
    throw new Failure(
      'HR_SEED_ROWS',
      `\`${table.name}\` can get at most ${limit.rows} new rows, not ${wanted.rows}: ${limit.reason}.`,
    )
  }
  const rows = Math.min(wanted.rows, limit.rows)
  const each = new Map<ForeignKey, number>([...strategy.oneToOne].map((foreignKey) => [foreignKey, 1]))
  const per = progress.per[table.name]
  if (per !== undefined && main !== null && main !== lead) each.set(main, per)
  return {
    rows,
    reason: rows < wanted.rows ? `${wanted.reason}, but ${limit.reason}` : wanted.reason,
    each,
    lead:
      lead === null
        ? null
        : { foreignKey: lead, per: Math.max(1, Math.ceil(rows / newRowsOf(lead, progress))) },
  }
}

/** The parent that a table belongs to most: one that was asked for, else the one with the most rows. */
function mainReference(
  table: Table,
  foreignKeys: readonly ForeignKey[],
  progress: Progress,
): ForeignKey | null {
  const others = foreignKeys.filter((foreignKey) => foreignKey.referencedTable !== table.name)
  const rank = (foreignKey: ForeignKey): readonly number[] => [
    (progress.rows[foreignKey.referencedTable] ?? 0) > 0 ? 1 : 0,
    newRowsOf(foreignKey, progress),
    progress.tables.get(foreignKey.referencedTable)?.rowCount ?? 0,
  ]
  return others.toSorted((a, b) => compareRanks(rank(b), rank(a)))[0] ?? null
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, i) => value !== b[i])
  return differing < 0 ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0)
}

function leadReference(
  table: Table,
  foreignKeys: readonly ForeignKey[],
  strategy: KeyStrategy,
  main: ForeignKey | null,
  progress: Progress,
): ForeignKey | null {
  const inside = foreignKeys.filter((foreignKey) =>
    foreignKey.columns.some((name) => strategy.tuple.includes(name)),
  )
  if (main !== null && inside.includes(main) && newRowsOf(main, progress) > 0) return main
  return mainReference(table, inside, progress)
}

function wantedRows(
  table: Table,
  main: ForeignKey | null,
  strategy: KeyStrategy,
  lead: ForeignKey | null,
  progress: Progress,
): { readonly rows: number; readonly reason: string } {
  const rows = progress.rows[table.name]
  if (rows !== undefined) return { rows, reason: 'asked for' }
  const per = progress.per[table.name]
  if (per !== undefined) return wantedPerParent(table, main, per, progress)
  const root = rootRows[progress.scale]
  const scale = `${progress.scale} scale`
  const parent = lead ?? main
  if (parent === null || newRowsOf(parent, progress) === 0) {
    return lookupName.test(table.name)
      ? { rows: lookupRows, reason: `${scale}, a look-up table` }
      : { rows: root, reason: scale }
  }
  const each = strategy.oneToOne.has(parent) ? 1 : lead === null ? childrenPerParent : linksPerParent
  return {
    rows: Math.min(each * newRowsOf(parent, progress), root * mostTimesRoot),
    reason: `${scale}, about ${each} for each new row of \`${parent.referencedTable}\``,
  }
}

function wantedPerParent(
  table: Table,
  main: ForeignKey | null,
  per: number,
  progress: Progress,
): { readonly rows: number; readonly reason: string } {
  if (main === null) {
    throw new Failure(
      'HR_SEED_ROWS',
      `\`${table.name}\` refers to no other table. Say --rows ${table.name}=… instead of --per.`,
    )
  }
  const added = newRowsOf(main, progress)
  const existing = Math.min(progress.tables.get(main.referencedTable)?.rowCount ?? 0, mostExistingKeys)
  return added > 0
    ? {
        rows: per * added,
        reason: `exactly ${per} for each of ${added} new rows of \`${main.referencedTable}\``,
      }
    : {
        rows: per * existing,
        reason: `exactly ${per} for each of ${existing} existing rows of \`${main.referencedTable}\``,
      }
}

function rowLimit(
  table: Table,
  foreignKeys: readonly ForeignKey[],
  strategy: KeyStrategy,
  lead: ForeignKey | null,
  progress: Progress,
): { readonly rows: number; readonly reason: string } {
  let limit = { rows: Number.POSITIVE_INFINITY, reason: '' }
  const lower = (rows: number, reason: string) => {
    if (rows < limit.rows) limit = { rows, reason }
  }
  for (const foreignKey of strategy.oneToOne) {
    if (mayStayEmpty(table, foreignKey, strategy) || foreignKey.referencedTable === table.name) continue
    lower(
      newRowsOf(foreignKey, progress),
      `it has one row for each new row of \`${foreignKey.referencedTable}\``,
    )
  }
  if (strategy.tuple.length > 0) {
    const combinations = lead === null ? 0 : tupleCombinations(table, foreignKeys, strategy, lead, progress)
    const parents = lead === null ? 0 : newRowsOf(lead, progress)
    lower(
      parents * combinations,
      `${strategy.tuple.join(' and ')} are unique together, so it needs new rows of \`${lead?.referencedTable ?? table.name}\` to refer to`,
    )
  }
  for (const [column, capacity] of capacities(table, strategy))
    lower(capacity, `${column} has only ${capacity} different values`)
  return limit
}

/** How many different tuples one row of the leading table can have. */
function tupleCombinations(
  table: Table,
  foreignKeys: readonly ForeignKey[],
  strategy: KeyStrategy,
  lead: ForeignKey,
  progress: Progress,
): number {
  const references = foreignKeys.filter(
    (foreignKey) => foreignKey !== lead && foreignKey.columns.some((name) => strategy.tuple.includes(name)),
  )
  const counts = references.map((foreignKey) => {
    const existing = Math.min(
      progress.tables.get(foreignKey.referencedTable)?.rowCount ?? 0,
      mostExistingKeys,
    )
    return (
      existing +
      newRowsOf(foreignKey, progress) -
      (foreignKey.referencedTable === lead.referencedTable ? 1 : 0)
    )
  })
  const choices = strategy.tuple
    .filter((name) => !foreignKeys.some((foreignKey) => foreignKey.columns.includes(name)))
    .map((name) => finiteValues(table, name)?.length ?? 0)
  return [...counts, ...choices].reduce((all, count) => all * Math.max(0, count), 1)
}

/** All values that a column of few values can have, or null. */
export function finiteValues(table: Table, name: string): readonly string[] | null {
  const column = columnOf(table, name)
  if (column?.generated === true) return null
  return column?.allowedValues ?? (column?.type === 'boolean' ? ['0', '1'] : null)
}

function capacities(table: Table, strategy: KeyStrategy): readonly (readonly [string, number])[] {
  return [...strategy.unique].flatMap((name): readonly (readonly [string, number])[] => {
    const column = columnOf(table, name)
    if (column === undefined || name === strategy.numbered) return []
    const allowed = column.allowedValues?.length
    const short =
      column.type === 'text' && column.maxLength !== null ? 36 ** Math.max(0, column.maxLength - 2) : null
    const capacity = allowed ?? short
    return capacity === null ? [] : [[name, capacity]]
  })
}

/** New rows planned for the table that a foreign key refers to. */
export function newRowsOf(foreignKey: ForeignKey, progress: Pick<Progress, 'newRows'>): number {
  return progress.newRows.get(foreignKey.referencedTable) ?? 0
}
