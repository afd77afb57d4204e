import type { QueryCall, Table } from '../facts.ts'

/** The declaration of the table that a query reads, or undefined where the code has none. */
export function tableOf(
  query: Pick<QueryCall, 'orm' | 'table'>,
  tables: readonly Table[],
): Table | undefined {
  return tables.find(({ name, orm }) => orm === query.orm && name === query.table)
}

/** The one column that is a table's primary key; null where it has several or isn't known. */
export function primaryKeyOf(
  query: Pick<QueryCall, 'orm' | 'table'>,
  tables: readonly Table[],
): string | null {
  const [key, ...others] = tableOf(query, tables)?.primaryKey ?? []
  return key === undefined || others.length > 0 ? null : key
}
