import type { Table } from '../../model/schema.ts'
import { childCountsSql } from './child-counts.ts'
import type { Database, DatabaseKind } from './database.ts'
import { Connection, quoted, quotedList } from './sqlite/connection.ts'
import { findSqliteFile, freeBytes } from './sqlite/file.ts'
import { findCopy, makeCopy, removeCopy } from './sqlite/copy.ts'
import { countDependents, ownRows } from './sqlite/dependents.ts'
import { introspect, text } from './sqlite/introspection.ts'
import { readLedger } from './sqlite/ledger.ts'
import { putIndexesAway, putIndexesBack } from './sqlite/put-away.ts'
import { finishRun } from './sqlite/references.ts'
import { removeYoungest } from './sqlite/removal.ts'
import { appendChunk, probeChunk } from './sqlite/rows.ts'
import { beginRun, dropLedger } from './sqlite/runs.ts'
import { madeSegments } from './segments.ts'

/** SQLite files, through Node's built-in driver. */
export const sqlite: DatabaseKind = {
  id: 'sqlite',
  schemes: ['sqlite', 'sqlite3', 'file'],
  exampleUrl: 'sqlite:./data/app.sqlite',
  open: async (url, root) => asDatabase(await Connection.open(findSqliteFile(url, root))),
  copies: { make: makeCopy, find: findCopy, remove: removeCopy },
}

function asDatabase(connection: Connection): Database {
  const readSchema = () => {
    const ledger = readLedger(connection)
    const firstKeys = ledger.tables.flatMap((own): readonly [string, number][] => {
      const [first] = madeSegments(own)
      return own.key.kind === 'range' && first !== undefined ? [[own.table, first.firstKey]] : []
    })
    return introspect(connection, new Map(firstKeys))
  }
  const tablesOnce = once(() => readSchema().tables)
  /** A change that no other Headroom run may make at the same time. */
  const owning =
    <Arguments extends readonly unknown[], T>(change: (...values: Arguments) => Promise<T>) =>
    async (...values: Arguments): Promise<T> => {
      await connection.own()
      return change(...values)
    }
  return {
    dialect: 'sqlite',
    display: connection.file.display,
    writers: 1,
    keepsReservedKeysFree: false,
    readSchema: async () => readSchema(),
    readValues: async (table, column, limit) => readValues(connection, table, column, limit),
    readChildCounts: async ({ parent, key, child, column }, places) => {
      const reference = {
        parent: quoted(parent.name),
        key: quoted(key),
        child: quoted(child.name),
        column: quoted(column),
      }
      const rows = connection.all(childCountsSql(reference, places), [], { bigints: true })
      return rows.map((row) => ({ value: text(row.v), rows: Number(row.n) }))
    },
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
    readLedger: async () => {
      const ledger = readLedger(connection)
      // Whoever reads an unfinished run goes on to resume or undo it: not while it is in progress elsewhere.
      if (ledger.unfinished !== null) await connection.own()
      return ledger
    },
    freeBytes: async () => freeBytes(connection.file),
    beginRun: owning((plan, targets) =>
      connection.transaction(() => beginRun(connection, plan, targets), { foreignKeys: false }),
    ),
    probe: (chunk, indices) => probeChunk(connection, chunk, indices),
    putAway: owning((targets, onStep) => putIndexesAway(connection, targets, onStep)),
    append: owning((chunk, signal) => appendChunk(connection, chunk, signal)),
    putBack: owning((onStep) => putIndexesBack(connection, onStep)),
    finishRun: owning((run) => finishRun(connection, run)),
    findDependents: async () => countDependents(connection, tablesOnce(), readLedger(connection)),
    removeChunk: owning((table, maxRows, signal) =>
      removeYoungest(connection, tablesOnce(), { table, maxRows, signal }),
    ),
    dropLedger: owning(() => connection.transaction(() => dropLedger(connection), { foreignKeys: false })),
    close: async () => connection.close(),
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
