/** A reference by which one table's rows belong to another's, as SQL names it: quoted, with schemas. */
export interface QuotedReference {
  readonly parent: string
  /** The parent's key. */
  readonly key: string
  readonly child: string
  /** The child's column that holds it. */
  readonly column: string
}

/**
 * SQL for `v` (the key) and `n` (its number of children) of the parents at the given places, counted from 0, when they are
 * ordered by their number of children, most first. Plain enough for every database with window functions.
 */
export function childCountsSql(reference: QuotedReference, places: readonly number[]): string {
  const { parent, key, child, column } = reference
  const counts = `SELECT ${column} AS k, count(*) AS n FROM ${child} GROUP BY ${column}`
  const ranked =
    `SELECT p.${key} AS v, coalesce(c.n, 0) AS n, ` +
    `row_number() OVER (ORDER BY coalesce(c.n, 0) DESC, p.${key}) - 1 AS place ` +
    `FROM ${parent} AS p LEFT JOIN (${counts}) AS c ON c.k = p.${key}`
  const wanted = places.length === 0 ? 'NULL' : places.map((place) => Math.floor(place)).join(', ')
  return `SELECT v, n FROM (${ranked}) AS ranked WHERE place IN (${wanted}) ORDER BY place`
}
