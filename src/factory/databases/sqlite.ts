import type { Table } from '../../model/schema.ts'
import type { Database, DatabaseKind } from './database.ts'
import { Connection, quoted, quotedList } from './sqlite/connection.ts'
import { findSqliteFile } from './sqlite/file.ts'
import { introspect, text } from './sqlite/introspection.ts'
import { countDependents, dropLedger, ownRows, readLedger, recordRun } from './sqlite/ledger.ts'
import { appendChunk, probeChunk, removeYoungest } from './sqlite/rows.ts'

/** SQLite files, through Node's built-in driver. */
export const sqlite: DatabaseKind = {
  id: 'sqlite',
  schemes: ['sqlite', 'sqlite3', 'file'],
  exampleUrl: 'sqlite:./data/app.sqlite',
  open: async (url, root) => asDatabase(await Connection.open(findSqliteFile(url, root))),
}

function asDatabase(connection: Connection): Database {
  const readSchema = () => {
    const ledger = readLedger(connection)
    const firstKeys = ledger.tables.flatMap(({ table, key, segments }): readonly [string, number][] =>
      key.kind === 'range' && segments[0] !== undefined ? [[table, segments[0].firstKey]] : [],
    )
    return introspect(connection, new Map(firstKeys))
  }
  const tablesOnce = once(() => readSchema().tables)
  return {
    dialect: 'sqlite',
    display: connection.file.display,
    readSchema: async () => readSchema(),
    readValues: async (table, column, limit) => readValues(connection, table, column, limit),
    readKeys: async (table, columns, { limit, foreignOnly }) => {
      const own = foreignOnly ? ownRows(connection, readLedger(connection), table.name, 't') : null
      const present = columns.map((name) => `t.${quoted(name)} IS NOT NULL`)
      const rows = connection.all(
        `SELECT ${quotedList(columns, 't.')} FROM ${quoted(table.name)} AS t WHERE ${present.join(' AND ')}` +
          `${own === null ? '' : ` AND NOT (${own})`} ORDER BY ${quotedList(columns, 't.')} LIMIT ?`,
        [limit],
        { bigints: true },
      )
      return rows.map((row) => columns.map((name) => row[name] ?? null))
    },
    readLedger: async () => readLedger(connection),
    beginRun: (seed, targets) =>
      connection.transaction(() => recordRun(connection, seed, targets), { foreignKeys: true }),
    probe: (chunk, indices) => probeChunk(connection, chunk, indices),
    append: (chunk, signal) => appendChunk(connection, chunk, signal),
    findDependents: async () => countDependents(connection, tablesOnce(), readLedger(connection)),
    removeChunk: (table, maxRows, signal) =>
      removeYoungest(connection, tablesOnce(), { table, maxRows, signal }),
    dropLedger: () => connection.transaction(() => dropLedger(connection), { foreignKeys: true }),
    close: () => connection.close(),
  }
}

function once<T>(read: () => T): () => T {
  let known: { readonly value: T } | null = null
  return () => (known ??= { value: read() }).value
}

function readValues(
  connection: Connection,
  table: Table,
  column: string,
  limit: number,
): { values: string[]; total: number } {
  const name = quoted(column)
  const distinct = `SELECT DISTINCT ${name} AS v FROM ${quoted(table.name)} WHERE ${name} IS NOT NULL`
  const total = connection.number(`SELECT count(*) AS n FROM (${distinct})`) ?? 0
  const wanted = Math.min(Math.max(0, Math.floor(limit)), total)
  if (wanted === 0) return { values: [], total }
  // Row n is taken where n·wanted/total reaches its next whole number: exactly `wanted` rows, evenly spread.
  const rows = connection.all(
    `SELECT v FROM (SELECT v, row_number() OVER (ORDER BY v) - 1 AS n FROM (${distinct}))
     WHERE n = 0 OR n * ?1 / ?2 <> (n - 1) * ?1 / ?2 ORDER BY v`,
    [BigInt(wanted), BigInt(total)],
    { bigints: true },
  )
  return { values: rows.map((row) => text(row.v)), total }
}
