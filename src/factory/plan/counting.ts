import type { ForeignKey, Table } from '../../model/schema.ts'
import type { KeyStrategy } from './keys.ts'
import type { Distribution } from './rules.ts'
import type { Sharing } from './sharing.ts'
import type { Scale, TableKind } from './table-kinds.ts'

/** At most this many keys of existing rows are read to refer to. */
export const mostExistingKeys = 10_000

/** A table that rows are made for, with how its references and keys are kept. */
export interface KeyedTable {
  readonly table: Table
  readonly sharing: Sharing
  readonly strategy: KeyStrategy
}

/** What was asked for. */
export interface Wishes {
  readonly rows: Readonly<Record<string, number>>
  readonly per: Readonly<Record<string, number>>
  readonly distributions: Readonly<Record<string, Distribution>>
  readonly scale: Scale
}

/** What is known while rows are counted. */
export interface Counting extends Wishes {
  readonly tables: ReadonlyMap<string, Table>
  readonly kinds: ReadonlyMap<string, TableKind>
  /** New rows of each table, as far as they are counted. */
  readonly newRows: ReadonlyMap<string, number>
  /** References to tables that are filled later. */
  readonly forward: ReadonlySet<ForeignKey>
  /** 1, or less where the usual numbers would be too many. */
  readonly thrift: number
}

/** New rows planned for the table that a foreign key refers to. */
export function newRowsOf(foreignKey: ForeignKey, { newRows }: Pick<Counting, 'newRows'>): number {
  return newRows.get(foreignKey.referencedTable) ?? 0
}

/** Rows that are there already and can be referred to. */
export function existingRowsOf(foreignKey: ForeignKey, { tables }: Pick<Counting, 'tables'>): number {
  return Math.min(tables.get(foreignKey.referencedTable)?.rowCount ?? 0, mostExistingKeys)
}
