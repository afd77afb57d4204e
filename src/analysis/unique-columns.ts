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
