import type { ForeignKey, Table } from '../../../model/schema.ts'
import type { Dependents, Ledger, LedgerTable, RowKey } from '../database.ts'
import type { Connection } from './connection.ts'
import { quoted, quotedList } from './connection.ts'
import { hasTable, keyListName } from './ledger.ts'
import { madeSegments } from '../segments.ts'

/** Keys, or numbers in the list of keys, of rows of one table. */
export interface KeySpan {
  readonly table: string
  readonly first: number
  readonly last: number
}

/**
 * Counts the rows that Headroom did not make and that refer to rows that it did; `only` narrows the latter to some of one
 * table.
 */
export function countDependents(
  connection: Connection,
  tables: readonly Table[],
  ledger: Ledger,
  only?: KeySpan,
): readonly Dependents[] {
  const own = new Map(ledger.tables.map((table) => [table.table, table]))
  fillRanges(connection, ledger)
  return tables.flatMap((table) =>
    table.foreignKeys.flatMap((foreignKey): readonly Dependents[] => {
      const target = own.get(foreignKey.referencedTable)
      const isWanted = target !== undefined && (only === undefined || only.table === target.table)
      if (!isWanted || !hasTable(connection, target.table)) return []
      const self = own.get(table.name)
      const rows = connection.number(
        `SELECT count(*) AS n FROM ${quoted(table.name)} AS c WHERE ${refersTo(foreignKey, target, only)}` +
          (self === undefined ? '' : ` AND NOT (${isOwn(self, 'c')})`),
      )
      return rows === null || rows === 0 ? [] : [{ table: table.name, referencedTable: target.table, rows }]
    }),
  )
}

function refersTo(foreignKey: ForeignKey, target: LedgerTable, only: KeySpan | undefined): string {
  const [column = ''] = foreignKey.columns
  if (target.key.kind === 'range' && foreignKey.referencedColumns.join() === target.key.columns.join()) {
    const value = `c.${quoted(column)}`
    return only === undefined
      ? isInRange(target.table, value)
      : `${value} BETWEEN ${only.first} AND ${only.last}`
  }
  const columns = foreignKey.columns.map((name) => `c.${quoted(name)}`).join(', ')
  const own = only === undefined ? isOwn(target, 't') : isBetween(target.key, 't', only)
  return `(${columns}) IN (SELECT ${quotedList(foreignKey.referencedColumns, 't.')} FROM ${quoted(target.table)} AS t WHERE ${own})`
}

/** SQL for "this row of `alias` is one of these". */
export function isBetween(key: RowKey, alias: string, { table, first, last }: KeySpan): string {
  if (key.kind === 'range') return `${alias}.${quoted(key.columns[0] ?? '')} BETWEEN ${first} AND ${last}`
  return `(${quotedList(key.columns, `${alias}.`)}) IN (${keyListQuery(table, key)} WHERE id BETWEEN ${first} AND ${last})`
}

function isOwn(table: LedgerTable, alias: string): string {
  if (table.key.kind === 'range')
    return isInRange(table.table, `${alias}.${quoted(table.key.columns[0] ?? '')}`)
  return `(${quotedList(table.key.columns, `${alias}.`)}) IN (${keyListQuery(table.table, table.key)})`
}

/** Reads the keys in a `list` table's key list. */
export function keyListQuery(table: string, key: RowKey): string {
  return `SELECT ${key.columns.map((_, i) => `k${i}`).join(', ')} FROM ${quoted(keyListName(table))}`
}

function isInRange(table: string, value: string): string {
  const name = `'${table.replaceAll("'", "''")}'`
  return `coalesce((SELECT last FROM temp.headroom_range AS r WHERE r.table_name = ${name} AND r.first <= ${value} ORDER BY r.first DESC LIMIT 1) >= ${value}, 0)`
}

/** SQL for "this row of `alias` is Headroom's", after its ranges were put where the query finds them. */
export function ownRows(connection: Connection, ledger: Ledger, table: string, alias: string): string | null {
  const own = ledger.tables.find((candidate) => candidate.table === table)
  if (own === undefined) return null
  fillRanges(connection, ledger)
  return isOwn(own, alias)
}

function fillRanges(connection: Connection, ledger: Ledger): void {
  connection.run(
    'CREATE TEMP TABLE IF NOT EXISTS headroom_range (table_name TEXT, first INTEGER, last INTEGER, PRIMARY KEY (table_name, first)) WITHOUT ROWID',
  )
  connection.run('DELETE FROM temp.headroom_range')
  for (const table of ledger.tables) {
    if (table.key.kind === 'list') continue
    for (const { firstKey, rows } of madeSegments(table)) {
      connection.run('INSERT OR REPLACE INTO temp.headroom_range VALUES (?, ?, ?)', [
        table.table,
        firstKey,
        firstKey + rows - 1,
      ])
    }
  }
}
