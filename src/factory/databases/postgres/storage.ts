import { readColumns, readTables, readTypes } from './catalogue.ts'
import type { Query } from './catalogue.ts'
import { resolveType, storageType } from './types.ts'
import type { StorageType } from './types.ts'

/** A table as PostgreSQL itself names and stores it. */
export interface TableStorage {
  readonly oid: number
  readonly schema: string
  readonly table: string
  /** By the column's name. */
  readonly columns: ReadonlyMap<string, StorageType>
}

/** How all of the user's tables are stored, by `Table.name`. */
export async function readStorage(query: Query): Promise<ReadonlyMap<string, TableStorage>> {
  const tables = await readTables(query)
  const types = await readTypes(query, tables)
  const columns = Map.groupBy(await readColumns(query, tables), ({ relation }) => relation)
  return new Map(
    tables.map(({ oid, schema, table, name }) => {
      const stored = (columns.get(oid) ?? []).map((column) => {
        const type = resolveType(types, column.type, column.modifier)
        const unknown = { oid: column.type, name: column.declared, binary: null, element: null }
        return [column.name, type === null ? unknown : storageType(types, type)] as const
      })
      return [name, { oid, schema, table, columns: new Map(stored) }]
    }),
  )
}
