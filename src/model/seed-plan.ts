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
  /** With indexes, foreseen from a sample; null where the database doesn't tell. */
  readonly bytes?: number | null
}

/** What seeding will take, foreseen from a sample of rows that was loaded and taken back. */
export interface SeedEstimate {
  readonly bytes: number | null
  readonly seconds: number | null
  /** Free where the database keeps its data. */
  readonly freeBytes: number | null
}

/** A part of a key as JSON keeps it: `integer` is one beyond 2^53, `bytes` are hexadecimal. */
export type PlainKeyPart = string | number | null | { readonly integer: string } | { readonly bytes: string }

/** Keys of rows that Headroom did not make and that rows of a run may refer to. */
export interface ExistingKeyList {
  readonly table: string
  readonly columns: readonly string[]
  readonly keys: readonly (readonly PlainKeyPart[])[]
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
  readonly estimate?: SeedEstimate
  /** As they were when the run began: resuming makes the same rows, whatever others added or removed meanwhile. */
  readonly existingKeys?: readonly ExistingKeyList[]
}

export interface SeedProgress {
  /** `prepare` and `index` count steps (indexes, constraints), `copy` nothing, the others rows. */
  readonly phase: 'copy' | 'prepare' | 'insert' | 'index' | 'undo'
  /** What is worked on: a table, or an index or constraint. */
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
  /** False where it was stopped before its end: it can be resumed or undone. */
  readonly complete: boolean
  /** Whether the rows went into a copy of the database, or the copy was removed with its rows. */
  readonly copy?: 'filled' | 'removed'
}
