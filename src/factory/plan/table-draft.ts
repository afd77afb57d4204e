import type { ForeignKey } from '../../model/schema.ts'
import type { ColumnPlan } from '../../model/seed-plan.ts'
import type { Counting, KeyedTable } from './counting.ts'
import type { RowCount } from './rows.ts'
import type { ColumnRule } from './rules.ts'

/** A table with all that was decided about it but its columns. */
export interface TableDraft extends KeyedTable {
  /** References that stay NULL, with the reason. */
  readonly empty: ReadonlyMap<ForeignKey, string>
  readonly count: RowCount
  readonly counting: Counting
  /** What the user wants of columns. */
  readonly rules: Readonly<Record<string, ColumnRule>> | undefined
}

/** How each column that is written gets its values, or why one cannot, and what people should know about it. */
export interface PlannedColumns {
  readonly columns: readonly ColumnPlan[]
  readonly warnings: readonly string[]
}
