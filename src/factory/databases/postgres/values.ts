import type { Column, Table } from '../../../model/schema.ts'
import type { SqlValue } from '../../sql-value.ts'
import type { ColumnValues } from '../database.ts'
import type { Connection } from './connection.ts'
import { fullName, keyListName } from './names.ts'
import { foreignRanges, isForeign, type OwnTable } from './own-rows.ts'
import { quoted, quotedList } from './sql.ts'
import type { TableStorage } from './storage.ts'
import { millisOf } from './times.ts'

/** Distinct values of a column as text, spread evenly over all of them in the order of the column's type. */
export async function readValues(
  connection: Connection,
  table: Table,
  storage: TableStorage,
  column: string,
  limit: number,
): Promise<ColumnValues> {
  const name = quoted(column)
  const isUnique = [table.primaryKey, ...table.uniques].some((set) => set.length === 1 && set[0] === column)
  const isText = storage.columns.get(column)?.binary === 'text'
  const values = `SELECT ${isUnique ? '' : 'DISTINCT '}${name} AS v FROM ${fullName(storage)} WHERE ${name} IS NOT NULL`
  const [count] = await connection.query(`SELECT count(*) AS n FROM (${values}) AS d`)
  const total = Number(count?.n)
  const wanted = Math.min(Math.max(0, Math.floor(limit)), total)
  if (wanted === 0) return { values: [], total }
  const order = isText ? 'v::text COLLATE "C"' : 'v'
  // Row n is taken where n·wanted/total reaches its next whole number: exactly `wanted` rows, evenly spread.
  const rows = await connection.query(
    `SELECT v::text AS v FROM (SELECT v, row_number() OVER (ORDER BY ${order}) - 1 AS n FROM (${values}) AS d) AS r
     WHERE n = 0 OR n * $1::bigint / $2::bigint <> (n - 1) * $1::bigint / $2::bigint ORDER BY n`,
    [wanted, total],
  )
  return { values: rows.map((row) => String(row.v)), total }
}

/**
 * Keys in key order, at most `limit`, without Headroom's own rows where `own` says which these are. Of a numbered table
 * only those below the youngest range of Headroom's keys: what the application added since a run began would change what
 * the rest of that run refers to.
 */
export async function readKeys(
  connection: Connection,
  table: Table,
  storage: TableStorage,
  columns: readonly string[],
  { limit, own }: { readonly limit: number; readonly own: OwnTable | undefined },
): Promise<readonly (readonly SqlValue[])[]> {
  if (own?.key.kind === 'list') await connection.query(`ANALYZE ${keyListName(own.number)}`)
  const present = columns.map((name) => `t.${quoted(name)} IS NOT NULL`).join(' AND ')
  const order = `ORDER BY ${quotedList(columns, 't.')} LIMIT ${Math.max(0, Math.floor(limit))}`
  const from = `SELECT ${quotedList(columns, 't.')} FROM ${fullName(storage)} AS t WHERE ${present}`
  // One search per gap between Headroom's keys: each is a short walk along an index.
  const parts = conditionsOf(own).map((condition) => `(${from} AND ${condition} ${order})`)
  const texts = columns.map((name) => `t.${quoted(name)}::text`).join(', ')
  const rows = await connection.query(
    `SELECT pg_catalog.json_build_array(${texts})::text AS key FROM (${parts.join(' UNION ALL ')}) AS t ${order}`,
  )
  const described = columns.map((name) => table.columns.find((column) => column.name === name))
  return rows.map((row) => {
    const key: readonly string[] = JSON.parse(String(row.key))
    return key.map((text, i) => valueOf(text, described[i]))
  })
}

function conditionsOf(own: OwnTable | undefined): readonly string[] {
  if (own === undefined) return ['true']
  if (own.key.kind === 'list') return [isForeign(own, 't')]
  const reserved = own.reserved.map((segment) => ({ firstIndex: segment.firstIndex, rows: segment.rows }))
  const gaps = foreignRanges({ ...own, made: reserved }, 't')
  return gaps.slice(0, Math.max(1, gaps.length - 1))
}

/** A key as generators take it and COPY gets it. */
function valueOf(text: string, column: Column | undefined): SqlValue {
  if (column?.type === 'integer') {
    const number = Number(text)
    return Number.isSafeInteger(number) ? number : BigInt(text)
  }
  if (column?.type === 'boolean') return text === 'true' ? 1 : 0
  if (column?.type === 'datetime' || column?.type === 'date') return millisOf(text)
  if (column?.type === 'blob') return Buffer.from(text.replace(/^\\x/, ''), 'hex')
  return text
}
