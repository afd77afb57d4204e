import type { Column, Table } from '../../model/schema.ts'
import { suggestGenerator } from '../generators/index.ts'

/** Of dates and of numbers that tell rows apart only together with a reference. */
const mostDays = 730
const mostNumbers = 100

/** The table's column of that name. */
export function columnOf(table: Table, name: string): Column | undefined {
  return table.columns.find((column) => column.name === name)
}

/** How many different values a column can have: 0 where nothing makes unique ones, infinity where more than rows fit. */
export function uniqueCapacity(table: Table, name: string): number {
  const column = columnOf(table, name)
  if (column === undefined || column.type === 'other') return 0
  const found = suggestGenerator(column, { table: table.name, unique: true })
  if (found === null) return 0
  const { min = 0, max = Number.POSITIVE_INFINITY } = column.type === 'integer' ? (column.range ?? {}) : {}
  return Math.min(found.suggestion.capacity ?? Number.POSITIVE_INFINITY, max - Math.max(0, min) + 1)
}

/** All values that a column of few values can have, or null. */
export function finiteValues(table: Table, name: string): readonly string[] | null {
  const column = columnOf(table, name)
  if (column === undefined || column.generated) return null
  if (column.allowedValues !== null && column.allowedValues.length > 0) return column.allowedValues
  if (column.type === 'boolean') return ['0', '1']
  if (column.type === 'date') return days(column)
  if (column.type === 'integer') return smallNumbers(column)
  return usualValues(table.name, column)
}

function days({ timeFormat = 'day' }: Column): readonly string[] | null {
  const from = Date.UTC(2024, 0, 1)
  if (timeFormat !== 'day' && timeFormat !== 'epoch-millis') return null
  return Array.from({ length: mostDays }, (_, n) => {
    const millis = from + n * 86_400_000
    return timeFormat === 'day' ? new Date(millis).toISOString().slice(0, 10) : String(millis)
  })
}

function smallNumbers({ range = {} }: Column): readonly string[] {
  const first = Math.max(1, range.min ?? 1)
  const last = Math.min(first + mostNumbers - 1, range.max ?? Number.POSITIVE_INFINITY)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => String(first + n))
}

/** The different ones of the values that such a column usually holds, where they are few. */
function usualValues(table: string, column: Column): readonly string[] | null {
  if (column.type !== 'text') return null
  const values = suggestGenerator(column, { table, unique: false })?.suggestion.options.values
  if (!Array.isArray(values)) return null
  const texts = new Set(values.filter((value) => typeof value === 'string'))
  return texts.size > 1 ? [...texts] : null
}
