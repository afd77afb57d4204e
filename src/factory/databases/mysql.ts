import type { Table } from '../../model/schema.ts'
import type { SqlValue } from '../sql-value.ts'
import { childCountsSql } from './child-counts.ts'
import type { ColumnValues, Database, DatabaseKind } from './database.ts'
import { guardTarget, mysqlDefaults } from './guards/target.ts'
import { appendChunk, probeChunk } from './mysql/chunks.ts'
import { Connection } from './mysql/connection.ts'
import { emptyTable, isEmptying, settleEmptyings } from './mysql/emptying.ts'
import { introspect } from './mysql/introspection.ts'
import { readLedger } from './mysql/ledger.ts'
import { countDependents, foreignRows } from './mysql/own-rows.ts'
import { putPartsAway, putPartsBack } from './mysql/put-away.ts'
import { finishRun } from './mysql/references.ts'
import { removeYoungest } from './mysql/removal.ts'
import { beginRun, dropLedger, secureKeys } from './mysql/runs.ts'
import { quoted, quotedList, text } from './mysql/sql.ts'
import { freeBytes } from './mysql/storage.ts'
import { Writers } from './mysql/writers.ts'

/** MySQL and MariaDB servers on this machine. */
export const mysql: DatabaseKind = {
  id: 'mysql',
  schemes: ['mysql', 'mariadb'],
  exampleUrl: 'mysql://user:password@localhost:3306/app',
  open: async (url) => asDatabase(await Connection.open(await guardTarget(url, mysqlDefaults))),
}

function asDatabase(connection: Connection): Database {
  const readSchema = async () => introspect(connection, foreignRows(await readLedger(connection)))
  const writers = new Writers(connection)
  const tablesOnce = once(async () => (await readSchema()).tables)
  /** A change that no other Headroom run may make at the same time. */
  const owning =
    <Arguments extends readonly unknown[], T>(change: (...values: Arguments) => Promise<T>) =>
    async (...values: Arguments): Promise<T> => {
      await connection.own()
      return change(...values)
    }
  return {
    dialect: 'mysql',
    display: connection.target.display,
    writers: 2,
    keepsReservedKeysFree: true,
    readSchema,
    readValues: (table, column, limit) => readValues(connection, table, column, limit),
    readChildCounts: async ({ parent, key, child, column }, places) => {
      const reference = {
        parent: quoted(parent.name),
        key: quoted(key),
        child: quoted(child.name),
        column: quoted(column),
      }
      const rows = await connection.rows(childCountsSql(reference, places))
      return rows.map((row) => ({ value: text(row.v), rows: Number(row.n) }))
    },
    readKeys: (table, columns, options) => readKeys(connection, table, columns, options),
    readLedger: async () => {
      if (await isEmptying(connection)) {
        await connection.own()
        await settleEmptyings(connection)
      }
      const ledger = await readLedger(connection)
      // Whoever reads an unfinished run goes on to resume or undo it: not while it is in progress elsewhere.
      if (ledger.unfinished !== null) await connection.own()
      return ledger
    },
    freeBytes: () => freeBytes(connection),
    beginRun: owning((plan, targets) => beginRun(connection, plan, targets)),
    probe: (chunk, indices) => probeChunk(connection, chunk, indices),
    putAway: owning(async (targets, onStep) => {
      const { unfinished } = await readLedger(connection)
      if (unfinished !== null) await secureKeys(connection, unfinished.run)
      await putPartsAway(connection, targets, onStep)
    }),
    append: owning((chunk, signal) =>
      writers.write(chunk.rows, (session) => appendChunk(session, chunk, signal)),
    ),
    putBack: owning((onStep) => putPartsBack(connection, onStep)),
    finishRun: owning((run) => finishRun(connection, run)),
    findDependents: async () => countDependents(connection, await tablesOnce(), await readLedger(connection)),
    removeChunk: owning(async (table, maxRows, signal) =>
      removeYoungest(connection, await tablesOnce(), { table, maxRows, signal }),
    ),
    removeAll: owning(async (table) => emptyTable(connection, await tablesOnce(), table)),
    dropLedger: owning(() => dropLedger(connection)),
    close: async () => {
      await writers.close()
      await connection.close()
    },
  }
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | null = null
  return () => (known ??= read())
}

async function readKeys(
  connection: Connection,
  table: Table,
  columns: readonly string[],
  { limit, foreignOnly }: { readonly limit: number; readonly foreignOnly: boolean },
): Promise<readonly (readonly SqlValue[])[]> {
  const foreign = foreignOnly ? foreignRows(await readLedger(connection)).get(table.name) : undefined
  const present = columns.map((name) => `t.${quoted(name)} IS NOT NULL`)
  const conditions = [...present, ...(foreign === undefined ? [] : [foreign])]
  const list = quotedList(columns, 't.')
  const rows = await connection.rows(
    `SELECT ${list} FROM ${quoted(table.name)} AS t WHERE ${conditions.join(' AND ')} ORDER BY ${list} LIMIT ?`,
    [limit],
  )
  return rows.map((row) => columns.map((name) => asSqlValue(row[name])))
}

function asSqlValue(value: unknown): SqlValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  return value instanceof Uint8Array ? value : null
}

async function readValues(
  connection: Connection,
  table: Table,
  column: string,
  limit: number,
): Promise<ColumnValues> {
  const name = quoted(column)
  const distinct = `SELECT DISTINCT ${name} AS v FROM ${quoted(table.name)} WHERE ${name} IS NOT NULL`
  const total = (await connection.number(`SELECT count(*) AS n FROM (${distinct}) AS d`)) ?? 0
  const wanted = Math.min(Math.max(0, Math.floor(limit)), total)
  if (wanted === 0) return { values: [], total }
  // Row n is taken where n·wanted/total reaches its next whole number: exactly `wanted` rows, evenly spread.
  const rows = await connection.rows(
    `SELECT v FROM (SELECT v, ROW_NUMBER() OVER (ORDER BY v) - 1 AS n FROM (${distinct}) AS d) AS numbered
     WHERE n = 0 OR n * ? DIV ? <> (n - 1) * ? DIV ? ORDER BY v`,
    [wanted, total, wanted, total],
  )
  return { values: rows.map((row) => text(row.v)), total }
}
