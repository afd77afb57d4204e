import type { Column, ColumnType, ForeignKey, Schema, Table, TimeFormat } from '../../../model/schema.ts'
import { checkedColumn, readTableChecks } from '../check-constraints.ts'
import type { Connection, Row } from './connection.ts'
import { quoted } from './connection.ts'

const sampledRows = 1000
const mostSampleValues = 12

/**
 * The user's tables as they are now, in order of name; SQLite's and Headroom's own are left out.
 * `ownKeysFrom` gives the first key that Headroom allotted in a table, so that samples hold the user's values only.
 */
export function introspect(connection: Connection, ownKeysFrom: ReadonlyMap<string, number>): Schema {
  const tables = connection
    .all(
      `SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       AND lower(name) NOT LIKE 'headroom\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name`,
    )
    .filter((row) => !isShadow(connection, text(row.name)))
  const primaryKeys = new Map(tables.map((row) => [text(row.name), primaryKey(connection, text(row.name))]))
  return {
    dialect: 'sqlite',
    tables: tables.map((row) =>
      readTable(connection, text(row.name), text(row.sql), primaryKeys, ownKeysFrom),
    ),
  }
}

function isShadow(connection: Connection, table: string): boolean {
  const kind = connection.all('SELECT type FROM pragma_table_list(?) WHERE schema = ?', [table, 'main'])[0]
    ?.type
  return kind !== 'table'
}

function readTable(
  connection: Connection,
  name: string,
  sql: string,
  primaryKeys: ReadonlyMap<string, readonly string[]>,
  ownKeysFrom: ReadonlyMap<string, number>,
): Table {
  const key = primaryKeys.get(name) ?? []
  const rows = connection.all('SELECT * FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid', [name])
  const integerKey =
    key.length === 1 && rows.some((row) => row.name === key[0] && affinity(text(row.type)) === 'integer')
  const samples = integerKey ? sampleRows(connection, name, key[0] ?? '', ownKeysFrom.get(name)) : []
  const triggers = connection
    .all("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?)", [name])
    .filter((row) => /\b(?:INSERT|DELETE)\s+ON\b/i.test(text(row.sql)))
    .map((row) => text(row.name))
  const plain = rows.map((row) => readColumn(row, key, samples))
  const checks = readTableChecks(sql, plain)
  return {
    name,
    columns: plain.map((column) => checkedColumn(column, checks.columns.get(column.name))),
    primaryKey: key,
    foreignKeys: readForeignKeys(connection, name, primaryKeys),
    ...readUniques(connection, name),
    rowCount: connection.number(`SELECT count(*) AS n FROM ${quoted(name)}`) ?? 0,
    triggers,
    comparisons: checks.comparisons,
    alternatives: checks.alternatives,
    otherChecks: checks.others,
  }
}

function primaryKey(connection: Connection, table: string): readonly string[] {
  return connection
    .all('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk', [table])
    .map((row) => text(row.name))
}

function readForeignKeys(
  connection: Connection,
  table: string,
  primaryKeys: ReadonlyMap<string, readonly string[]>,
): readonly ForeignKey[] {
  const byId = new Map<
    number,
    { columns: string[]; referencedTable: string; referencedColumns: (string | null)[] }
  >()
  for (const row of connection.all('SELECT * FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq', [
    table,
  ])) {
    const id = Number(row.id)
    const key = byId.get(id) ?? {
      columns: [],
      referencedTable: sameName(primaryKeys, text(row.table)),
      referencedColumns: [],
    }
    key.columns.push(text(row.from))
    key.referencedColumns.push(row.to === null ? null : text(row.to))
    byId.set(id, key)
  }
  return [...byId.values()].map(({ columns, referencedTable, referencedColumns }) => {
    // A foreign key without named columns refers to the primary key.
    const target = primaryKeys.get(referencedTable) ?? []
    return {
      columns,
      referencedTable,
      referencedColumns: referencedColumns.map((to, i) => to ?? target[i] ?? 'rowid'),
    }
  })
}

/** The table as it is spelled where it is created: SQLite's names ignore case. */
function sameName(tables: ReadonlyMap<string, unknown>, name: string): string {
  return [...tables.keys()].find((table) => table.toLowerCase() === name.toLowerCase()) ?? name
}

/** Unique sets, and those of them that hold for a part of the rows only. */
function readUniques(connection: Connection, table: string): Pick<Table, 'uniques' | 'partialUniques'> {
  const indexes = connection.all(
    `SELECT name, partial FROM pragma_index_list(?) WHERE "unique" = 1 AND origin <> 'pk' ORDER BY seq DESC`,
    [table],
  )
  const sets = indexes.map((index) => ({
    isPartial: index.partial === 1,
    set: columnsOf(connection, index, table),
  }))
  const whole = sets.flatMap(({ isPartial, set }) => (isPartial ? [] : [set.join('\n')]))
  const partial = sets.filter(({ set }) => !whole.includes(set.join('\n'))).map(({ set }) => set)
  const uniques = sets.map(({ set }) => set)
  return partial.length === 0 ? { uniques } : { uniques, partialUniques: partial }
}

function columnsOf(connection: Connection, index: Row, table: string): readonly string[] {
  const columns = connection.all('SELECT name FROM pragma_index_info(?) ORDER BY seqno', [text(index.name)])
  return columns.flatMap((column) =>
    column.name === null ? expressionColumns(connection, index, table) : [text(column.name)],
  )
}

/** The columns that a unique index over an expression such as `lower(email)` mentions. */
function expressionColumns(connection: Connection, index: Row, table: string): readonly string[] {
  const sql = text(
    connection.all('SELECT sql FROM sqlite_schema WHERE name = ?', [text(index.name)])[0]?.sql ?? '',
  )
  const expression = sql.slice(sql.indexOf('('))
  return connection
    .all('SELECT name FROM pragma_table_info(?)', [table])
    .map((row) => text(row.name))
    .filter((name) => new RegExp(`\\b${name.replaceAll(/\W/g, '\\$&')}\\b`, 'i').test(expression))
}

function sampleRows(
  connection: Connection,
  table: string,
  key: string,
  ownFrom: number | undefined,
): readonly Row[] {
  const foreign = ownFrom === undefined ? '' : `WHERE ${quoted(key)} < ${ownFrom}`
  return connection.all(
    `SELECT * FROM ${quoted(table)} ${foreign} ORDER BY ${quoted(key)} LIMIT ${sampledRows}`,
    [],
    { bigints: true },
  )
}

function readColumn(row: Row, key: readonly string[], samples: readonly Row[]): Column {
  const name = text(row.name)
  const declaredType = text(row.type ?? '')
  const values = samples
    .map((sample) => sample[name])
    .filter((value) => value !== null && value !== undefined)
  const base = columnType(declaredType)
  const timeFormat = isTime(name, base) ? timeFormatOf(values, text(row.dflt_value ?? ''), base) : null
  const declaredLength = /char\w*\s*\(\s*(\d+)/i.exec(declaredType)?.[1]
  const sampleValues = base === 'text' && timeFormat === null ? fixedSet(values) : null
  return {
    name,
    type: timeFormat === null ? base : timeFormat === 'day' ? 'date' : 'datetime',
    declaredType,
    nullable: Number(row.notnull) === 0 && !key.includes(name),
    hasDefault: row.dflt_value !== null,
    generated: Number(row.hidden) >= 2,
    maxLength: declaredLength === undefined ? null : Number(declaredLength),
    allowedValues: null,
    ...(timeFormat === null ? {} : { timeFormat }),
    ...(sampleValues === null ? {} : { sampleValues }),
  }
}

/** SQLite's affinity rules (https://sqlite.org/datatype3.html §3.1), after the declared types that mean more than storage. */
function columnType(declared: string): ColumnType {
  if (/bool/i.test(declared)) return 'boolean'
  if (/json/i.test(declared)) return 'json'
  if (/datetime|timestamp/i.test(declared)) return 'datetime'
  if (/^date\b/i.test(declared)) return 'date'
  if (/^time\b/i.test(declared)) return 'time'
  if (/uuid|uniqueidentifier/i.test(declared)) return 'text'
  return affinity(declared)
}

function affinity(declared: string): 'integer' | 'real' | 'text' | 'blob' {
  if (/int/i.test(declared)) return 'integer'
  if (/char|clob|text/i.test(declared)) return 'text'
  if (declared === '') return 'text'
  if (/blob|binary/i.test(declared)) return 'blob'
  if (/real|floa|doub|dec|num|money/i.test(declared)) return 'real'
  return 'text'
}

function isTime(name: string, type: ColumnType): boolean {
  if (type === 'datetime' || type === 'date') return true
  const timeNamed = /(?:_at|At|_on|_date|Date|_time|Time|timestamp)$|^(?:date|created|updated)$/.test(name)
  return timeNamed && (type === 'integer' || type === 'text')
}

/** How the column stores times, from its rows, else its default, else its type; null where it is no time after all. */
function timeFormatOf(values: readonly unknown[], defaultValue: string, type: ColumnType): TimeFormat | null {
  const value = values[0]
  if (typeof value === 'bigint' || typeof value === 'number') {
    if (value > 100_000_000_000) return 'epoch-millis'
    return value > 100_000_000 ? 'epoch-seconds' : null
  }
  if (typeof value === 'string') {
    if (/^\d{4}-\d\d-\d\d$/.test(value)) return 'day'
    if (/^\d{4}-\d\d-\d\d \d\d:\d\d/.test(value)) return 'sql'
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? 'iso' : null
  }
  if (/current_timestamp|datetime/i.test(defaultValue)) return 'sql'
  if (/current_date/i.test(defaultValue)) return 'day'
  if (type === 'integer') return /1000/.test(defaultValue) ? 'epoch-millis' : 'epoch-seconds'
  if (type === 'date') return 'day'
  return type === 'datetime' ? 'sql' : 'iso'
}

/** The different values of a column whose rows repeat a few short words, else null. */
function fixedSet(values: readonly unknown[]): readonly string[] | null {
  const distinct = [...new Set(values)]
  const looksFixed =
    distinct.length > 0 && distinct.length <= mostSampleValues && values.length >= distinct.length * 3
  if (!looksFixed) return null
  const words = distinct
    .filter((value) => typeof value === 'string')
    .filter((value) => value.length > 0 && value.length <= 30)
  return words.length === distinct.length ? words.toSorted() : null
}

/** A value that SQLite gives as text. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : String(value)
}
