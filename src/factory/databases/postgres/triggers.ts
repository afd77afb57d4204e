import type { TriggerRow } from './catalogue.ts'

/** What a table's triggers do. */
export interface TriggerFacts {
  /** Those that may change more than the row itself, or forbid it. */
  readonly others: readonly string[]
  /** Columns of a new row that a trigger fills. */
  readonly filled: readonly string[]
}

const beforeEachInsert = 1 | 2 | 4
const removal = 8
/** What a trigger may call without changing anything but what it returns. */
const harmlessCalls = new Set(
  'if elsif and or not in values row array numeric varchar char now coalesce nullif greatest least lower upper initcap trim btrim ltrim rtrim length char_length concat concat_ws format left right substr substring replace regexp_replace translate split_part md5 to_tsvector setweight to_char date_trunc age clock_timestamp statement_timestamp transaction_timestamp round floor ceil abs gen_random_uuid jsonb_build_object json_build_object unaccent'.split(
    ' ',
  ),
)
const actions =
  /\b(?:insert|update|delete|merge|truncate|copy|perform|execute|call|select|notify|listen|lock|raise|create|alter|drop|grant|set|refresh|do)\b/i

/**
 * Tells triggers that only fill columns of the new row from all others. `keys` are the columns by which rows are found
 * again: a trigger that writes one of them counts among the others.
 */
export function triggerFacts(rows: readonly TriggerRow[], keys: ReadonlySet<string>): TriggerFacts {
  const read = rows.map((row) => ({ name: row.name, filled: filledColumns(row) }))
  const isHarmless = (filled: readonly string[] | null) =>
    filled !== null && !filled.some((column) => keys.has(column))
  return {
    others: read.filter(({ filled }) => !isHarmless(filled)).map(({ name }) => name),
    filled: read.flatMap(({ filled }) => (isHarmless(filled) ? (filled ?? []) : [])),
  }
}

/** The columns that a trigger writes in the row that is about to be added, where it provably does nothing else. */
function filledColumns(row: TriggerRow): readonly string[] | null {
  if ((row.bits & beforeEachInsert) !== beforeEachInsert || (row.bits & removal) !== 0) return null
  if (/^tsvector_update_trigger(?:_column)?$/.test(row.function)) return row.arguments.slice(0, 1)
  if (row.language !== 'plpgsql') return null
  const body = row.source
    .replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .replaceAll(/'(?:[^']|'')*'/g, "''")
    .toLowerCase()
  if (actions.test(body) || /\$\w*\$/.test(body) || !/\breturn\s+new\b/.test(body)) return null
  if (/\breturn\s+(?!new\b)/.test(body)) return null
  const calls = [...body.matchAll(/([a-z_][\w.]*)\s*\(/g)].map(([, name]) =>
    (name ?? '').replace(/^pg_catalog\./, ''),
  )
  if (calls.some((name) => !harmlessCalls.has(name))) return null
  return [...body.matchAll(/\bnew\.(?:"([^"]+)"|(\w+))\s*:?=(?!=)/g)].map(
    ([, quoted, word]) => quoted ?? word ?? '',
  )
}
