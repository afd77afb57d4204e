import type { ForeignKey, Table } from '../../../model/schema.ts'
import type { Dependents, Ledger, LedgerTable, RowKey, Segment } from '../database.ts'
import { madeSegments } from '../segments.ts'
import type { Connection } from './connection.ts'
import { hasTable, keyListName } from './ledger.ts'
import { quoted } from './sql.ts'

/** SQL for "this row of `alias` is one that Headroom made". */
export function isOwn(own: LedgerTable, alias: string): string {
  if (own.key.kind === 'range') return isInSegments(own.key, madeSegments(own), alias)
  const columns = own.key.columns.map((name) => `${alias}.${quoted(name)}`)
  const keys = columns.map((_, i) => `k${i}`)
  return `(${columns.join(', ')}) IN (SELECT ${keys.join(', ')} FROM ${quoted(keyListName(own.table))})`
}

/** SQL for rows `t` that Headroom did not make, by table. */
export function foreignRows(ledger: Ledger): ReadonlyMap<string, string> {
  const tables = ledger.tables.filter(({ made }) => made.length > 0)
  return new Map(tables.map((own) => [own.table, `NOT (${isOwn(own, 't')})`]))
}

/** SQL for "the key of this row of `alias` is in one of these segments", of a table of numbered keys. */
export function isInSegments(key: RowKey, segments: readonly Segment[], alias: string): string {
  const column = `${alias}.${quoted(key.columns[0] ?? '')}`
  const ranges = segments.map(
    ({ firstKey, rows }) => `${column} BETWEEN ${firstKey} AND ${firstKey + rows - 1}`,
  )
  return ranges.length === 0 ? 'FALSE' : ranges.join(' OR ')
}

/** SQL for the tables to join and the condition for the rows `t` of these segments, of a table of listed keys. */
export function listedRows(
  { table, key }: LedgerTable,
  segments: readonly Segment[],
): { readonly from: string; readonly where: string } {
  const matches = key.columns.map((name, i) => `t.${quoted(name)} = k.k${i}`)
  // The list first: it is short, or read in order, and each of its keys finds its row at once.
  const from = `${quoted(keyListName(table))} AS k STRAIGHT_JOIN ${quoted(table)} AS t ON ${matches.join(' AND ')}`
  return { from, where: isInSegments({ kind: 'range', columns: ['id'] }, segments, 'k') }
}

/**
 * Counts the rows that Headroom did not make and that refer to rows that it did; `only` narrows the latter to some of one
 * table.
 */
export async function countDependents(
  connection: Connection,
  tables: readonly Table[],
  ledger: Ledger,
  only?: { readonly table: string; readonly segments: readonly Segment[] },
): Promise<readonly Dependents[]> {
  const own = new Map(ledger.tables.map((table) => [table.table, table]))
  const found: Dependents[] = []
  for (const child of tables) {
    for (const foreignKey of child.foreignKeys) {
      const target = own.get(foreignKey.referencedTable)
      if (target === undefined || (only !== undefined && only.table !== target.table)) continue
      const segments = only?.segments ?? madeSegments(target)
      if (segments.length === 0 || !(await hasTable(connection, target.table))) continue
      const rows = await countReferring(
        connection,
        { child, foreignKey, target, segments },
        own.get(child.name),
      )
      if (rows > 0) found.push({ table: child.name, referencedTable: target.table, rows })
    }
  }
  return found
}

interface Reference {
  readonly child: Table
  readonly foreignKey: ForeignKey
  readonly target: LedgerTable
  readonly segments: readonly Segment[]
}

async function countReferring(
  connection: Connection,
  reference: Reference,
  ownChild: LedgerTable | undefined,
): Promise<number> {
  const { from, where } = referring(reference)
  const others =
    ownChild === undefined || ownChild.made.length === 0 ? '' : ` AND NOT (${isOwn(ownChild, 'c')})`
  return (await connection.number(`SELECT count(*) AS n FROM ${from} WHERE (${where})${others}`)) ?? 0
}

/** SQL for the rows `c` that refer to rows of these segments. Of keys, whether the rows are still there or not. */
function referring({ child, foreignKey, target, segments }: Reference): {
  readonly from: string
  readonly where: string
} {
  const { columns, referencedColumns } = foreignKey
  const children = `${quoted(child.name)} AS c`
  const { key } = target
  const position = (name: string) => key.columns.indexOf(name)
  if (refersToKey(foreignKey, key)) {
    if (key.kind === 'range')
      return { from: children, where: isInSegments({ kind: 'range', columns }, segments, 'c') }
    const matches = columns.map((name, i) => `c.${quoted(name)} = k.k${position(referencedColumns[i] ?? '')}`)
    const { where } = listedRows(target, segments)
    return {
      from: `${quoted(keyListName(target.table))} AS k JOIN ${children} ON ${matches.join(' AND ')}`,
      where,
    }
  }
  const matches = columns.map((name, i) => `c.${quoted(name)} = t.${quoted(referencedColumns[i] ?? '')}`)
  const rows =
    key.kind === 'list'
      ? listedRows(target, segments)
      : { from: `${quoted(target.table)} AS t`, where: isInSegments(key, segments, 't') }
  return { from: `${rows.from} JOIN ${children} ON ${matches.join(' AND ')}`, where: rows.where }
}

/** Whether a foreign key names the columns by which Headroom knows its rows. */
export function refersToKey({ referencedColumns }: ForeignKey, key: RowKey): boolean {
  return referencedColumns.toSorted().join() === key.columns.toSorted().join()
}
