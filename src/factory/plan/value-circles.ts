import type { ForeignKey, Table } from '../../model/schema.ts'
import type { ColumnPlan } from '../../model/seed-plan.ts'

/** A column of a planned table. */
export interface ColumnPlace {
  readonly table: string
  readonly column: string
}

interface Planned {
  readonly table: Table
  readonly columns: readonly ColumnPlan[]
}

/**
 * Columns of which each takes its values from the next one, and the last from the first, so that none of them has a value to
 * begin with; null where there are none.
 */
export function valueCircle(tables: readonly Planned[]): readonly ColumnPlace[] | null {
  const sources = new Map<string, readonly ColumnPlace[]>()
  for (const { table, columns } of tables) {
    for (const plan of columns)
      sources.set(nameOf({ table: table.name, column: plan.column }), sourcesOf(table.name, plan))
  }
  const done = new Set<string>()
  const walk = (place: ColumnPlace, path: readonly ColumnPlace[]): readonly ColumnPlace[] | null => {
    const name = nameOf(place)
    const begin = path.findIndex((each) => nameOf(each) === name)
    if (begin >= 0) return path.slice(begin)
    if (done.has(name)) return null
    for (const source of sources.get(name) ?? []) {
      const circle = walk(source, [...path, place])
      if (circle !== null) return circle
    }
    done.add(name)
    return null
  }
  for (const { table, columns } of tables) {
    for (const { column } of columns) {
      const circle = walk({ table: table.name, column }, [])
      if (circle !== null) return circle
    }
  }
  return null
}

/** A foreign key of the circle whose columns another one of its table can decide; null where there is none. */
export function dispensableKey(
  circle: readonly ColumnPlace[],
  tables: ReadonlyMap<string, Table>,
  following: ReadonlySet<ForeignKey>,
): ForeignKey | null {
  for (const [i, { table, column }] of circle.entries()) {
    const next = circle[(i + 1) % circle.length]
    const keys = (tables.get(table)?.foreignKeys ?? []).filter(({ columns }) => columns.includes(column))
    const found = keys.find((key) => key.referencedTable === next?.table && !following.has(key))
    if (found !== undefined && keys.some((key) => key !== found && !following.has(key))) return found
  }
  return null
}

function nameOf({ table, column }: ColumnPlace): string {
  return JSON.stringify([table, column])
}

/** The columns that must have values before a column has. */
function sourcesOf(own: string, { generator, options }: ColumnPlan): readonly ColumnPlace[] {
  const { columns, digits, digit, part, pairs, references, since, table, wanted } = options
  if (generator === 'copy') return [{ table: own, column: String(options.column) }]
  if (generator === 'beyond') return textsOf(columns).map((column) => ({ table: own, column }))
  if (generator === 'parent-sharing')
    return sharedSources(recordsOf(references), Number(wanted), Number(part))
  if (generator === 'parent-tuple') {
    const chosen = recordsOf(digits)[Number(digit)]
    return chosen === undefined ? [] : referenced(chosen, part)
  }
  return [
    ...(typeof table === 'string' ? referenced({ table, columns }, part) : []),
    ...pairsOf(pairs).flatMap(([name, other]) => [
      { table: own, column: name },
      { table: String(table), column: other },
    ]),
    ...recordsOf([since]).map(({ column }) => ({ table: own, column: String(column) })),
  ]
}

function sharedSources(
  references: readonly Readonly<Record<string, unknown>>[],
  wanted: number,
  part: number,
): readonly ColumnPlace[] {
  const lead = String(references[0]?.table)
  const shared = references.flatMap(({ table, shared: pairs }) =>
    pairsOf(pairs).flatMap(([leading, other]) => [
      { table: lead, column: leading },
      { table: String(table), column: other },
    ]),
  )
  const chosen = references[wanted]
  return chosen === undefined ? shared : [...referenced(chosen, part), ...shared]
}

function referenced(
  { table, columns }: Readonly<Record<string, unknown>>,
  part: unknown,
): readonly ColumnPlace[] {
  const column = textsOf(columns)[Number(part)]
  return column === undefined || typeof table !== 'string' ? [] : [{ table, column }]
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) return []
  return value
    .filter((each: unknown) => typeof each === 'object' && each !== null)
    .map((each: object) => ({ ...each }))
}

function pairsOf(value: unknown): readonly (readonly [string, string])[] {
  if (!Array.isArray(value)) return []
  return value.map((pair) => (Array.isArray(pair) ? [String(pair[0]), String(pair[1])] : ['', '']))
}
