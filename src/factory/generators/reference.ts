import type { SqlValue } from '../sql-value.ts'
import { at } from '../hash.ts'
import type { GeneratorOptions, ValueContext, ValueOf } from './generator.ts'
import { numberOption, textOption, textsOption } from './options.ts'

/** The rows that a foreign key's column can refer to. */
export interface ReferencedRows {
  readonly table: string
  /** Headroom's rows that will be there once this run is done. */
  readonly seeded: number
  /** Rows of others. */
  readonly existing: number
  /** What the column holds when it refers to Headroom's row `index`, or to the existing row `position`. */
  readonly seededValue: (index: number) => SqlValue
  readonly existingValue: (position: number) => SqlValue
}

/** Which parent each child refers to. */
export interface ParentChoice {
  /** The rows of others come first among the positions. */
  readonly existing: number
  /** All positions there are: `existing` plus Headroom's parents. */
  readonly positions: number
  /** −1 for none, below `existing` a row of others, from there on Headroom's row of index `position − existing`. */
  readonly positionOf: (index: number) => number
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

/** The column's values, from the parent that each row chooses. */
export function chosenValues(
  options: GeneratorOptions,
  context: ValueContext,
  choice: ParentChoice,
): ValueOf {
  const { seededValue, existingValue } = referencedRows(options, context)
  const { existing, positionOf } = choice
  return (index) => {
    const position = positionOf(index)
    if (position >= existing) return seededValue(position - existing)
    return position < 0 ? null : existingValue(position)
  }
}
