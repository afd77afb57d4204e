import { routeKey } from '../model/route.ts'
import type { Facts, QueryCall } from './facts.ts'

const reading: readonly QueryCall['operation'][] = ['many', 'aggregate', 'count', 'one']

/** The tables that each route reads, by route key: those of which it reads many rows first. Names as the code has them. */
export function readsByRoute({
  handlers,
  queries,
}: Pick<Facts, 'handlers' | 'queries'>): Record<string, string[]> {
  const byHandler = Map.groupBy(queries, (query) => query.handler)
  const entries = handlers.flatMap(({ id, route }): [string, string[]][] => {
    const reads = (byHandler.get(id) ?? [])
      .filter(({ operation }) => reading.includes(operation))
      .toSorted((one, other) => reading.indexOf(one.operation) - reading.indexOf(other.operation))
    const tables = [...new Set(reads.flatMap(({ table }) => table ?? []))]
    return tables.length === 0 ? [] : [[routeKey(route), tables]]
  })
  return Object.fromEntries(entries)
}
