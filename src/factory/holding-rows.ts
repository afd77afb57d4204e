import type { TablePlan } from '../model/seed-plan.ts'
import type { Span } from './databases/database.ts'
import { rowKeyOf } from './plan/keys.ts'
import type { RowValues } from './row-values.ts'

/** Enough for any table with one or two references to itself. */
const mostRows = 2000

/**
 * The rows that are made first where the database numbers its next row after the largest one that is there: the run's
 * last row, and then the rows of the same table that it refers to, so that a stop leaves no reference open. `missing` is
 * what has yet to be made; gives indices out of it.
 */
export function holdingRows(
  { table, columns, ...plan }: TablePlan,
  values: RowValues,
  missing: readonly Span[],
): readonly number[] {
  const segment = values.segmentOf(table.name)
  const key = rowKeyOf({ table, columns, ...plan }).columns.join()
  const references = table.foreignKeys
    .filter(
      ({ referencedTable, referencedColumns }) =>
        referencedTable === table.name && referencedColumns.join() === key,
    )
    .flatMap((reference) =>
      values.columnsOf(table.name).filter(({ column }) => column.name === reference.columns[0]),
    )
  const rows = new Set([segment.firstIndex + segment.rows - 1])
  for (const index of rows) {
    if (rows.size > mostRows) break
    for (const { valueOf } of references) {
      const place = Number(valueOf(index) ?? Number.NaN) - segment.firstKey
      if (place >= 0 && place < segment.rows) rows.add(segment.firstIndex + place)
    }
  }
  return [...rows].filter((index) =>
    missing.some(({ firstIndex, rows: count }) => index >= firstIndex && index < firstIndex + count),
  )
}
