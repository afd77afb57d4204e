import type { Column, ForeignKey, Schema, Table } from '../../../model/schema.ts'
import { checkedColumn, readConditions } from '../check-constraints.ts'
import { type Catalogue, readCatalogue } from './catalogue.ts'
import type { Connection, Row } from './connection.ts'
import { readSamples } from './samples.ts'
import { numberOrNull, text } from './sql.ts'
import { typeFacts } from './types.ts'

/** Up to here, counting takes a moment. */
const countedRows = 1_000_000

/**
 * The tables of the connection's database as they are now, in order of name; Headroom's own are left out. `foreignRows`
 * has the SQL condition for rows `t` that Headroom did not make, by table, for those in which it made any: samples hold
 * the user's values only.
 */
export async function introspect(
  connection: Connection,
  foreignRows: ReadonlyMap<string, string>,
): Promise<Schema> {
  const catalogue = await readCatalogue(connection)
  const parts = partsByTable(catalogue)
  const names = catalogue.tables.map((row) => text(row.name)).toSorted()
  const estimates = new Map(catalogue.tables.map((row) => [text(row.name), Number(row.estimatedRows ?? 0)]))
  const tables: Table[] = []
  for (const name of names) {
    const table = tableOf(name, parts, connection.isMariadb)
    const rows = { estimate: estimates.get(name) ?? 0, countedRows, foreign: foreignRows.get(name) ?? null }
    const { rowCount, fixedSets } = await readSamples(connection, table, rows)
    tables.push({ ...table, rowCount, columns: table.columns.map((column) => withSample(column, fixedSets)) })
  }
  return { dialect: 'mysql', tables }
}

type Parts = Readonly<Record<Exclude<keyof Catalogue, 'tables'>, ReadonlyMap<string, readonly Row[]>>>

function partsByTable({ columns, uniques, foreignKeys, checks, triggers }: Catalogue): Parts {
  return {
    columns: byTable(columns),
    uniques: byTable(uniques),
    foreignKeys: byTable(foreignKeys),
    checks: byTable(checks),
    triggers: byTable(triggers),
  }
}

function byTable(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, (row) => text(row.table))
}

function tableOf(name: string, parts: Parts, isMariadb: boolean): Table {
  const plain = (parts.columns.get(name) ?? []).map(columnOf)
  const conditions = (parts.checks.get(name) ?? []).map((row) => {
    const wording = isMariadb ? text(row.condition) : text(row.condition).replaceAll(/\\(.)/g, '$1')
    return { sql: standardTexts(wording), wording: `CHECK (${wording})` }
  })
  const checks = readConditions(conditions, plain, 'names')
  const indexes = [...Map.groupBy(parts.uniques.get(name) ?? [], (row) => text(row.index))]
  const primary = indexes.find(([index]) => index === 'PRIMARY')?.[1] ?? []
  const uniques = indexes.filter(([index]) => index !== 'PRIMARY').map(([, rows]) => rows)
  const names = plain.map((column) => column.name)
  const primaryKey = primary.map((row) => text(row.column))
  const triggers = (parts.triggers.get(name) ?? []).map((row) => text(row.name))
  const otherChecks = [...checks.others, ...uniques.flatMap(prefixWording)]
  return {
    name,
    columns: plain.map((column) => checkedColumn(column, checks.columns.get(column.name))),
    primaryKey,
    foreignKeys: foreignKeysOf(parts.foreignKeys.get(name) ?? []),
    uniques: uniques.map((rows) => rows.flatMap((row) => indexedColumns(row, names))),
    rowCount: 0,
    triggers,
    ...(checks.comparisons.length > 0 ? { comparisons: checks.comparisons } : {}),
    ...(checks.alternatives.length > 0 ? { alternatives: checks.alternatives } : {}),
    ...(otherChecks.length > 0 ? { otherChecks } : {}),
  }
}

/** Both servers escape quotes in a condition's texts by backslashes; MySQL escapes the whole condition once more. */
function standardTexts(condition: string): string {
  return condition.replaceAll(/\\(.)/g, (_, sign: string) => (sign === "'" ? "''" : sign))
}

function columnOf(row: Row): Column {
  const declaredType = text(row.declared)
  const { type, timeFormat, range, digits, allowedValues } = typeFacts(declaredType)
  const isSized = type === 'text' || type === 'blob' || type === 'json'
  return {
    name: text(row.name),
    type,
    declaredType,
    nullable: Number(row.nullable) === 1,
    hasDefault: Number(row.hasDefault) === 1,
    generated: Number(row.generated) === 1,
    maxLength: isSized ? maxLength(declaredType, numberOrNull(row.length)) : null,
    allowedValues,
    ...(timeFormat === undefined ? {} : { timeFormat }),
    ...(range === undefined ? {} : { range }),
    ...(digits === undefined ? {} : { digits }),
  }
}

/** In characters: the length of texts without a declared one is in bytes, of which a character may take four. */
function maxLength(declaredType: string, length: number | null): number | null {
  if (length === null || length > 2 ** 31) return null
  return /text$/i.test(declaredType) ? Math.floor(length / 4) : length
}

/** The columns that a part of a unique index is about: of an expression such as `lower(email)` those that it mentions. */
function indexedColumns(row: Row, names: readonly string[]): readonly string[] {
  if (row.column !== null) return [text(row.column)]
  const expression = text(row.expression)
  return names.filter((name) => expression.includes(`\`${name}\``))
}

/** A unique index over the first characters of a text says more than that the texts differ. */
function prefixWording(rows: readonly Row[]): readonly string[] {
  if (!rows.some((row) => row.prefix !== null)) return []
  const parts = rows.map((row) => text(row.column) + (row.prefix === null ? '' : `(${text(row.prefix)})`))
  return [`UNIQUE (${parts.join(', ')})`]
}

function foreignKeysOf(rows: readonly Row[]): readonly ForeignKey[] {
  return [...Map.groupBy(rows, (row) => text(row.name)).values()].map((parts) => {
    const [first] = parts
    const schema = first?.referencedSchema ?? null
    const table = text(first?.referencedTable)
    return {
      columns: parts.map((row) => text(row.column)),
      referencedTable: schema === null ? table : `${text(schema)}.${table}`,
      referencedColumns: parts.map((row) => text(row.referencedColumn)),
    }
  })
}

function withSample(column: Column, fixedSets: ReadonlyMap<string, readonly string[]>): Column {
  const sampleValues = fixedSets.get(column.name)
  return sampleValues === undefined ? column : { ...column, sampleValues }
}
