import * as l10n from '@vscode/l10n'
import type { Column as CodeColumn, Relation, Table as CodeTable } from '../analysis/facts.ts'
import type { SoftReference } from '../factory/plan/soft-references.ts'
import { singular } from '../factory/plan/soft-references.ts'
import type { Column, ColumnType, Schema, Table } from '../model/schema.ts'

/** A table as the code declares it, with the one in the database that it stands for. */
interface Pair {
  readonly code: CodeTable
  readonly table: Table
}

/** Tables that tools keep for themselves, and join tables that libraries make without a model. */
const withoutModel = /^_|migration|^sequelizemeta$|^schema_|_seq$|^typeorm_metadata$|^spatial_ref_sys$/i
const mostNamed = 8

/**
 * Where the tables that the code declares and those of the database differ, one sentence for each: tables and columns that
 * one of them lacks, types that don't agree, relations that no foreign key states. Document databases are left out.
 */
export function compareSchemas(codeTables: readonly CodeTable[], schema: Schema): string[] {
  if (schema.dialect === 'mongodb') return []
  const relational = codeTables.filter(({ orm }) => orm !== 'mongoose')
  const pairs = pairsOf(relational, schema)
  // Where nothing agrees, the code speaks of another database.
  if (pairs.length === 0) return []
  return [
    ...missingTables(relational, pairs),
    ...undeclaredTables(pairs, schema),
    ...pairs.flatMap((pair) => [...missingColumns(pair), ...differingTypes(pair)]),
    ...codeReferences(relational, schema).map(({ table, column, referencedTable }) =>
      l10n.t(
        '`{0}.{1}` refers to `{2}` in the code, but no foreign key of the database says so; its values are taken from there all the same.',
        table,
        column,
        referencedTable,
      ),
    ),
  ]
}

/** The references between tables that the code declares and no foreign key of the database states. */
export function codeReferences(codeTables: readonly CodeTable[], schema: Schema): SoftReference[] {
  const isOfDocuments = schema.dialect === 'mongodb'
  const pairs = pairsOf(
    codeTables.filter(({ orm }) => !isOfDocuments || orm === 'mongoose'),
    schema,
  )
  const found = pairs.flatMap(({ code, table }) =>
    code.relations.flatMap((relation): SoftReference[] => {
      const target = pairs.find(({ code: other }) => isNamed(other, relation.target))
      const column = keyColumn(code, table, relation)
      if (target === undefined || column === undefined) return []
      const [referenced = target.table.primaryKey[0] ?? ''] = relation.references.flatMap(
        (name) => columnNamed(target.code, target.table, name)?.name ?? [],
      )
      const isStated = table.foreignKeys.some(({ columns }) => columns.includes(column.name))
      if (isStated || referenced === '') return []
      return [
        {
          table: table.name,
          column: column.name,
          referencedTable: target.table.name,
          referencedColumn: referenced,
          reason: l10n.t('no foreign key, but the {0} relation {1}', code.orm, relation.name),
        },
      ]
    }),
  )
  return found.filter(
    (each, i) => found.findIndex(({ table, column }) => table === each.table && column === each.column) === i,
  )
}

/** The one column of the table that holds the key of what the relation leads to. */
function keyColumn(code: CodeTable, table: Table, { columns, many }: Relation): Column | undefined {
  const [name] = columns
  return many || name === undefined || columns.length > 1 ? undefined : columnNamed(code, table, name)
}

function pairsOf(codeTables: readonly CodeTable[], schema: Schema): readonly Pair[] {
  return codeTables.flatMap((code): Pair[] => {
    const table =
      schema.tables.find(({ name }) => isStoredAs(code, name)) ??
      schema.tables.find(({ name }) => code.storedAs === undefined && plain(name) === plain(code.name))
    return table === undefined ? [] : [{ code, table }]
  })
}

function isStoredAs({ storedAs, name }: CodeTable, table: string): boolean {
  const wanted = (storedAs ?? name).toLowerCase()
  return table.toLowerCase() === wanted || table.toLowerCase().endsWith(`.${wanted}`)
}

function isNamed({ name }: CodeTable, target: string): boolean {
  return name === target || name.toLowerCase() === target.toLowerCase()
}

/** `BlogPosts`, `blog_posts` and `blogPost` are all `blogpost`. */
function plain(name: string): string {
  const words = name
    .slice(name.lastIndexOf('.') + 1)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
  return singular(words).replaceAll('_', '')
}

function columnNamed(code: CodeTable, table: Table, name: string): Column | undefined {
  const declared = code.columns.find((column) => column.name === name)
  const stored = declared?.storedAs ?? name
  return (
    table.columns.find((column) => column.name === stored) ??
    table.columns.find((column) => flat(column.name) === flat(stored))
  )
}

function flat(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

function missingTables(codeTables: readonly CodeTable[], pairs: readonly Pair[]): string[] {
  return codeTables
    .filter((code) => !pairs.some((pair) => pair.code === code))
    .map(({ name, orm, storedAs, span }) =>
      l10n.t(
        'The code declares the table `{0}` ({1}, {2}:{3}), which the database lacks. Has it been migrated?',
        storedAs ?? name,
        orm,
        span.file,
        span.line,
      ),
    )
}

function undeclaredTables(pairs: readonly Pair[], { tables }: Schema): string[] {
  const names = tables
    .filter((table) => !pairs.some((pair) => pair.table === table) && !withoutModel.test(table.name))
    .map(({ name }) => `\`${name}\``)
  if (names.length === 0) return []
  const shown =
    names.length > mostNamed
      ? [...names.slice(0, mostNamed), l10n.t('{0} more', names.length - mostNamed)]
      : names
  return [l10n.t('No model in the code declares {0}.', shown.join(', '))]
}

function missingColumns({ code, table }: Pair): string[] {
  const lost = code.columns
    .filter((column) => columnNamed(code, table, column.name) === undefined)
    .map(({ name, storedAs }) => storedAs ?? name)
  const known = new Set(code.columns.map((column) => columnNamed(code, table, column.name)?.name))
  const foreign = new Set(table.foreignKeys.flatMap(({ columns }) => columns))
  // A relation may name its column in ways that only its library knows.
  const unknown = table.columns
    .filter(({ name }) => !known.has(name) && !foreign.has(name))
    .map(({ name }) => name)
  const [ours, theirs] = [lost.join(', '), code.columns.length > 0 ? unknown.join(', ') : '']
  const { name } = table
  if (ours !== '' && theirs !== '') {
    return [
      l10n.t(
        '`{0}`: the code declares {1}, which the database lacks; the database has {2}, which the code does not declare.',
        name,
        ours,
        theirs,
      ),
    ]
  }
  if (ours !== '') return [l10n.t('`{0}`: the code declares {1}, which the database lacks.', name, ours)]
  if (theirs === '') return []
  return [l10n.t('`{0}`: the database has {1}, which the code does not declare.', name, theirs)]
}

function differingTypes({ code, table }: Pair): string[] {
  return code.columns.flatMap((declared) => {
    const column = columnNamed(code, table, declared.name)
    const wanted = classOfCode(declared)
    if (column === undefined || wanted === null || agrees(wanted, column)) return []
    return [
      l10n.t(
        '`{0}.{1}` is {2} in the code and {3} in the database.',
        table.name,
        column.name,
        declared.type ?? wanted,
        column.declaredType,
      ),
    ]
  })
}

type TypeClass = 'number' | 'text' | 'boolean' | 'time' | 'json' | 'binary'

const codeTypes: readonly (readonly [RegExp, TypeClass])[] = [
  [/\[\]$|array|enum/i, 'json'],
  [
    /^(?:small|big|medium|tiny)?int(?:eger|\d+)?$|serial|increment|^(?:number|float|double|real|decimal|numeric|money)/i,
    'number',
  ],
  [/^bool/i, 'boolean'],
  [/date|timestamp|^time/i, 'time'],
  [/json/i, 'json'],
  [/bytes|blob|binary|buffer|bytea/i, 'binary'],
  [/^(?:string|text|varchar|char|citext|uuid)/i, 'text'],
]

function classOfCode({ type }: CodeColumn): TypeClass | null {
  if (type === null) return null
  const found = codeTypes.find(([pattern]) => pattern.test(type.trim()))?.[1] ?? null
  return found === 'json' && !/json/i.test(type) ? null : found
}

/** What a library may well keep in a column of each type: SQLite has no booleans, times or documents of its own. */
const holds: Readonly<Record<ColumnType, readonly TypeClass[]>> = {
  integer: ['number', 'boolean', 'time'],
  real: ['number', 'time'],
  decimal: ['number', 'text'],
  text: ['text', 'time', 'json', 'number'],
  boolean: ['boolean', 'number'],
  datetime: ['time', 'text'],
  date: ['time', 'text'],
  time: ['time', 'text'],
  json: ['json', 'text'],
  blob: ['binary', 'text', 'json'],
  uuid: ['text'],
  array: ['json', 'text', 'number'],
  other: ['text', 'json', 'number', 'time', 'boolean', 'binary'],
}

function agrees(wanted: TypeClass, { type, declaredType }: Column): boolean {
  // Numbers in a text column are a mistake, unless the database has types of its own that mean numbers.
  if (type === 'text' && wanted === 'number') return !/char|text|clob/i.test(declaredType)
  return holds[type].includes(wanted)
}
