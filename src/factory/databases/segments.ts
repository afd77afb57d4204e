import type { LedgerTable, Segment, Span } from './database.ts'

/** Joins spans that follow each other; they are in order of index. */
export function mergedSpans(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = []
  for (const { firstIndex, rows } of spans) {
    const last = result.at(-1)
    if (last !== undefined && last.firstIndex + last.rows === firstIndex) {
      result[result.length - 1] = { firstIndex: last.firstIndex, rows: last.rows + rows }
    } else result.push({ firstIndex, rows })
  }
  return result
}

/** What is in the table by now, with its keys: no span goes over two segments. In order of index. */
export function madeSegments({ reserved, made }: Pick<LedgerTable, 'reserved' | 'made'>): readonly Segment[] {
  return made.flatMap((span) =>
    reserved.flatMap((segment): readonly Segment[] => {
      const firstIndex = Math.max(span.firstIndex, segment.firstIndex)
      const end = Math.min(span.firstIndex + span.rows, segment.firstIndex + segment.rows)
      if (firstIndex >= end) return []
      const firstKey = segment.firstKey + (firstIndex - segment.firstIndex)
      return [{ firstIndex, rows: end - firstIndex, firstKey }]
    }),
  )
}

/** What the youngest `maxRows` of the rows in the table are, youngest first. */
export function youngestSegments(own: LedgerTable, maxRows: number): readonly Segment[] {
  const taken: Segment[] = []
  let left = maxRows
  for (const { firstIndex, rows, firstKey } of madeSegments(own).toReversed()) {
    if (left <= 0) break
    const count = Math.min(rows, left)
    const skipped = rows - count
    taken.push({ firstIndex: firstIndex + skipped, rows: count, firstKey: firstKey + skipped })
    left -= count
  }
  return taken
}
