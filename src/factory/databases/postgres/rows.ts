import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { Chunk, Probe } from '../database.ts'
import type { Connection } from './connection.ts'
import { copyFormat, copyRows, type StoredColumn } from './copy-rows.ts'
import type { CopyStatement } from './copy-load.ts'
import { chunkStatement } from './ledger.ts'
import { fullName, keyListName } from './names.ts'
import { sequencesOf } from './sequences.ts'
import { quoted, quotedList } from './sql.ts'
import type { StorageType } from './types.ts'
import type { TableStorage } from './storage.ts'

const never = new AbortController().signal
const int8: StorageType = { oid: 20, name: 'int8', binary: 'int8', element: null }
const probeTable = 'pg_temp.headroom_probe'

/** Where a chunk goes, besides its table. */
export interface Placing {
  readonly storage: TableStorage
  /** The number of the table's key list, where it has one. */
  readonly keyList: number | null
  /** Statements for the front of the transaction. */
  readonly first: readonly string[]
}

/** Adds a chunk's rows, the keys of those of a `list` table, and the ledger's row in one transaction and one round trip. */
export async function appendChunk(
  connection: Connection,
  chunk: Chunk,
  { storage, keyList, first }: Placing,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw new Failure('HR_STOPPED', l10n.t('Stopped before the rows were added.'))
  const columns = storedColumns(chunk, storage)
  const copies = [
    copyInto(fullName(storage), columns, columns.map(nameOf), chunk.rows, (n) => chunk.firstIndex + n),
  ]
  if (chunk.key.kind === 'list' && keyList !== null) {
    const keys = chunk.key.columns.flatMap((name) => columns.filter(({ column }) => column.name === name))
    const listed = [{ column: keyNumber, storage: int8, valueOf: (index: number) => index + 1 }, ...keys]
    const names = ['id', ...keys.map((_, i) => `k${i}`)]
    copies.push(copyInto(keyListName(keyList), listed, names, chunk.rows, (n) => chunk.firstIndex + n))
  }
  // In one simple query, and so in one transaction.
  const statements = [...first, ...copies, chunkStatement(chunk.table.name, chunk, chunk.run)]
  await connection.copy(statements, signal)
}

const keyNumber = {
  name: 'id',
  type: 'integer',
  declaredType: 'bigint',
  nullable: false,
  hasDefault: false,
  generated: false,
  maxLength: null,
  allowedValues: null,
} as const

function nameOf({ column }: StoredColumn): string {
  return column.name
}

function storedColumns(chunk: Chunk, storage: TableStorage): readonly StoredColumn[] {
  return chunk.columns.map(({ column, valueOf }) => {
    const type = storage.columns.get(column.name)
    if (type === undefined) {
      throw new Failure(
        'HR_SEED_PLAN',
        l10n.t('`{0}` has no column `{1}` any more. Plan again.', chunk.table.name, column.name),
      )
    }
    return { column, valueOf, storage: type }
  })
}

function copyInto(
  table: string,
  columns: readonly StoredColumn[],
  names: readonly string[],
  count: number,
  indexAt: (n: number) => number,
): CopyStatement {
  const format = copyFormat(columns)
  return {
    into: `${table} (${quotedList(names)})`,
    format,
    rows: copyRows(columns, count, indexAt, format),
  }
}

/** Loads the rows of these indices into a temporary table with the same columns, checks and indexes, and takes them back. */
export async function probeChunk(
  connection: Connection,
  chunk: Chunk,
  indices: readonly number[],
  storage: TableStorage,
): Promise<Probe> {
  const columns = storedColumns(chunk, storage)
  const copy = copyInto(probeTable, columns, columns.map(nameOf), indices.length, (n) => indices[n] ?? 0)
  return connection.transaction(
    async () => {
      await connection.query(`CREATE TEMP TABLE headroom_probe (LIKE ${fullName(storage)} INCLUDING ALL)`)
      await leaveCountersAlone(connection, storage, new Set(columns.map(nameOf)))
      await leaveTriggersOut(connection, chunk)
      const before = await sizeOf(connection)
      const beganAt = performance.now()
      await connection.copy([copy], never)
      const millis = performance.now() - beganAt
      return { rows: indices.length, bytes: (await sizeOf(connection)) - before, millis }
    },
    { keep: false },
  )
}

/** Defaults of the probed table would take numbers from the real table's counters, which no rollback gives back. */
async function leaveCountersAlone(
  connection: Connection,
  storage: TableStorage,
  written: ReadonlySet<string>,
): Promise<void> {
  const sequences = await sequencesOf(connection, storage.oid)
  const omitted = sequences.filter(({ column }) => !written.has(column))
  if (omitted.length === 0) return
  const identities = await connection.query(
    `SELECT attname::text AS name FROM pg_catalog.pg_attribute WHERE attrelid = $1::regclass AND attidentity <> ''`,
    [probeTable],
  )
  await connection.query('CREATE TEMP SEQUENCE headroom_probe_number')
  for (const { column } of omitted) {
    // An identity has got a counter of its own along with the table.
    if (identities.some(({ name }) => name === column)) continue
    await connection.query(
      `ALTER TABLE ${probeTable} ALTER COLUMN ${quoted(column)} SET DEFAULT nextval('pg_temp.headroom_probe_number')`,
    )
  }
}

/** What the real table's triggers fill stays empty here. */
async function leaveTriggersOut(connection: Connection, { table }: Chunk): Promise<void> {
  for (const { name, generated, nullable } of table.columns) {
    if (generated && !nullable)
      await connection.query(`ALTER TABLE ${probeTable} ALTER COLUMN ${quoted(name)} DROP NOT NULL`)
  }
}

async function sizeOf(connection: Connection): Promise<number> {
  const [row] = await connection.query(
    'SELECT pg_catalog.pg_total_relation_size($1::regclass)::float8 AS bytes',
    [probeTable],
  )
  return Number(row?.bytes)
}
