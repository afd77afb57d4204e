import { singular } from './words.ts'

const uniqueNames = new Set([
  'id',
  '_id',
  'uuid',
  'guid',
  'email',
  'username',
  'slug',
  'token',
  'sku',
  'isbn',
  'apikey',
  'sessionid',
])

/** Whether a column's name says that a value stands in at most one row: `id`, `email`, `api_key`. */
export function isUniqueColumn(column: string): boolean {
  return uniqueNames.has(column === '_id' ? column : column.toLowerCase().replaceAll('_', ''))
}

/** Whether a column's name says that a value stands in at most one row of a table: also `book_id` of `books`. */
export function identifiesRow(column: string, table: string | null): boolean {
  if (isUniqueColumn(column) || table === null) return isUniqueColumn(column)
  const name = column.toLowerCase().replaceAll('_', '')
  const own = singular(table).toLowerCase().replaceAll('_', '')
  return [`${own}id`, `${own}uid`, `${own}uuid`].includes(name)
}
