import type { Table } from './schema.ts'

/** How one column's values are made: a generator's id with its plain options, and why it was chosen. */
export interface ColumnPlan {
  readonly column: string
  readonly generator: string
  readonly options: Readonly<Record<string, unknown>>
  readonly reason: string
}

export interface TablePlan {
  readonly table: Table
  /** Rows to add. */
  readonly rows: number
  /** Where `rows` comes from: asked for, per parent row, or the scale's default. */
  readonly reason: string
  readonly columns: readonly ColumnPlan[]
}

/** What seeding will do, in insertion order (parents first). Serializable, and the same input always gives the same plan. */
export interface SeedPlan {
  readonly schema: 'headroom.seed-plan/1'
  /** The database without credentials, as people may see it. */
  readonly database: string
  readonly dialect: string
  readonly seed: number
  readonly tables: readonly TablePlan[]
  readonly warnings: readonly string[]
}

export interface SeedProgress {
  readonly phase: 'insert' | 'index' | 'undo'
  readonly table: string
  readonly rowsDone: number
  readonly rowsTotal: number
  readonly rowsPerSecond: number
  readonly secondsLeft: number | null
}

export interface SeedResult {
  readonly schema: 'headroom.seed/1'
  readonly database: string
  readonly tables: readonly { readonly table: string; readonly rows: number }[]
  readonly rows: number
  readonly durationMillis: number
  readonly rowsPerSecond: number
}
