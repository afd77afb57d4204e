import type { Bound, Operation } from '../../facts.ts'

/** What a statement of SQL does, as far as its text says; null for what is neither a read nor a write of rows. */
export function readSql(
  sql: string,
): { table: string | null; operation: Operation; bound: Bound | null; ordered: boolean } | null {
  const text = sql
    .replace(/--.*$/gm, ' ')
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .trim()
  const table = /\b(?:from|into|update)\s+["'`[]?([\w.]+)/i.exec(text)?.[1] ?? null
  if (/^(?:insert|update|delete|replace|merge|truncate)\b/i.test(text)) {
    return { table, operation: 'write', bound: null, ordered: false }
  }
  if (!/^(?:select|with)\b/i.test(text) || table === null) return null
  const grouped = /\bgroup\s+by\b/i.test(text)
  const aggregate = /^select\s+(?:count|sum|avg|min|max|exists)\s*\(/i.exec(text)
  const operation =
    aggregate && !grouped
      ? /count/i.test(aggregate[0])
        ? 'count'
        : 'aggregate'
      : grouped
        ? 'aggregate'
        : 'many'
  return { table, operation, bound: boundOf(text), ordered: /\border\s+by\b/i.test(text) }
}

function boundOf(text: string): Bound | null {
  if (/\b(?:limit|fetch\s+(?:first|next)|top)\b/i.test(text)) return 'limit'
  if (/\bwhere\s+(?:\w+\.)?["'`]?(?:id|uuid)["'`]?\s*=/i.test(text) && !/\bor\b/i.test(text))
    return 'unique-key'
  return /\b(?:id|uuid)["'`]?\s+in\s*\((?!\s*select)/i.test(text) ? 'key-list' : null
}
