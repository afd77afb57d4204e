import type { Loop, QueryCall } from '../facts.ts'

/** The rows of a query in words: `"posts" rows`, or `rows` where the table isn't known. */
export function rowsOf(query: Pick<QueryCall, 'table'>): string {
  return query.table === null ? 'rows' : `"${query.table}" rows`
}

/** What a loop walks over in words: ``every item of `posts` ``. */
export function itemsOf({ items }: Loop): string {
  return items === null ? 'every item' : `every item of \`${items}\``
}

/** Whether a loop runs once for each item of a list whose length data decides. */
export function repeats(loop: Loop): boolean {
  return loop.source === 'items' && loop.keyed && !loop.stopsWhenFound && !loop.cached
}
