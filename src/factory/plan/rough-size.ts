import type { Column, Table } from '../../model/schema.ts'

const rowOverhead = 32
const indexEntry = 24

/** Bytes that a row takes with its indexes, as far as the columns' types tell: enough to keep clear of a full disk. */
export function roughBytes(table: Table): number {
  const columns = table.columns.reduce((sum, column) => sum + columnBytes(column), 0)
  return rowOverhead + columns + indexEntry * (1 + table.uniques.length + table.foreignKeys.length)
}

function columnBytes({ type, maxLength }: Column): number {
  if (type === 'text') return Math.min(maxLength ?? 60, 60)
  if (type === 'json' || type === 'blob' || type === 'array') return 120
  return type === 'uuid' ? 16 : 8
}
