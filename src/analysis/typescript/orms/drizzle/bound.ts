import type { Bound, Filter, Table } from '../../../facts.ts'
import { isUniqueColumn } from '../../../unique-columns.ts'
import type { Resolver } from '../../resolver.ts'
import { limitOfEntries } from '../reading/limit-value.ts'
import type { Entry, ValueReader } from '../reading/value-reader.ts'

/** The tables of a program by name. */
export type DrizzleSchema = ReadonlyMap<string, Table>

/** What bounds a read of many rows. `open`: whether it may have a limit that can't be seen. */
export function boundOf(
  limits: readonly Entry[],
  open: boolean,
  filters: readonly Filter[],
  table: Table | undefined,
  reader: ValueReader,
  resolver: Resolver,
): Bound | null {
  const limit = limitOfEntries(limits, { reader, resolver, nanIsNone: true })
  if (limit === 'limit') return limit
  const equal = filters.filter(({ match }) => match === 'equals').map(({ column }) => column)
  const isByKey = table
    ? table.unique.some((columns) => columns.length > 0 && columns.every((column) => equal.includes(column)))
    : equal.some(isUniqueColumn)
  if (isByKey) return 'unique-key'
  if (filters.some(({ match }) => match === 'in')) return 'key-list'
  if (limit !== null) return limit
  return open && !reader.dependsOnCaller ? 'limit' : null
}
