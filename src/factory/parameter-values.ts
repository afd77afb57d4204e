import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Column, Schema, Table } from '../model/schema.ts'
import type { ChildCount, ColumnValues, Database } from './databases/database.ts'

/** A column whose values a load test asks for. */
export interface WantedValues {
  readonly table: string
  readonly column: string
  /** At most so many values. */
  readonly limit: number
  /** The reference to the column whose rows are counted by value, and decide which values are asked for how often. */
  readonly countedBy?: { readonly table: string; readonly column: string }
}

const mostMissing = 10
/** Above all keys of 32 bits that a local database is likely to have, and within them. */
const missingKey = 2_000_000_000

/**
 * Values of a column as a load test should ask for them. Without `countedBy`, different values spread evenly over all.
 * With it, as traffic would: the values with the most rows most often (by Zipf's law with exponent 1: the value of rank r
 * with a probability of 1/r), hot, median and cold ones alike, each with its number of rows; and a few that nobody has.
 * Throws `HR_SEED_TABLE` and `HR_SEED_COLUMN` for names that aren't there.
 */
export async function readParameterValues(database: Database, wanted: WantedValues): Promise<ColumnValues> {
  const schema = await database.readSchema()
  const { table, column } = findColumn(schema, database.display, wanted)
  const { limit, countedBy } = wanted
  if (countedBy === undefined) return database.readValues(table, column.name, limit)
  const child = findColumn(schema, database.display, countedBy)
  const draws = zipfPlaces(table.rowCount, limit)
  const places = [...new Set(draws)]
  const reference = { parent: table, key: column.name, child: child.table, column: child.column.name }
  const counts = await database.readChildCounts(reference, places)
  const known = new Map(places.map((place, at): [number, ChildCount | undefined] => [place, counts[at]]))
  const drawn = draws.flatMap((place) => known.get(place) ?? [])
  return {
    values: drawn.map(({ value }) => value),
    rows: drawn.map(({ rows }) => rows),
    missing: missingValues(column, counts),
    total: table.rowCount,
  }
}

/** Ranks from 0 to `total`, drawn at even steps of Zipf's distribution function with exponent 1, which is log(rank). */
function zipfPlaces(total: number, draws: number): number[] {
  if (total === 0) return []
  const count = Math.min(draws, total)
  return Array.from({ length: count }, (_, n) =>
    Math.min(total - 1, Math.floor((total + 1) ** ((n + 0.5) / count)) - 1),
  )
}

function missingValues({ type, range, declaredType }: Column, counts: readonly ChildCount[]): string[] {
  const numbers = Array.from({ length: mostMissing }, (_, n) => n)
  if (declaredType === 'ObjectId') return numbers.map((n) => `ffffffffffffffff${String(n).padStart(8, '0')}`)
  if (type === 'uuid') return numbers.map((n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`)
  const isRoomy = type === 'integer' && (range?.max ?? Infinity) > missingKey + mostMissing
  const isFree = counts.every(({ value }) => Number(value) < missingKey)
  return isRoomy && isFree ? numbers.map((n) => String(missingKey + n)) : []
}

function findColumn(
  { tables }: Schema,
  display: string,
  wanted: { readonly table: string; readonly column: string },
): { readonly table: Table; readonly column: Column } {
  const table = tables.find((candidate) => candidate.name === wanted.table)
  if (table === undefined) {
    const names = tables.map((candidate) => candidate.name).join(', ')
    throw new Failure(
      'HR_SEED_TABLE',
      l10n.t('There is no table `{0}` in {1}. The tables are {2}.', wanted.table, display, names),
    )
  }
  const column = table.columns.find((candidate) => candidate.name === wanted.column)
  if (column !== undefined) return { table, column }
  const names = table.columns.map((candidate) => candidate.name).join(', ')
  throw new Failure(
    'HR_SEED_COLUMN',
    l10n.t('`{0}` has no column `{1}`. Its columns are {2}.', wanted.table, wanted.column, names),
  )
}
