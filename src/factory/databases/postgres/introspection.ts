import type { Column, ForeignKey, Schema, Table } from '../../../model/schema.ts'
import { checkedColumn, readConditions } from '../check-constraints.ts'
import type { TableChecks } from '../check-constraints.ts'
import {
  readColumns,
  readConstraints,
  readPartitions,
  readTables,
  readTriggers,
  readTypes,
  readUniques,
} from './catalogue.ts'
import type {
  ColumnRow,
  ConstraintRow,
  PartitionRow,
  Query,
  TableRow,
  TriggerRow,
  UniqueRow,
} from './catalogue.ts'
import { partitionFacts } from './partitions.ts'
import { readSamples } from './samples.ts'
import type { TableSamples } from './samples.ts'
import { triggerFacts } from './triggers.ts'
import { meaningOf, resolveType, typeFacts } from './types.ts'
import type { ResolvedType, TypeRow } from './types.ts'

export interface IntrospectionOptions {
  /**
   * The SQL condition for rows `t` that Headroom did not make, by table, for those in which it made any: samples hold
   * the user's values only.
   */
  readonly foreignRows?: ReadonlyMap<string, string>
}

/** All that the catalogue has about one table. */
interface TableParts {
  readonly row: TableRow
  readonly columns: readonly ColumnRow[]
  readonly constraints: readonly ConstraintRow[]
  readonly uniques: readonly UniqueRow[]
  readonly triggers: readonly TriggerRow[]
  readonly partitions: PartitionRow | undefined
  readonly types: ReadonlyMap<number, TypeRow>
  /** `Table.name` by schema and table. */
  readonly names: ReadonlyMap<string, string>
}

/** The user's tables as they are now, in order of name; those of extensions and Headroom's own are left out. */
export async function introspect(query: Query, options: IntrospectionOptions = {}): Promise<Schema> {
  const rows = await readTables(query)
  const types = await readTypes(query, rows)
  const columns = Map.groupBy(await readColumns(query, rows), ({ relation }) => relation)
  const constraints = Map.groupBy(await readConstraints(query, rows), ({ relation }) => relation)
  const uniques = Map.groupBy(await readUniques(query, rows), ({ relation }) => relation)
  const triggers = Map.groupBy(await readTriggers(query, rows), ({ relation }) => relation)
  const partitions = new Map((await readPartitions(query, rows)).map((row) => [row.relation, row]))
  const names = new Map(rows.map(({ schema, table, name }) => [JSON.stringify([schema, table]), name]))
  const tables = rows.map((row) =>
    tableOf({
      row,
      columns: columns.get(row.oid) ?? [],
      constraints: constraints.get(row.oid) ?? [],
      uniques: uniques.get(row.oid) ?? [],
      triggers: triggers.get(row.oid) ?? [],
      partitions: partitions.get(row.oid),
      types,
      names,
    }),
  )
  const sampled = tables.map((table, i) => ({
    row: rows[i],
    columns: table.columns.filter((column) => mayBeFixedSet(table, column)),
    primaryKey: table.primaryKey,
    foreignRows: options.foreignRows?.get(table.name) ?? null,
  }))
  const samples = await readSamples(
    query,
    sampled.flatMap(({ row, ...table }) => (row === undefined ? [] : [{ row, ...table }])),
  )
  return { dialect: 'postgres', tables: tables.map((table) => withSamples(table, samples.get(table.name))) }
}

function tableOf(parts: TableParts): Table {
  const { row, constraints, uniques } = parts
  const primaryKey = constraints.find(({ kind }) => kind === 'p')?.columns ?? []
  const foreignKeys = constraints
    .filter(({ kind }) => kind === 'f')
    .map((key) => foreignKeyOf(key, parts.names))
  const uniqueSets = uniques.map((unique) => uniqueColumns(unique, parts.columns))
  const whole = uniqueSets.filter((_, i) => uniques[i]?.partial === false).map(setName)
  const partialUniques = distinctSets(uniqueSets).filter((set) => !whole.includes(setName(set)))
  const keys = [primaryKey, ...uniqueSets, ...foreignKeys.map((key) => key.columns)].flat()
  const triggers = triggerFacts(parts.triggers, new Set(keys))
  const plain = parts.columns.map((column) => columnOf(column, parts, primaryKey, triggers.filled))
  const conditions = constraints.flatMap(({ condition, wording }) =>
    condition === null ? [] : [{ sql: condition, wording: wording ?? condition }],
  )
  const checks = readConditions(conditions, plain, 'arrays')
  const columns = withPartitions(
    plain.map((column) => checkedColumn(column, checks.columns.get(column.name))),
    parts.partitions,
  )
  return {
    name: row.name,
    columns: columns.columns,
    primaryKey,
    foreignKeys,
    uniques: distinctSets(uniqueSets),
    ...(partialUniques.length > 0 && { partialUniques }),
    rowCount: 0,
    triggers: triggers.others,
    comparisons: checks.comparisons,
    alternatives: checks.alternatives,
    otherChecks: [...otherChecks(parts, checks), ...columns.others],
  }
}

function columnOf(
  column: ColumnRow,
  { types }: TableParts,
  primaryKey: readonly string[],
  filled: readonly string[],
): Column {
  const type = resolveType(types, column.type, column.modifier)
  const isKey = primaryKey.includes(column.name)
  const plain: Column = {
    name: column.name,
    declaredType: declaredType(column, type),
    nullable: !column.notNull && !isKey && type?.notNull !== true,
    hasDefault: column.hasDefault || type?.hasDefault === true,
    generated: column.generated || filled.includes(column.name),
    ...(type === null
      ? { type: 'other' as const, maxLength: null, allowedValues: null }
      : typeFacts(types, type)),
  }
  const checks = readConditions(domainConditions(type?.checks ?? []), [{ ...plain, name: 'VALUE' }], 'arrays')
  return checkedColumn(plain, checks.columns.get('VALUE'))
}

/** As declared; of a domain over a type of the server's own that type, which tells more. */
function declaredType({ type, declared }: ColumnRow, resolved: ResolvedType | null): string {
  const isOwnDomain =
    resolved !== null && resolved.row.oid !== type && meaningOf(resolved.row).type === 'other'
  return isOwnDomain ? resolved.row.name : declared
}

function domainConditions(checks: readonly string[]): readonly { sql: string; wording: string }[] {
  return checks.map((sql) => ({ sql, wording: sql }))
}

function foreignKeyOf(row: ConstraintRow, names: ReadonlyMap<string, string>): ForeignKey {
  const { columns, referencedSchema, referencedTable, referencedColumns } = row
  return {
    columns,
    referencedTable:
      names.get(JSON.stringify([referencedSchema, referencedTable])) ??
      `${referencedSchema}.${referencedTable}`,
    referencedColumns: referencedColumns ?? [],
  }
}

/** The columns of a unique index; for an expression such as `lower(email)` those that it mentions. */
function uniqueColumns({ parts }: UniqueRow, columns: readonly ColumnRow[]): readonly string[] {
  const names = parts.flatMap(({ column, expression }) => {
    if (column !== null) return [column]
    const words = new Set(expression.replaceAll(/'(?:[^']|'')*'/g, '').match(/"(?:[^"]|"")+"|\w+/g))
    return columns
      .map(({ name }) => name)
      .filter((name) => words.has(name) || words.has(`"${name.replaceAll('"', '""')}"`))
  })
  return [...new Set(names)]
}

function setName(set: readonly string[]): string {
  return set.toSorted().join('\n')
}

function distinctSets(sets: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const known = new Map(sets.filter(({ length }) => length > 0).map((set) => [setName(set), set]))
  return [...known.values()]
}

/** What no column tells: checks that could not be read, exclusions, and unique indexes over more than columns' values. */
function otherChecks(
  { columns, constraints, uniques, types }: TableParts,
  checks: TableChecks,
): readonly string[] {
  const exclusions = constraints.filter(({ kind }) => kind === 'x').map(({ wording }) => wording ?? '')
  const expressions = uniques.filter(
    ({ parts, nullsNotDistinct }) =>
      nullsNotDistinct ||
      parts.some(({ column, expression }) => column === null && !/^(?:lower|upper)\(/.test(expression)),
  )
  const domains = columns.flatMap((column) => {
    const type = resolveType(types, column.type, column.modifier)
    const { others } = readConditions(
      domainConditions(type?.checks ?? []),
      [{ name: 'VALUE', ...(type === null ? {} : { type: typeFacts(types, type).type }) }],
      'arrays',
    )
    return others.map((other) => `${column.name}: CHECK (${other})`)
  })
  return [...checks.others, ...domains, ...exclusions, ...expressions.map(({ wording }) => wording)]
}

function withPartitions(
  columns: readonly Column[],
  partitions: PartitionRow | undefined,
): { readonly columns: readonly Column[]; readonly others: readonly string[] } {
  if (partitions === undefined) return { columns, others: [] }
  const facts = partitionFacts(partitions, columns)
  const narrowed = columns.map((column) => {
    if (column.name !== facts.column) return column
    return {
      ...column,
      ...(facts.allowedValues === null ? {} : { allowedValues: facts.allowedValues }),
      ...(facts.range === null ? {} : { range: facts.range }),
    }
  })
  return { columns: narrowed, others: facts.complete ? [] : [`PARTITION BY ${partitions.key}`] }
}

/** Texts of which existing rows may show that they are one of a few words. */
function mayBeFixedSet(table: Table, column: Column): boolean {
  const keys = [table.primaryKey, ...table.uniques, ...table.foreignKeys.map(({ columns }) => columns)]
  return (
    column.type === 'text' &&
    column.allowedValues === null &&
    !column.generated &&
    !keys.some((key) => key.includes(column.name))
  )
}

function withSamples(table: Table, samples: TableSamples | undefined): Table {
  if (samples === undefined) return table
  const columns = table.columns.map((column) => {
    const sampleValues = samples.fixedSets.get(column.name)
    return sampleValues === undefined ? column : { ...column, sampleValues }
  })
  return { ...table, columns, rowCount: samples.rowCount }
}
