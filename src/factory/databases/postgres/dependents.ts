import type { ForeignKey, Schema, Table } from '../../../model/schema.ts'
import type { Dependents } from '../database.ts'
import type { Connection } from './connection.ts'
import { fullName, keyListName } from './names.ts'
import { isForeign, isOwn, type KeyRange, type OwnTable, sameKey } from './own-rows.ts'
import { quoted } from './sql.ts'
import type { TableStorage } from './storage.ts'

/** A table of which all pages are read in a few milliseconds. */
const smallBytes = 8 * 2 ** 20

/** What tells one's own rows from others', and where the tables are. */
export interface Ownership {
  readonly schema: Schema
  readonly storage: ReadonlyMap<string, TableStorage>
  readonly own: ReadonlyMap<string, OwnTable>
}

/** A foreign key that refers to a table of the ledger. */
export interface Reference {
  readonly child: Table
  readonly foreignKey: ForeignKey
}

/** The foreign keys that refer to `table`. */
export function referencesTo({ schema, storage }: Ownership, table: string): readonly Reference[] {
  return schema.tables.flatMap((child) =>
    child.foreignKeys
      .filter((foreignKey) => foreignKey.referencedTable === table && storage.has(child.name))
      .map((foreignKey) => ({ child, foreignKey })),
  )
}

/** Counts the rows of others that refer to Headroom's rows of `table`; `only` narrows those to some keys, or numbers in the key list. */
export async function countDependents(
  connection: Connection,
  ownership: Ownership,
  table: OwnTable,
  only?: KeyRange,
): Promise<readonly Dependents[]> {
  const found: Dependents[] = []
  for (const reference of referencesTo(ownership, table.table)) {
    const rows = dependentRows(ownership, table, reference, only)
    if (rows === null) continue
    // Nearly always there is none, and the first one found would end the search.
    const [any] = await connection.query(`SELECT EXISTS (SELECT ${rows}) AS any`)
    if (any?.any !== true) continue
    const [row] = await connection.query(`SELECT count(*) AS n ${rows}`)
    found.push({ table: reference.child.name, referencedTable: table.table, rows: Number(row?.n) })
  }
  return found
}

function dependentRows(
  { storage, own }: Ownership,
  table: OwnTable,
  { child, foreignKey }: Reference,
  only: KeyRange | undefined,
): string | null {
  const childStorage = storage.get(child.name)
  const parentStorage = storage.get(table.table)
  if (childStorage === undefined || parentStorage === undefined) return null
  const self = own.get(child.name)
  const foreign = self === undefined || self.made.length === 0 ? '' : ` AND ${isForeign(self, 'c')}`
  return `FROM ${fullName(childStorage)} AS c WHERE ${refersTo(foreignKey, table, parentStorage, only)}${foreign}`
}

function refersTo(
  { columns, referencedColumns }: ForeignKey,
  table: OwnTable,
  storage: TableStorage,
  only: KeyRange | undefined,
): string {
  if (table.key.kind === 'range' && referencedColumns.join() === table.key.columns.join()) {
    // The child's column stands for the parent's key.
    const asChild = { ...table, key: { kind: 'range', columns } } as const
    return only === undefined
      ? isOwn(asChild, 'c')
      : `c.${quoted(columns[0] ?? '')} BETWEEN ${only.first} AND ${only.last}`
  }
  const isSame = referencedColumns.map((name, i) => `t.${quoted(name)} = c.${quoted(columns[i] ?? '')}`)
  return `EXISTS (SELECT FROM ${fullName(storage)} AS t WHERE ${isSame.join(' AND ')} AND ${ownAmong(table, only)})`
}

function ownAmong(table: OwnTable, only: KeyRange | undefined): string {
  if (only === undefined) return isOwn(table, 't')
  const between = `BETWEEN ${only.first} AND ${only.last}`
  if (table.key.kind === 'range') return `t.${quoted(table.key.columns[0] ?? '')} ${between}`
  return `EXISTS (SELECT FROM ${keyListName(table.number)} AS k WHERE k.id ${between} AND ${sameKey(table, 't')})`
}

/** The references that no index follows backwards, unless their table is so small that it doesn't matter. */
export async function withoutIndex(
  connection: Connection,
  { storage }: Ownership,
  references: readonly Reference[],
): Promise<readonly Reference[]> {
  const found: Reference[] = []
  for (const reference of references) {
    const stored = storage.get(reference.child.name)
    if (stored === undefined) continue
    const [row] = await connection.query(
      `SELECT c.relkind <> 'r' OR pg_catalog.pg_relation_size(c.oid) < ${smallBytes} OR EXISTS (
         SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
         WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL AND a.attname = ANY ($2::text[])) AS fine
       FROM pg_catalog.pg_class c WHERE c.oid = $1::oid`,
      [stored.oid, [...reference.foreignKey.columns]],
    )
    if (row?.fine === false) found.push(reference)
  }
  return found
}
