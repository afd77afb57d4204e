import type { Column } from '../../../model/schema.ts'
import type { Query, TableRow } from './catalogue.ts'
import { quoted, quotedList } from './sql.ts'

/** What a table's rows tell. */
export interface TableSamples {
  readonly rowCount: number
  /** The few different values of columns that look like fixed sets, by the column's name. */
  readonly fixedSets: ReadonlyMap<string, readonly string[]>
}

/** A table whose rows are counted and looked at. */
export interface SampledTable {
  readonly row: TableRow
  /** Columns of texts that may hold one of a few words. */
  readonly columns: readonly Pick<Column, 'name'>[]
  readonly primaryKey: readonly string[]
  /** The SQL condition for rows that Headroom did not make, or null where it made none. */
  readonly foreignRows: string | null
}

const sampledRows = 1000
const mostSampleValues = 12
const longestSample = 30
const tablesPerStatement = 50
/** Above this, what the statistics foresee is near enough, and counting would take its time. */
const countedBytes = 64 * 1024 ** 2

/** Counts the rows of tables, and gathers the values of columns whose first rows repeat a few short words; by table name. */
export async function readSamples(
  query: Query,
  tables: readonly SampledTable[],
): Promise<ReadonlyMap<string, TableSamples>> {
  const found = new Map<string, TableSamples>()
  const readable = tables.filter(({ row }) => row.readable)
  for (let first = 0; first < readable.length; first += tablesPerStatement) {
    const some = readable.slice(first, first + tablesPerStatement)
    const rows = await query(some.map((table, i) => sampleSql(table, i)).join(' UNION ALL '))
    for (const row of rows) {
      const table = some[Number(row['i'])]
      if (table === undefined) continue
      found.set(table.row.name, {
        rowCount:
          table.row.estimatedRows !== null && isLarge(table)
            ? Math.round(table.row.estimatedRows)
            : Number(row['n']),
        fixedSets: fixedSets(table, row['samples']),
      })
    }
  }
  return found
}

function isLarge({ row }: SampledTable): boolean {
  return row.bytes > countedBytes && row.estimatedRows !== null
}

function sampleSql(table: SampledTable, i: number): string {
  const { row, columns, primaryKey, foreignRows } = table
  const name = `${quoted(row.schema)}.${quoted(row.table)}`
  const count = isLarge(table) ? '0' : `(SELECT count(*) FROM ${name})`
  if (columns.length === 0) return `SELECT ${i} AS i, ${count} AS n, NULL AS samples`
  // One character more than a sample may have tells the longer ones.
  const values = columns.map(
    (column, n) => `left(t.${quoted(column.name)}::text, ${longestSample + 1}) COLLATE "C" AS v${n}`,
  )
  const sets = columns.map(
    (_, n) =>
      `CASE WHEN count(DISTINCT v${n}) BETWEEN 1 AND least(${mostSampleValues}, count(v${n}) / 3) THEN array_agg(DISTINCT v${n}) FILTER (WHERE v${n} IS NOT NULL) END`,
  )
  const where = foreignRows === null ? '' : `WHERE ${foreignRows}`
  const order = primaryKey.length === 0 ? '' : `ORDER BY ${quotedList(primaryKey, 't.')}`
  return `SELECT ${i} AS i, ${count} AS n,
    (SELECT json_build_array(${sets.join(', ')})::text FROM
      (SELECT ${values.join(', ')} FROM ${name} t ${where} ${order} LIMIT ${sampledRows}) s) AS samples`
}

function fixedSets({ columns }: SampledTable, samples: unknown): ReadonlyMap<string, readonly string[]> {
  if (typeof samples !== 'string') return new Map()
  const sets: readonly (readonly string[] | null)[] = JSON.parse(samples)
  const found = new Map<string, readonly string[]>()
  for (const [n, { name }] of columns.entries()) {
    const values = sets[n]
    if (values?.every((value) => value.length > 0 && value.length <= longestSample) === true)
      found.set(name, values.toSorted())
  }
  return found
}
