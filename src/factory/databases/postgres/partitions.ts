import type { Column } from '../../../model/schema.ts'
import { momentOf } from '../check-reader.ts'
import type { PartitionRow } from './catalogue.ts'

/** What a partitioned table's partitions let its rows hold. */
export interface PartitionFacts {
  readonly column: string | null
  readonly allowedValues: readonly string[] | null
  readonly range: NonNullable<Column['range']> | null
  /** False where there may be rows that no partition takes, for more than `column` tells. */
  readonly complete: boolean
}

const dayMillis = 86_400_000
const anything: PartitionFacts = { column: null, allowedValues: null, range: null, complete: true }
const unclear: PartitionFacts = { ...anything, complete: false }

/** What values a table's partitions take together; of ranges with gaps between them the longest piece. */
export function partitionFacts(
  { key, bounds, nested }: PartitionRow,
  columns: readonly Column[],
): PartitionFacts {
  if (nested) return unclear
  if (bounds.includes('DEFAULT') || key.startsWith('HASH')) return anything
  const name = /^(?:RANGE|LIST) \((?:"((?:[^"]|"")+)"|(\w+))\)$/.exec(key)
  const column = columns.find(
    (candidate) => candidate.name === (name?.[1]?.replaceAll('""', '"') ?? name?.[2]),
  )
  if (column === undefined) return unclear
  if (key.startsWith('LIST')) {
    const values = bounds.flatMap((bound) => literalsIn(bound))
    return { ...anything, column: column.name, allowedValues: values, complete: values.length > 0 }
  }
  const range = longestPiece(bounds, column)
  return range === null ? unclear : { ...anything, column: column.name, range }
}

function literalsIn(bound: string): readonly string[] {
  return [...bound.matchAll(/'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)/g)].map(
    ([, text, number]) => text?.replaceAll("''", "'") ?? number ?? '',
  )
}

function longestPiece(bounds: readonly string[], column: Column): NonNullable<Column['range']> | null {
  const isTime = column.type === 'datetime' || column.type === 'date'
  if (!isTime && column.type !== 'integer') return null
  const pieces = bounds
    .map((bound) => {
      const [, from = '', to = ''] = /^FOR VALUES FROM \((.*)\) TO \((.*)\)$/.exec(bound) ?? []
      return { from: limitOf(from, isTime), to: limitOf(to, isTime) }
    })
    .toSorted((a, b) => a.from - b.from)
  if (pieces.some(({ from, to }) => Number.isNaN(from) || Number.isNaN(to))) return null
  const joined: { readonly from: number; to: number }[] = []
  for (const { from, to } of pieces) {
    const last = joined.at(-1)
    if (last?.to === from) last.to = to
    else joined.push({ from, to })
  }
  const [best] = joined.toSorted((x, y) => y.to - y.from - (x.to - x.from))
  if (best === undefined) return null
  const { min = -Infinity, max = Infinity } = column.range ?? {}
  const low = Math.max(best.from, min)
  const high = Math.min(best.to - (column.type === 'date' ? dayMillis : 1), max)
  return { ...(Number.isFinite(low) ? { min: low } : {}), ...(Number.isFinite(high) ? { max: high } : {}) }
}

function limitOf(text: string, isTime: boolean): number {
  if (text === 'MINVALUE') return -Infinity
  if (text === 'MAXVALUE') return Infinity
  const bare = text.replaceAll("'", '')
  return isTime ? (momentOf(bare) ?? Number.NaN) : Number(bare)
}
