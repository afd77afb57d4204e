import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Schema, Table } from '../model/schema.ts'
import { guessColumn } from './parameters.ts'

/** What is known of the table that an endpoint reads. */
export interface TableClues {
  /** As people read it: `GET /users/:userId/activities`. */
  readonly route: string
  readonly path: string
  /** What the user said. */
  readonly given?: string | undefined
  /** Tables that the code reads for this route, what reads many rows first. */
  readonly reads: readonly string[]
}

/**
 * The table whose growth says most about an endpoint: as given, else one that its queries read, preferring the one that its
 * path names and then the one of which it reads many rows; where the code says nothing, the one that its path names.
 * Throws `HR_VOLUME_TABLE` where none is found.
 */
export function growingTable({ route, path, given, reads }: TableClues, schema: Schema): Table {
  const names = schema.tables.map((table) => table.name).join(', ')
  if (given !== undefined) {
    const found = schema.tables.find((table) => table.name === given)
    if (found !== undefined) return found
    throw new Failure('HR_VOLUME_TABLE', l10n.t('There is no table `{0}`. The tables are {1}.', given, names))
  }
  const read = reads.flatMap((name) => tableNamed(name, schema) ?? [])
  const inPath = tablesInPath(path, schema)
  const table = inPath.find((candidate) => read.includes(candidate)) ?? read[0] ?? inPath[0]
  if (table !== undefined) return table
  const [name] = /:(\w+)/.exec(path)?.slice(1) ?? []
  const guess = name === undefined ? null : guessColumn(path, name, schema)
  const parent = schema.tables.find((candidate) => candidate.name === guess?.table)
  if (parent !== undefined) return parent
  throw new Failure(
    'HR_VOLUME_TABLE',
    l10n.t('Which table does {0} depend on? Name the one that shall grow: {1}.', route, names),
    {
      actions: [
        {
          id: 'open-config',
          title: l10n.t('Open Configuration'),
          commandLine: `--table ${schema.tables[0]?.name ?? 'users'}`,
        },
      ],
    },
  )
}

/** The tables that a path's own words name, the last word first. */
function tablesInPath(path: string, schema: Schema): Table[] {
  const words = path
    .replace(/\?.*$/, '')
    .split('/')
    .filter((word) => word !== '' && !word.startsWith(':'))
  return words.toReversed().flatMap((word) => tableNamed(word, schema) ?? [])
}

/** The table that a word or a model's name means: `activity` and `Activity` are `activities`. */
function tableNamed(name: string, schema: Schema): Table | null {
  const stem = name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase()
  const forms = new Set([stem, `${stem}s`, `${stem}es`, stem.replace(/y$/, 'ies'), stem.replace(/s$/, '')])
  return schema.tables.find((table) => forms.has(table.name.toLowerCase())) ?? null
}

/**
 * Parents with fewer rows are filled up to it once, before the first level, and then stay: a few rows to play with would
 * each get far more children than any real one.
 */
const fewestParents = 100

/**
 * Which tables get rows where one table is to have so many: that one, its children that grow with it (`per`), and those
 * with too few rows that new rows must refer to. All others stay as they are.
 */
export function rowsFor(
  table: Table,
  rows: number,
  per: Readonly<Record<string, number>>,
  schema: Schema,
): { readonly rows: Record<string, number>; readonly exclude: string[] } {
  const wanted: Record<string, number> = { [table.name]: Math.max(0, rows - table.rowCount) }
  const queue = [table, ...schema.tables.filter(({ name }) => per[name] !== undefined)]
  for (let child = queue.shift(); child !== undefined; child = queue.shift()) {
    for (const name of requiredParents(child)) {
      const parent = schema.tables.find((candidate) => candidate.name === name)
      if (parent === undefined || parent.rowCount >= fewestParents || wanted[name] !== undefined) continue
      wanted[name] = fewestParents - parent.rowCount
      queue.push(parent)
    }
  }
  return {
    rows: wanted,
    exclude: schema.tables
      .map(({ name }) => name)
      .filter((name) => wanted[name] === undefined && per[name] === undefined),
  }
}

function requiredParents({ name, columns, foreignKeys }: Table): string[] {
  const required = foreignKeys.filter((foreignKey) =>
    foreignKey.columns.every((key) => columns.some((column) => column.name === key && !column.nullable)),
  )
  return required.map(({ referencedTable }) => referencedTable).filter((parent) => parent !== name)
}
