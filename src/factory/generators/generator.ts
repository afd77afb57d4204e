import type { Column } from '../../model/schema.ts'
import type { SqlValue } from '../sql-value.ts'

export type GeneratorOptions = Readonly<Record<string, unknown>>

/** What a column needs beside its own description. */
export interface Need {
  readonly table: string
  /** No two rows may share a value. */
  readonly unique: boolean
}

export interface Suggestion {
  readonly options: GeneratorOptions
  /** Why this generator, for people: "named like an e-mail address". */
  readonly reason: string
  /** How many different values there are, where that is fewer than any table has rows. */
  readonly capacity?: number
  /** Share of rows that are NULL in a nullable column, 0 … 1. */
  readonly nullRate?: number
}

/** What values may depend on beside their row's index; all of it is fixed before the first row of a run. */
export interface ValueContext {
  readonly seed: number
  readonly table: string
  readonly column: string
  /** Index of the first row that this run adds to `table`: how many Headroom made there before. */
  startOf(table: string): number
  /** Rows that this run adds to `table`. */
  rowsOf(table: string): number
  /** Keys of rows that Headroom did not make, in key order, of a table that the plan refers to. */
  existingKeys(table: string, columns: readonly string[]): readonly (readonly SqlValue[])[]
  /** A column of a row that Headroom made or is making, by its index. */
  seededValue(table: string, column: string): (index: number) => SqlValue
  /** The integer key of this table's row, by index; allotted chunk by chunk. */
  rowId(index: number): number
  /** The first number that is free in a numbered unique column. */
  sequenceStart(): number
}

export type ValueOf = (index: number) => SqlValue

export interface GeneratorExample {
  readonly column: Column
  readonly unique: boolean
  readonly options?: GeneratorOptions
}

/** One way to make a column's values. Adding one is a file and a line in `index.ts`. */
export interface Generator {
  readonly id: string
  readonly description: string
  /** A column that it is for. Checked by the conformance test. */
  readonly example: GeneratorExample
  /** Its options and reason where it suits the column, or null. Earlier generators in the registry are asked first. */
  suggest(column: Column, need: Need): Suggestion | null
  /** The values as a pure function of the row's index. Options are those of {@link suggest} or of the planner. */
  compile(options: GeneratorOptions, context: ValueContext): ValueOf
}

/** A plain column description for examples. */
export function exampleColumn(name: string, type: Column['type'], declaredType: string): Column {
  return {
    name,
    type,
    declaredType,
    nullable: false,
    hasDefault: false,
    generated: false,
    maxLength: null,
    allowedValues: null,
  }
}
