import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as l10n from '@vscode/l10n'
import type { Factory } from '../factory/client.ts'
import { Failure } from '../model/failure.ts'
import { formatCount } from '../model/format.ts'
import type { ParameterValues } from '../model/load-plan.ts'
import type { Schema } from '../model/schema.ts'
import { withFactory } from './project-database.ts'

const maxValues = 1000

/** What the caller says of one parameter: `1,2,3`, `@ids.txt`, `db:users.id`, `users.id`, or a list. */
export type ParameterSpec = string | readonly string[]

export interface ParameterSources {
  readonly root: string
  /** Null where no database is known. */
  readonly databaseUrl: string | null
  readonly given: Readonly<Record<string, ParameterSpec>>
}

/**
 * Guesses the column a path parameter means: `:userId` is `users.id`, the `:id` of `/posts/:id` is `posts.id`.
 * Null when no table fits.
 */
export function guessColumn(
  path: string,
  name: string,
  schema: Schema,
): { table: string; column: string } | null {
  const before =
    path
      .slice(0, path.indexOf(`:${name}`))
      .split('/')
      .filter(Boolean)
      .at(-1) ?? ''
  const noun = name === 'id' ? before : name.replace(/_?[iI]d$/, '')
  const stem = noun.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
  const candidates = new Set([stem, `${stem}s`, `${stem}es`, stem.replace(/y$/, 'ies'), before.toLowerCase()])
  const table = schema.tables.find((each) => candidates.has(each.name.toLowerCase()))
  const column = table?.primaryKey.length === 1 ? table.primaryKey[0] : undefined
  return table === undefined || column === undefined ? null : { table: table.name, column }
}

/**
 * The column whose rows an answer to the path is likely to hold, by the value of one of its parameters: of
 * `/users/:userId/activities` that of `activities` which refers to `users`. Null when none fits.
 */
export function guessCountedBy(
  path: string,
  name: string,
  parent: { readonly table: string; readonly column: string },
  schema: Schema,
): { table: string; column: string } | null {
  const [pathname = ''] = path.split('?')
  const after = pathname
    .slice(pathname.indexOf(`:${name}`))
    .split('/')
    .slice(1)
  const noun = after.findLast((part) => part !== '' && !part.startsWith(':'))
  if (noun === undefined) return null
  const wanted = noun.replaceAll(/[-_]/g, '').toLowerCase()
  const child = schema.tables.find((table) => table.name.replaceAll('_', '').toLowerCase() === wanted)
  const reference = child?.foreignKeys.find(
    ({ columns, referencedTable, referencedColumns }) =>
      columns.length === 1 && referencedTable === parent.table && referencedColumns[0] === parent.column,
  )
  const column = reference?.columns[0]
  return child === undefined || column === undefined ? null : { table: child.name, column }
}

/** A name that needs values, and the path of the request that wants them. */
export interface NeededParameter {
  readonly name: string
  readonly path: string
}

/**
 * Values for every parameter of a request: as given, else drawn from the project's database.
 * Throws `HR_PARAMETERS` naming the parameter that has none.
 */
export async function resolveParameters(
  needed: readonly NeededParameter[],
  sources: ParameterSources,
): Promise<Record<string, ParameterValues>> {
  const names = [...new Set(needed.map(({ name }) => name))]
  const unknown = Object.keys(sources.given).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    const known = names.map((name) => `:${name}`).join(', ')
    throw new Failure(
      'HR_PARAMETERS',
      names.length === 0
        ? l10n.t('No request has a parameter :{0}; there are none.', unknown)
        : l10n.t('No request has a parameter :{0}; there are {1}.', unknown, known),
    )
  }
  const entries = new Map<string, ParameterValues>()
  for (const { name, path } of needed) {
    if (!entries.has(name)) entries.set(name, await resolveParameter(path, name, sources))
  }
  return Object.fromEntries(entries)
}

async function resolveParameter(
  path: string,
  name: string,
  sources: ParameterSources,
): Promise<ParameterValues> {
  const spec = sources.given[name]
  if (spec === undefined) return fromGuess(path, name, sources)
  if (typeof spec !== 'string') return { values: spec, source: l10n.t('configuration') }
  if (spec.startsWith('@')) return fromFile(resolve(sources.root, spec.slice(1)), spec.slice(1))
  const column = /^(?:db:)?([A-Za-z_]\w*)[.:]([A-Za-z_]\w*)$/.exec(spec)
  if (column?.[1] !== undefined && column[2] !== undefined) {
    if (sources.databaseUrl === null) throw needsValues(name, spec)
    const place = { table: column[1], column: column[2] }
    return withFactory(sources.root, sources.databaseUrl, async (factory) =>
      draw(factory, { path, name, place }, await factory.schema()),
    )
  }
  const values = spec
    .split(',')
    .map((value) => value.trim())
    .filter(Boolean)
  if (values.length === 0) throw needsValues(name)
  return { values, source: l10n.t('given') }
}

async function fromFile(file: string, shown: string): Promise<ParameterValues> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Failure('HR_PARAMETERS', l10n.t("The file {0} with parameter values can't be read.", shown))
  })
  const values = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
  if (values.length === 0)
    throw new Failure('HR_PARAMETERS', l10n.t('The file {0} holds no parameter values.', shown))
  return { values, source: shown }
}

async function fromGuess(
  path: string,
  name: string,
  { root, databaseUrl }: ParameterSources,
): Promise<ParameterValues> {
  if (databaseUrl === null) throw needsValues(name)
  return withFactory(root, databaseUrl, async (factory) => {
    const schema = await factory.schema()
    const place = guessColumn(path, name, schema)
    if (place === null) throw needsValues(name)
    return draw(factory, { path, name, place }, schema)
  })
}

interface Drawing {
  readonly path: string
  readonly name: string
  readonly place: { readonly table: string; readonly column: string }
}

async function draw(
  factory: Factory,
  { path, name, place }: Drawing,
  schema: Schema,
): Promise<ParameterValues> {
  const { table, column } = place
  const countedBy = guessCountedBy(path, name, place, schema)
  const wanted = { ...place, limit: maxValues, ...(countedBy === null ? {} : { countedBy }) }
  const { values, total, rows, missing = [] } = await factory.values(wanted)
  if (values.length === 0) {
    throw new Failure(
      'HR_PARAMETERS',
      l10n.t('The table {0} has no rows to draw {1} from. Seed it first.', table, column),
      {
        actions: [{ id: 'seed', title: l10n.t('Seed Data') }],
      },
    )
  }
  const different = formatCount(new Set(values).size)
  const [all, from] = [formatCount(total), `${table}.${column}`]
  if (rows === undefined || countedBy === null) {
    return { values, source: l10n.t('{0} of {1} values of {2}', different, all, from) }
  }
  return {
    values,
    source: l10n.t(
      '{0} of {1} values of {2}, those with the most {3} most often',
      different,
      all,
      from,
      countedBy.table,
    ),
    rows,
    missing,
  }
}

/** `column`: what was given as the column to draw values from, where no database is known. */
function needsValues(name: string, column?: string): Failure {
  return new Failure(
    'HR_PARAMETERS',
    column === undefined
      ? l10n.t(
          '`:{0}` needs values: a list, a file or a database column. One repeated value mostly measures a cache.',
          name,
        )
      : l10n.t(
          '{0} names a column, but no database is known. `:{1}` needs values: a list, a file or a database column. One repeated value mostly measures a cache.',
          column,
          name,
        ),
    {
      actions: [
        {
          id: 'enter-values',
          title: l10n.t('Enter Values'),
          argument: name,
          commandLine: `--param ${name}=1,2,3 or --param ${name}=users.id`,
        },
        { id: 'open-config', title: l10n.t('Open Configuration') },
      ],
    },
  )
}
