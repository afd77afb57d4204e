import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { SeedPlan } from '../../../model/seed-plan.ts'
import type { SeedTarget } from '../database.ts'
import { numberRecord } from '../ledger-values.ts'
import type { Connection } from './connection.ts'
import { DocumentKeys, keyTypeOf } from './keys.ts'
import { asLedger, ledgerCollections, readEntries, recordRun, recordTable, writeSpan } from './ledger.ts'
import { plainNumber } from './reading.ts'

const largestKey = 2 ** 32 - 1
const largestNumber = Number.MAX_SAFE_INTEGER

/**
 * Records a run and sets its keys aside. The run is recorded last: killed before that, what else the ledger says of it is
 * written anew by the next. Gives the run's number. Throws `HR_SEED_BUSY` where a run is unfinished, and `HR_SEED_KEYS`
 * where there are too few keys.
 */
export async function beginRun(
  connection: Connection,
  plan: SeedPlan,
  targets: readonly SeedTarget[],
): Promise<number> {
  const { unfinished } = asLedger(await readEntries(connection))
  if (unfinished !== null) {
    throw new Failure(
      'HR_SEED_BUSY',
      l10n.t('Another Headroom run is changing this database. Wait until it is done, then try again.'),
    )
  }
  const { runs } = await readEntries(connection)
  const run = (runs.at(-1)?._id ?? 0) + 1
  await forgetUnrecorded(connection, run)
  const present = await collectionNames(connection)
  for (const target of targets) await reserve(connection, { target, run, seed: plan.seed, present })
  await recordRun(connection, run, plan)
  return run
}

/** Reservations of a run that was killed before it was recorded. */
async function forgetUnrecorded(connection: Connection, run: number): Promise<void> {
  await connection.with((db) =>
    db.collection(ledgerCollections.reservations).deleteMany({ run: { $gte: run } }),
  )
}

interface Reserving {
  readonly target: SeedTarget
  readonly run: number
  readonly seed: number
  readonly present: ReadonlySet<string>
}

async function reserve(connection: Connection, { target, run, seed, present }: Reserving): Promise<void> {
  const { table, rows, sequences } = target
  const { reservations, tables } = await readEntries(connection)
  const last = reservations.findLast((entry) => entry.table === table.name)
  const firstIndex = last === undefined ? 0 : last.firstIndex + last.rows
  const known = tables.find(({ _id }) => _id === table.name)
  const starts: Record<string, number> = known === undefined ? {} : { ...numberRecord(known.sequenceStarts) }
  for (const column of sequences.filter((name) => starts[name] === undefined))
    starts[column] = (await largestValue(connection, table.name, column)) + 1 - firstIndex
  await recordTable(connection, {
    table: table.name,
    created: !present.has(table.name),
    sequenceStarts: starts,
  })
  const afterReserved = last === undefined ? 1 : last.firstKey + last.rows
  const firstKey = Math.max(afterReserved, (await largestTaken(connection, target, seed)) + 1)
  const largest = keyTypeOf(table) === 'Number' ? largestNumber : largestKey
  if (firstKey + rows - 1 > largest) {
    throw new Failure(
      'HR_SEED_KEYS',
      l10n.t(
        'The keys of `{0}` are too large to number {1} further documents after them ({2}). Leave the collection out with --exclude {0}.',
        table.name,
        rows,
        firstKey - 1,
      ),
    )
  }
  await writeSpan(connection, 'reservations', { table: table.name, firstIndex, rows, firstKey, run })
}

/** The number of the last key that Headroom could make and that somebody has: in a dump that was read back, say. */
async function largestTaken(connection: Connection, { table }: SeedTarget, seed: number): Promise<number> {
  const keys = new DocumentKeys(seed, table)
  const [last] = await connection.with(() =>
    connection
      .collection(table.name)
      .find(keys.everyKey() ?? {}, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .limit(1)
      .toArray(),
  )
  return Math.max(0, Math.floor(keys.numberOf(last?._id) ?? 0))
}

async function largestValue(connection: Connection, collection: string, path: string): Promise<number> {
  const [last] = await connection.with(() =>
    connection
      .collection(collection)
      .find({ [path]: { $ne: null } }, { projection: { [path]: 1 } })
      .sort({ [path]: -1 })
      .limit(1)
      .toArray(),
  )
  return Math.floor(plainNumber(last, path))
}

/** The collections that the database has. */
export async function collectionNames(connection: Connection): Promise<ReadonlySet<string>> {
  const found = await connection.with((db) => db.listCollections({}, { nameOnly: true }).toArray())
  return new Set(found.map(({ name }) => name))
}

/** Drops the ledger, and the collections that came to be with Headroom's documents and are empty again. */
export async function dropLedger(connection: Connection): Promise<void> {
  const { tables } = await readEntries(connection)
  const present = await collectionNames(connection)
  for (const { _id: name, created } of tables) {
    if (!created || !present.has(name)) continue
    const rest = await connection.with(() => connection.collection(name).countDocuments({}, { limit: 1 }))
    if (rest === 0) await connection.with((db) => db.dropCollection(name))
  }
  const { owner: _owner, runs, ...others } = ledgerCollections
  // The runs go last: without them the rest says nothing.
  for (const name of [...Object.values(others), runs])
    if (present.has(name)) await connection.with((db) => db.dropCollection(name))
}
