import type { SqlValue } from '../sql-value.ts'
import { at } from '../hash.ts'
import type { GeneratorOptions, ValueContext } from './generator.ts'
import { numberOption, textOption, textsOption } from './options.ts'

/** The rows that a foreign key's column can refer to: Headroom's by their index first, then the others by their key. */
export interface ReferencedRows {
  readonly table: string
  /** Headroom's rows that will be there once this run is done. */
  readonly seeded: number
  readonly existing: number
  /** What the column holds when it refers to row `position` of 0 … seeded, or, from `seeded` on, of the existing rows. */
  readonly seededValue: (index: number) => SqlValue
  readonly existingValue: (position: number) => SqlValue
}

/** Resolves the options `table`, `columns` (the referenced key) and `part` (which of them this column holds). */
export function referencedRows(options: GeneratorOptions, context: ValueContext): ReferencedRows {
  const table = textOption(options, 'table')
  const columns = textsOption(options, 'columns')
  const part = numberOption(options, 'part')
  const existing = context.existingKeys(table, columns)
  return {
    table,
    seeded: context.startOf(table) + context.rowsOf(table),
    existing: existing.length,
    seededValue: context.seededValue(table, at(columns, part)),
    existingValue: (position) => existing[position]?.[part] ?? null,
  }
}
