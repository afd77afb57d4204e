import type { LedgerTable, Segment, Span } from '../database.ts'
import { keyListName } from './names.ts'
import { quoted } from './sql.ts'

/** Keys from `first` to `last`, both included. */
export interface KeyRange {
  readonly first: number
  readonly last: number
}

/** A table of the ledger, with its number there. */
export interface OwnTable extends LedgerTable {
  readonly number: number
}

/** The keys of the rows that are in the table, in order, as few ranges as can be. */
export function keyRanges({ reserved, made }: Pick<LedgerTable, 'reserved' | 'made'>): readonly KeyRange[] {
  const ranges = made.flatMap((span) => reserved.flatMap((segment) => keysOf(span, segment)))
  const merged: KeyRange[] = []
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const last = merged.at(-1)
    if (last !== undefined && range.first <= last.last + 1) {
      merged[merged.length - 1] = { first: last.first, last: Math.max(last.last, range.last) }
    } else merged.push(range)
  }
  return merged
}

/** The keys of that part of `span` that lies in `segment`. */
function keysOf(span: Span, segment: Segment): readonly KeyRange[] {
  const from = Math.max(span.firstIndex, segment.firstIndex)
  const behind = Math.min(span.firstIndex + span.rows, segment.firstIndex + segment.rows)
  if (from >= behind) return []
  const offset = segment.firstKey - segment.firstIndex
  return [{ first: from + offset, last: behind - 1 + offset }]
}

/** SQL for "this row of `alias` is Headroom's". */
export function isOwn(table: OwnTable, alias: string): string {
  if (table.key.kind === 'list')
    return `EXISTS (SELECT FROM ${keyListName(table.number)} AS k WHERE ${sameKey(table, alias)})`
  const column = `${alias}.${quoted(table.key.columns[0] ?? '')}`
  const ranges = keyRanges(table).map(({ first, last }) => `${column} BETWEEN ${first} AND ${last}`)
  return ranges.length === 0 ? 'false' : `(${ranges.join(' OR ')})`
}

/** SQL for "this row of `alias` is somebody else's", in a form that an index on the key can answer. */
export function isForeign(table: OwnTable, alias: string): string {
  if (table.key.kind === 'list') return `NOT ${isOwn(table, alias)}`
  return `(${foreignRanges(table, alias).join(' OR ')})`
}

/** The gaps between the ranges of Headroom's keys, each as SQL. */
export function foreignRanges(table: OwnTable, alias: string): readonly string[] {
  const column = `${alias}.${quoted(table.key.columns[0] ?? '')}`
  const ranges = keyRanges(table)
  if (ranges.length === 0) return ['true']
  return [...ranges, null].map((range, i) => {
    const before = ranges[i - 1]
    const low = before === undefined ? null : `${column} > ${before.last}`
    const high = range === null ? null : `${column} < ${range.first}`
    return [low, high].filter((part) => part !== null).join(' AND ')
  })
}

/** SQL for "row k of the key list is this row of `alias`". */
export function sameKey({ key }: Pick<LedgerTable, 'key'>, alias: string): string {
  return key.columns.map((name, i) => `k.k${i} = ${alias}.${quoted(name)}`).join(' AND ')
}
