import { availableParallelism, totalmem } from 'node:os'
import * as l10n from '@vscode/l10n'

import { Failure } from '../../../model/failure.ts'
import type { Schema, Table } from '../../../model/schema.ts'
import type { LoadStep, SeedTarget } from '../database.ts'
import type { Connection, Row } from './connection.ts'
import { codeOf, refusalOf } from './failures.ts'
import { type Fixture, foreignKeyFixtures, indexFixtures } from './fixtures.ts'
import { hasLedger, manyRows } from './ledger.ts'
import { fullName, keyListName } from './names.ts'
import type { TableStorage } from './storage.ts'

/** Loading 1M rows in place takes 6 to 10 s, into a bare table 1.5 s; making its indexes again 1.5 s per million of all rows. */
const mostExistingPerNew = 2
const lockAttempts = 4

/** Says that one more of the steps is done; the first call tells what is begun. */
type OnStep = (step: LoadStep) => void

/** Whether a target's indexes and foreign keys cost more while it is filled than making them again does. */
export function pays({ rows, table }: Pick<SeedTarget, 'rows' | 'table'>): boolean {
  return rows > manyRows && table.rowCount <= mostExistingPerNew * rows
}

/**
 * Drops the indexes, keys and foreign keys of the tables where that {@link pays}, and the foreign keys that refer to them;
 * of all others the foreign keys to rows that do not come before.
 * One transaction for each table: the ledger has all that is gone, whenever this process ends.
 */
export async function putAway(
  connection: Connection,
  targets: readonly { readonly target: SeedTarget; readonly storage: TableStorage }[],
  schema: Schema,
  onStep: OnStep,
): Promise<void> {
  const large = targets.filter(({ target, storage }) => pays(target) && storage.schema !== '')
  for (const [done, { target, storage }] of large.entries()) {
    onStep({ name: l10n.t('indexes of {0}', target.table.name), done, total: large.length })
    await patiently(() => connection.transaction(() => putAwayTable(connection, storage, schema)))
  }
  for (const [i, { storage }] of targets.entries()) {
    const later = new Set(targets.slice(i).map((target) => target.storage.oid))
    await patiently(() => connection.transaction(() => putEarlyAway(connection, storage, later, schema)))
  }
}

/** Drops the foreign keys of a table to rows that come at the same time or `later`, in whatever order they are written. */
async function putEarlyAway(
  connection: Connection,
  storage: TableStorage,
  later: ReadonlySet<number>,
  schema: Schema,
): Promise<void> {
  const foreignKeys = await fullyNamed(connection, () => foreignKeyFixtures(connection, storage.oid))
  const early = foreignKeys.filter(({ refersTo, owner }) => owner === storage.oid && later.has(refersTo))
  if (early.length === 0) return
  await keepShapes(connection, schema)
  for (const fixture of early) await drop(connection, fixture)
}

async function putAwayTable(connection: Connection, storage: TableStorage, schema: Schema): Promise<void> {
  const [kind] = await connection.query(
    `SELECT relkind = 'r' AND NOT relispartition AS plain FROM pg_catalog.pg_class WHERE oid = $1::oid`,
    [storage.oid],
  )
  if (kind?.plain !== true) return
  await connection.query(`LOCK TABLE ${fullName(storage)} IN ACCESS EXCLUSIVE MODE`)
  await keepShapes(connection, schema)
  const fixtures = await fullyNamed(connection, async () => [
    ...(await foreignKeyFixtures(connection, storage.oid)),
    ...(await indexFixtures(connection, storage)),
  ])
  for (const fixture of fixtures) await drop(connection, fixture)
}

/** Drops the foreign keys that refer to a table while its rows are removed, through the ledger as {@link putAway} does. */
export async function putReferencesAway(
  connection: Connection,
  storage: TableStorage,
  schema: Schema,
): Promise<void> {
  const work = async () => {
    await keepShapes(connection, schema)
    const foreignKeys = await fullyNamed(connection, () => foreignKeyFixtures(connection, storage.oid))
    for (const fixture of foreignKeys.filter(({ refersHere }) => refersHere)) await drop(connection, fixture)
  }
  await patiently(() => connection.transaction(work))
}

/** Reads definitions in which every name is given in full, as an empty search path makes them. */
async function fullyNamed<T>(connection: Connection, read: () => Promise<T>): Promise<T> {
  await connection.query('SAVEPOINT definitions')
  await connection.query(`SET LOCAL search_path = ''`)
  const definitions = await read()
  await connection.query('ROLLBACK TO SAVEPOINT definitions')
  return definitions
}

/**
 * Drops one, unless something else depends on it, such as a view that groups by a primary key: then it stays. What an
 * interrupted call has made of it in part is made with it.
 */
async function drop(connection: Connection, fixture: Fixture): Promise<void> {
  await connection.query('SAVEPOINT fixture')
  try {
    await connection.query(fixture.drop)
    const [pending] = await connection.query(
      'DELETE FROM headroom.put_away WHERE object = $1 RETURNING rank, name, stages',
      [fixture.object],
    )
    const { rank, name } = pending ?? fixture
    const left = pending === undefined ? [] : stagesOf(pending)
    await connection.query(
      'INSERT INTO headroom.put_away (rank, object, name, stages) VALUES ($1, $2, $3, $4)',
      [rank, fixture.object, name, JSON.stringify([...fixture.stages, ...left])],
    )
    await connection.query('RELEASE SAVEPOINT fixture')
  } catch (error) {
    if (codeOf(error) !== '2BP01') throw error
    await connection.query('ROLLBACK TO SAVEPOINT fixture')
  }
}

function stagesOf(row: Row): readonly (readonly string[])[] {
  const stages: readonly (readonly string[])[] = JSON.parse(String(row.stages))
  return stages
}

type Shape = Pick<Table, 'primaryKey' | 'foreignKeys' | 'uniques'>

/** Notes keys as they are before the first of them goes. */
async function keepShapes(connection: Connection, schema: Schema): Promise<void> {
  const shapes = schema.tables.map(({ name, primaryKey, foreignKeys, uniques }) => [
    name,
    JSON.stringify({ primaryKey, foreignKeys, uniques }),
  ])
  await connection.query(
    `INSERT INTO headroom.shape SELECT s ->> 0, s ->> 1 FROM pg_catalog.json_array_elements($1::json) AS s
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(shapes)],
  )
}

/** The schema with the keys that are put away, as it is again once they are back. */
export async function withPutAway(connection: Connection, schema: Schema): Promise<Schema> {
  if (!(await hasLedger(connection))) return schema
  const rows = await connection.query('SELECT table_name, shape FROM headroom.shape')
  const shapes = new Map<string, Shape>(
    rows.map((row) => [String(row.table_name), JSON.parse(String(row.shape))]),
  )
  return { ...schema, tables: schema.tables.map((table) => ({ ...table, ...shapes.get(table.name) })) }
}

/**
 * Makes all again that the ledger says is away, and brings the statistics of loaded tables up to date. Goes on where an
 * earlier call was killed. What rows stand in the way of (a key that is not unique any more, a reference into nothing)
 * stays in the ledger; all else is made before that is thrown.
 */
export async function putBack(
  connection: Connection,
  storage: ReadonlyMap<string, TableStorage>,
  onStep: OnStep,
): Promise<void> {
  if (!(await hasLedger(connection))) return
  const away = await connection.query('SELECT id, name, stages FROM headroom.put_away ORDER BY rank, id')
  const loaded = await connection.query(
    'SELECT number, table_name, key_kind, upkeep FROM headroom.seeded WHERE upkeep IS NOT NULL ORDER BY number',
  )
  const total = away.length + loaded.length
  let done = 0
  const step = (name: string) => onStep({ name, done: done++, total })
  await spendOnIndexes(connection)
  // Before the indexes: reading a page for the first time after a load writes it again, and so it is written once.
  const large = loaded.filter(({ upkeep }) => upkeep === 'vacuum')
  for (const row of large) {
    step(l10n.t('pages of {0}', String(row.table_name)))
    await clean(connection, row, storage)
  }
  const obstacles: unknown[] = []
  for (const row of away) {
    step(String(row.name))
    await makeAgain(connection, Number(row.id), stagesOf(row)).catch((error: unknown) => {
      if (!codeOf(error).startsWith('23')) throw error
      obstacles.push(notPutBack(String(row.name), error))
    })
  }
  if (obstacles.length > 0) throw obstacles[0]
  await connection.query('DELETE FROM headroom.shape')
  for (const row of loaded) {
    if (!large.includes(row)) step(l10n.t('statistics of {0}', String(row.table_name)))
    await analyze(connection, row, storage)
  }
  if (total > 0) onStep({ name: l10n.t('indexes'), done: total, total })
}

async function clean(
  connection: Connection,
  row: Row,
  storage: ReadonlyMap<string, TableStorage>,
): Promise<void> {
  const stored = storage.get(String(row.table_name))
  if (stored !== undefined) await connection.query(`VACUUM (FREEZE) ${fullName(stored)}`)
  await connection.query("UPDATE headroom.seeded SET upkeep = 'analyze' WHERE number = $1", [row.number])
}

async function analyze(
  connection: Connection,
  row: Row,
  storage: ReadonlyMap<string, TableStorage>,
): Promise<void> {
  const stored = storage.get(String(row.table_name))
  if (stored !== undefined) await connection.query(`ANALYZE ${fullName(stored)}`)
  if (row.key_kind === 'list') await connection.query(`ANALYZE ${keyListName(Number(row.number))}`)
  await connection.query('UPDATE headroom.seeded SET upkeep = NULL WHERE number = $1', [row.number])
}

function notPutBack(name: string, error: unknown): Failure {
  const { detail } = refusalOf(error)
  return new Failure(
    'HR_DATABASE_CONSTRAINT',
    l10n.t(
      'The {0} cannot be put back: {1} Change the rows that the application added meanwhile, then resume or undo.',
      name,
      detail,
    ),
    { cause: error },
  )
}

/** Each stage is taken out of the ledger by the transaction that carries it out. */
async function makeAgain(
  connection: Connection,
  id: number,
  stages: readonly (readonly string[])[],
): Promise<void> {
  for (const [i, stage] of stages.entries()) {
    const left = stages.slice(i + 1)
    await patiently(() =>
      connection.transaction(async () => {
        for (const statement of stage) await connection.query(statement)
        if (left.length === 0) await connection.query('DELETE FROM headroom.put_away WHERE id = $1', [id])
        else
          await connection.query('UPDATE headroom.put_away SET stages = $2 WHERE id = $1', [
            id,
            JSON.stringify(left),
          ])
      }),
    )
  }
}

/** Lets this session use memory and processors for indexes and vacuuming. */
export async function spendOnIndexes(connection: Connection): Promise<void> {
  const spare = Math.max(64, Math.floor(totalmem() / 2 ** 20 / 8))
  const megabytes = Math.min(connection.mostIndexMegabytes, spare)
  const workers = Math.min(4, availableParallelism())
  await connection.query(
    `SELECT pg_catalog.set_config('maintenance_work_mem', $1, false), pg_catalog.set_config('max_parallel_maintenance_workers', $2, false)`,
    [`${megabytes}MB`, String(workers)],
  )
}

/** Tries again where another program held a lock for too long, or the two of them waited for each other. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= lockAttempts || !/^(?:55P03|40P01)$/.test(codeOf(error))) throw error
    }
  }
}
