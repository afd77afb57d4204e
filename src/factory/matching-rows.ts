import type { ValueContext } from './generators/generator.ts'
import type { SqlValue } from './sql-value.ts'

/** Rows that a reference can have, those of others first, then the new ones of this run. */
export interface CandidateRows {
  readonly existing: number
  /** All positions that are considered, in order; of very many new rows only some, spread evenly. */
  readonly positions: Uint32Array | readonly number[]
  /** Index of the first new row: position `existing` stands for it. */
  readonly firstIndex: number
  readonly valueAt: (position: number, column: string) => SqlValue
}

/** Rows by the values of some of their columns; positions ascend within a group. */
export interface RowGroups {
  readonly groups: readonly (readonly number[])[]
  /** The number of the group with these values, or −1. */
  readonly groupOf: (values: readonly SqlValue[]) => number
}

/** So many of a table's new rows are considered at most, unless all are needed. */
const mostNewRows = 200_000

/** The rows that a reference to `columns` of `table` can have. */
export function candidateRows(
  context: ValueContext,
  table: string,
  columns: readonly string[],
  { all, newOnly }: { readonly all: boolean; readonly newOnly: boolean },
): CandidateRows {
  const keys = newOnly ? [] : context.existingKeys(table, columns)
  const firstIndex = context.startOf(table)
  const newRows = context.rowsOf(table)
  const considered = all ? newRows : Math.min(newRows, mostNewRows)
  const positions = new Uint32Array(keys.length + considered)
  for (let n = 0; n < keys.length; n++) positions[n] = n
  for (let n = 0; n < considered; n++) {
    positions[keys.length + n] = keys.length + Math.floor((n * newRows) / considered)
  }
  const made = new Map(columns.map((column) => [column, context.seededValue(table, column)]))
  return {
    existing: keys.length,
    positions,
    firstIndex,
    valueAt: (position, column) =>
      position < keys.length
        ? (keys[position]?.[columns.indexOf(column)] ?? null)
        : (made.get(column)?.(firstIndex + position - keys.length) ?? null),
  }
}

/** Puts rows with the same values in these columns together. */
export function groupRows(rows: CandidateRows, columns: readonly string[]): RowGroups {
  const numbers = new Map<string, number>()
  const groups: number[][] = []
  for (const position of rows.positions) {
    const name = nameOf(columns.map((column) => rows.valueAt(position, column)))
    const known = numbers.get(name)
    if (known !== undefined) groups[known]?.push(position)
    else {
      numbers.set(name, groups.length)
      groups.push([position])
    }
  }
  return { groups, groupOf: (values) => numbers.get(nameOf(values)) ?? -1 }
}

/** Databases give the same key as a number, a bigint or a text. */
function nameOf(values: readonly SqlValue[]): string {
  return values.map(String).join('\u0000')
}
