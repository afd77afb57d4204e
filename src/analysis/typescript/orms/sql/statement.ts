import type { Bound, Operation } from '../../../facts.ts'
import type { SqlCondition } from './conditions.ts'
import type { SqlToken } from './tokens.ts'

/** What a statement of SQL says. Offsets are those of the text that was read. */
export interface SqlStatement {
  /** The table without its schema, or null where it can't be read. */
  readonly table: string | null
  /** The name by which the statement itself calls that table. */
  readonly alias: string | null
  readonly operation: Operation
  /** Whether a write stores or removes a list of rows. */
  readonly bulk: boolean
  readonly bound: Bound | null
  readonly filters: readonly SqlCondition[]
  readonly order: readonly string[] | null
  readonly limit: SqlToken | null
  readonly skips: boolean
  /** The columns it reads, or null for all or where they can't be read. */
  readonly columns: readonly string[] | null
  readonly joins: boolean
  /** Whether rows are merged (`DISTINCT`, `UNION`), so that nothing can be added to the order. */
  readonly merges: boolean
  /** The select list. */
  readonly list: { readonly start: number; readonly end: number } | null
  /** Where its order ends, and where its limit starts. */
  readonly orderEnd: number | null
  readonly limitStart: number | null
  /** Whether it locks the rows it reads: nothing can be added behind that. */
  readonly locks: boolean
  /** Where the statement ends, without its semicolon. */
  readonly end: number
}
