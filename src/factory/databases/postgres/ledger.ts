import * as l10n from '@vscode/l10n'
import type { SeedPlan } from '../../../model/seed-plan.ts'
import { Failure } from '../../../model/failure.ts'
import type { Ledger, RowKey, Segment, SeedTarget, Span, UnfinishedRun } from '../database.ts'
import type { Connection, Row } from './connection.ts'
import { fullName, keyListName, ledgerSchema } from './names.ts'
import type { OwnTable } from './own-rows.ts'
import { reserveNumbers, restoreSequence, type SequenceMark, tooLarge } from './sequences.ts'
import { literal, quoted } from './sql.ts'
import type { TableStorage } from './storage.ts'

const format = 2
/** From so many new rows on, a table is vacuumed after a load, which spares the first queries the work; else only analysed. */
export const manyRows = 50_000
/** Tells Headroom's schema from one that an application happens to have under the same name. */
const schemaComment = 'What Headroom needs to resume or undo its seeding.'

const createSchema = [
  `CREATE SCHEMA ${ledgerSchema}`,
  `COMMENT ON SCHEMA ${ledgerSchema} IS '${schemaComment}'`,
]
const createLedger = [
  `CREATE TABLE headroom.run (run integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, format integer NOT NULL, plan text NOT NULL, finished boolean NOT NULL DEFAULT false)`,
  `CREATE TABLE headroom.seeded (
     number integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, table_name text NOT NULL UNIQUE, key_kind text NOT NULL,
     key_columns text NOT NULL, sequence_starts text NOT NULL, sequences text NOT NULL, upkeep text)`,
  `CREATE TABLE headroom.reservation (
     table_name text, first_index bigint, row_count bigint NOT NULL, first_key bigint NOT NULL, run integer NOT NULL, PRIMARY KEY (table_name, first_index))`,
  `CREATE TABLE headroom.chunk (
     table_name text, first_index bigint, row_count bigint NOT NULL, run integer NOT NULL, PRIMARY KEY (table_name, first_index))`,
  `CREATE TABLE headroom.put_away (
     id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, rank integer NOT NULL, object text NOT NULL UNIQUE, name text NOT NULL, stages text NOT NULL)`,
  `CREATE TABLE headroom.shape (table_name text PRIMARY KEY, shape text NOT NULL)`,
]

/** A table of the ledger with all that undoing needs. */
export interface StoredTable extends OwnTable {
  readonly sequences: readonly SequenceMark[]
}

export interface StoredLedger extends Ledger {
  readonly tables: readonly StoredTable[]
}

/** Whether there is a ledger. */
export async function hasLedger(connection: Connection): Promise<boolean> {
  const [row] = await connection.query(`SELECT pg_catalog.to_regclass('headroom.run') IS NOT NULL AS known`)
  return row?.known === true
}

/** What the ledger in the database says. Throws `HR_LEDGER_FORMAT` for one that another version wrote. */
export async function readLedger(connection: Connection): Promise<StoredLedger> {
  if (!(await hasLedger(connection))) return { seed: null, tables: [], unfinished: null }
  const runs = await connection.query('SELECT run, format, plan, finished FROM headroom.run ORDER BY run')
  if (runs.some((run) => run.format !== format)) {
    throw new Failure(
      'HR_LEDGER_FORMAT',
      l10n.t('Another version of Headroom seeded this database. Undo with that version first.'),
    )
  }
  const unfinished = runs.findLast((run) => run.finished === false)
  return {
    seed: runs[0] === undefined ? null : planOf(runs[0]).plan.seed,
    tables: await readTables(connection),
    unfinished: unfinished === undefined ? null : planOf(unfinished),
  }
}

function planOf(row: Row): UnfinishedRun {
  const plan: SeedPlan = JSON.parse(String(row.plan))
  return { run: Number(row.run), plan }
}

/** What the ledger knows of tables; none where there is no ledger. */
export async function readTables(connection: Connection): Promise<readonly StoredTable[]> {
  if (!(await hasLedger(connection))) return []
  const rows = await connection.query('SELECT * FROM headroom.seeded ORDER BY table_name COLLATE "C"')
  const reserved = Map.groupBy(
    await connection.query('SELECT * FROM headroom.reservation ORDER BY table_name, first_index'),
    (row) => String(row.table_name),
  )
  const made = Map.groupBy(
    await connection.query('SELECT * FROM headroom.chunk ORDER BY table_name, first_index'),
    (row) => String(row.table_name),
  )
  return rows.map((row): StoredTable => {
    const table = String(row.table_name)
    return {
      number: Number(row.number),
      table,
      key: {
        kind: row.key_kind === 'range' ? 'range' : 'list',
        columns: JSON.parse(String(row.key_columns)),
      },
      reserved: (reserved.get(table) ?? []).map((each): Segment => ({
        ...spanOf(each),
        firstKey: Number(each.first_key),
      })),
      made: merged((made.get(table) ?? []).map(spanOf)),
      sequenceStarts: JSON.parse(String(row.sequence_starts)),
      sequences: JSON.parse(String(row.sequences)),
    }
  })
}

function spanOf(row: Row): Span {
  return { firstIndex: Number(row.first_index), rows: Number(row.row_count) }
}

function merged(spans: readonly Span[]): readonly Span[] {
  const result: Span[] = []
  for (const span of spans) {
    const last = result.at(-1)
    if (last !== undefined && last.firstIndex + last.rows === span.firstIndex) {
      result[result.length - 1] = { firstIndex: last.firstIndex, rows: last.rows + span.rows }
    } else result.push(span)
  }
  return result
}

/**
 * Creates the ledger where there is none, records a run and sets its keys aside. Must be called inside a transaction;
 * gives the run's number.
 */
export async function recordRun(
  connection: Connection,
  plan: SeedPlan,
  targets: readonly { readonly target: SeedTarget; readonly storage: TableStorage }[],
): Promise<number> {
  if (!(await hasLedger(connection))) {
    const [schema] = await connection.query(`SELECT pg_catalog.to_regnamespace($1) IS NOT NULL AS known`, [
      ledgerSchema,
    ])
    for (const statement of [...(schema?.known === true ? [] : createSchema), ...createLedger])
      await connection.query(statement)
  }
  const [row] = await connection.query(
    'INSERT INTO headroom.run (format, plan) VALUES ($1, $2) RETURNING run',
    [format, JSON.stringify(plan)],
  )
  const run = Number(row?.run)
  const known = await readTables(connection)
  // Always in the same order, lest two programs that lock several tables wait for each other.
  for (const { target, storage } of targets.toSorted((a, b) => a.storage.oid - b.storage.oid)) {
    await connection.query(`LOCK TABLE ${fullName(storage)} IN SHARE ROW EXCLUSIVE MODE`)
    const before = known.find(({ table }) => table === target.table.name)
    await recordTable(connection, run, target, storage, before)
  }
  return run
}

async function recordTable(
  connection: Connection,
  run: number,
  target: SeedTarget,
  storage: TableStorage,
  before: StoredTable | undefined,
): Promise<void> {
  const { table, key, rows } = target
  const last = before?.reserved.at(-1)
  const firstIndex = last === undefined ? 0 : last.firstIndex + last.rows
  const [keyColumn = ''] = key.columns
  const starts: Record<string, number> = { ...before?.sequenceStarts }
  const take = (column: string, firstFree: number) => {
    if (key.kind === 'range' && column === keyColumn) {
      const first = Math.max(firstFree, last === undefined ? 1 : last.firstKey + last.rows)
      return { first, behind: first + rows }
    }
    const first = (starts[column] ??= firstFree)
    return { first, behind: first + firstIndex + rows }
  }
  const numbered = [...new Set([...(key.kind === 'range' ? [keyColumn] : []), ...target.sequences])]
  const known = before?.sequences ?? []
  const { marks, first } = await reserveNumbers(connection, { storage, known, take }, numbered)
  const firstKey = key.kind === 'range' ? (first.get(keyColumn) ?? 1) : firstIndex + 1
  const maximum = table.columns.find(({ name }) => name === keyColumn)?.range?.max
  if (key.kind === 'range' && maximum !== undefined && firstKey + rows - 1 > maximum)
    throw tooLarge(storage, firstKey + rows - 1)
  const [row] = await connection.query(
    `INSERT INTO headroom.seeded AS s (table_name, key_kind, key_columns, sequence_starts, sequences, upkeep)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (table_name) DO UPDATE SET sequence_starts = excluded.sequence_starts, sequences = excluded.sequences, upkeep = excluded.upkeep
     RETURNING number`,
    [
      table.name,
      key.kind,
      JSON.stringify(key.columns),
      JSON.stringify(starts),
      JSON.stringify(marks),
      rows > manyRows ? 'vacuum' : 'analyze',
    ],
  )
  await connection.query('INSERT INTO headroom.reservation VALUES ($1, $2, $3, $4, $5)', [
    table.name,
    firstIndex,
    rows,
    firstKey,
    run,
  ])
  if (key.kind === 'list' && before === undefined)
    await createKeyList(connection, Number(row?.number), key, storage)
}

async function createKeyList(
  connection: Connection,
  number: number,
  key: RowKey,
  storage: TableStorage,
): Promise<void> {
  const columns = key.columns.map((name, i) => `t.${quoted(name)} AS k${i}`).join(', ')
  await connection.query(
    `CREATE TABLE ${keyListName(number)} AS SELECT 0::bigint AS id, ${columns} FROM ${fullName(storage)} AS t WITH NO DATA`,
  )
}

/** The statement that records a chunk, to be run in the transaction of its rows. */
export function chunkStatement(table: string, { firstIndex, rows }: Span, run: number): string {
  return `INSERT INTO headroom.chunk VALUES (${literal(table)}, ${firstIndex}, ${rows}, ${run})`
}

/** Sets the counters back and drops the ledger, which must have no rows left. Must be called inside a transaction. */
export async function dropLedger(
  connection: Connection,
  storage: ReadonlyMap<string, TableStorage>,
): Promise<void> {
  if (!(await hasLedger(connection))) return
  const tables = await readTables(connection)
  if (tables.some(({ made }) => made.length > 0)) throw new Error('The ledger still knows rows')
  // In the order opposite to that in which they were moved: two tables may share one.
  for (const table of tables.toSorted(
    (a, b) => (storage.get(b.table)?.oid ?? 0) - (storage.get(a.table)?.oid ?? 0),
  )) {
    const stored = storage.get(table.table)
    if (stored === undefined) continue
    await connection.query(`LOCK TABLE ${fullName(stored)} IN SHARE ROW EXCLUSIVE MODE`)
    for (const mark of table.sequences) await restoreSequence(connection, stored, mark)
  }
  const lists = tables.filter(({ key }) => key.kind === 'list').map(({ number }) => keyListName(number))
  const own = ['run', 'seeded', 'reservation', 'chunk', 'put_away', 'shape'].map((name) => `headroom.${name}`)
  await connection.query(`DROP TABLE IF EXISTS ${[...lists, ...own].join(', ')}`)
  const [schema] = await connection.query(
    `SELECT obj_description(oid, 'pg_namespace') AS comment FROM pg_catalog.pg_namespace WHERE nspname = $1`,
    [ledgerSchema],
  )
  if (schema?.comment === schemaComment) await connection.query(`DROP SCHEMA ${ledgerSchema}`)
}
