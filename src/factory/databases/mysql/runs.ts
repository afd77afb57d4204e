import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { SeedPlan } from '../../../model/seed-plan.ts'
import type { SeedTarget } from '../database.ts'
import { numberRecord, stringList } from '../ledger-values.ts'
import type { Connection, Row } from './connection.ts'
import { readCounter, setCounter } from './counters.ts'
import {
  createLedger,
  hasLedger,
  hasTable,
  ledgerFormat,
  ledgerTables,
  ownTables,
  readLedger,
} from './ledger.ts'
import { numberOrNull, quoted, text } from './sql.ts'

const largestKey = 2 ** 52
const mostAttempts = 5

/**
 * Creates the ledger where there is none, records a run in one transaction, and then moves the counters behind the keys
 * that it sets aside. Killed in between, the run is unfinished, and {@link secureKeys} does the rest when it is resumed.
 * Gives the run's number. Throws `HR_SEED_BUSY` where a run is unfinished, `HR_SEED_KEYS` where keys are too large, and
 * `HR_DATABASE_ENGINE` for a table without transactions; nothing is left of the run then.
 */
export async function beginRun(
  connection: Connection,
  plan: SeedPlan,
  targets: readonly SeedTarget[],
): Promise<number> {
  await requireTransactions(connection, targets)
  const lists = targets.filter(({ key }) => key.kind === 'list')
  try {
    await createLedger(
      connection,
      lists.map(({ table, key }) => ({ table: table.name, columns: key.columns })),
    )
    const run = await connection.transaction(() => recordRun(connection, plan, targets))
    await secureKeys(connection, run)
    return run
  } catch (error) {
    if (!(error instanceof Failure && error.data.code === 'HR_SEED_BUSY')) await forgetRun(connection)
    throw error
  }
}

async function recordRun(
  connection: Connection,
  plan: SeedPlan,
  targets: readonly SeedTarget[],
): Promise<number> {
  if ((await readLedger(connection)).unfinished !== null) {
    throw new Failure(
      'HR_SEED_BUSY',
      l10n.t('Another Headroom run is changing this database. Wait until it is done, then try again.'),
    )
  }
  const run = ((await connection.number('SELECT max(run) AS n FROM headroom_run')) ?? 0) + 1
  await connection.run('INSERT INTO headroom_run VALUES (?, ?, ?, FALSE, ?)', [
    run,
    ledgerFormat,
    plan.seed,
    JSON.stringify(plan),
  ])
  for (const target of targets) {
    await recordTable(connection, target)
    await reserve(connection, target, run)
  }
  return run
}

async function recordTable(connection: Connection, { table, key, sequences }: SeedTarget): Promise<void> {
  const [known] = await connection.rows('SELECT * FROM headroom_table WHERE table_name = ?', [table.name])
  const starts: Record<string, number> =
    known === undefined ? {} : { ...numberRecord(text(known.sequence_starts)) }
  const next = await nextIndex(connection, table.name)
  for (const column of sequences.filter((name) => starts[name] === undefined))
    starts[column] = (await largestNumber(connection, table.name, column)) + 1 - next
  const counter = await readCounter(connection, table.name)
  const set = numberOrNull(known?.counter_set)
  // A counter that isn't where Headroom set it was moved by the application: that is what undo goes back to.
  // One that it doesn't set was moved by the numbers in its rows.
  const start = known === undefined || counter === null ? undefined : starts[counter.column]
  const isOurs =
    counter !== null &&
    (set === null ? start !== undefined && counter.next <= start + next : counter.next === set)
  const before = isOurs ? numberOrNull(known?.counter_before) : (counter?.next ?? null)
  await connection.run(
    `INSERT INTO headroom_table VALUES (?, ?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE counter_before = VALUES(counter_before), sequence_starts = VALUES(sequence_starts)`,
    [table.name, key.kind, JSON.stringify(key.columns), before, set, JSON.stringify(starts)],
  )
}

async function reserve(connection: Connection, { table, key, rows }: SeedTarget, run: number): Promise<void> {
  const firstIndex = await nextIndex(connection, table.name)
  const firstKey =
    key.kind === 'list' ? firstIndex + 1 : await firstFreeKey(connection, table.name, key.columns[0] ?? '')
  const largest = table.columns.find(({ name }) => name === key.columns[0])?.range?.max ?? largestKey
  const last = firstKey + rows - 1
  if (key.kind === 'range' && last > Math.min(largest, largestKey)) {
    throw new Failure(
      'HR_SEED_KEYS',
      l10n.t(
        'The keys of `{0}` are too large to number {1} further rows after them ({2}). Leave the table out with --exclude {0}.',
        table.name,
        rows,
        firstKey - 1,
      ),
    )
  }
  await connection.run('INSERT INTO headroom_reservation VALUES (?, ?, ?, ?, ?)', [
    table.name,
    firstIndex,
    rows,
    firstKey,
    run,
  ])
}

async function nextIndex(connection: Connection, table: string): Promise<number> {
  const end = 'SELECT max(first_index + row_count) AS n FROM headroom_reservation WHERE table_name = ?'
  return (await connection.number(end, [table])) ?? 0
}

/** The first key behind all that are there, were given out by the counter, or are set aside. */
async function firstFreeKey(connection: Connection, table: string, column: string): Promise<number> {
  const counter = await readCounter(connection, table)
  const reserved = await connection.number(
    'SELECT max(first_key + row_count) AS n FROM headroom_reservation WHERE table_name = ?',
    [table],
  )
  const next = counter?.column === column ? counter.next : 1
  return Math.max((await largestNumber(connection, table, column)) + 1, next, reserved ?? 1, 1)
}

async function largestNumber(connection: Connection, table: string, column: string): Promise<number> {
  return Math.floor(
    (await connection.number(`SELECT max(${quoted(column)}) AS n FROM ${quoted(table)}`)) ?? 0,
  )
}

/**
 * Moves the counters behind the keys that a run has set aside. Where others took some of them before that, and the run has
 * made no row of the table yet, it gets keys behind those.
 */
export async function secureKeys(connection: Connection, run: number): Promise<void> {
  const reservations = await connection.rows(
    `SELECT r.*, t.key_columns FROM headroom_reservation AS r JOIN headroom_table AS t USING (table_name)
     WHERE r.run = ? AND t.key_kind = 'range'`,
    [run],
  )
  for (const reservation of reservations) {
    const table = text(reservation.table_name)
    if (!(await hasTable(connection, table))) continue
    const column = stringList(text(reservation.key_columns))[0] ?? ''
    const rows = Number(reservation.row_count)
    let firstKey = Number(reservation.first_key)
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      await moveCounter(connection, table, column, firstKey + rows)
      if (await isFreeOrBegun(connection, reservation, { table, column, firstKey })) break
      firstKey = await firstFreeKey(connection, table, column)
      await connection.run(
        'UPDATE headroom_reservation SET first_key = ? WHERE table_name = ? AND first_index = ?',
        [firstKey, table, reservation.first_index],
      )
    }
  }
}

/** Remembers where a counter is moved to before it is moved: what isn't there any more was moved on by others. */
async function moveCounter(
  connection: Connection,
  table: string,
  column: string,
  next: number,
): Promise<void> {
  const counter = await readCounter(connection, table)
  if (counter === null || counter.column !== column || counter.next >= next) return
  await connection.run('UPDATE headroom_table SET counter_set = ? WHERE table_name = ?', [next, table])
  await setCounter(connection, table, next)
}

async function isFreeOrBegun(
  connection: Connection,
  reservation: Row,
  { table, column, firstKey }: { readonly table: string; readonly column: string; readonly firstKey: number },
): Promise<boolean> {
  const rows = Number(reservation.row_count)
  const first = Number(reservation.first_index)
  const begun = await connection.number(
    'SELECT count(*) AS n FROM headroom_chunk WHERE table_name = ? AND first_index < ? AND first_index + row_count > ?',
    [table, first + rows, first],
  )
  if (begun !== 0) return true
  const taken = await connection.number(
    `SELECT count(*) AS n FROM ${quoted(table)} WHERE ${quoted(column)} BETWEEN ? AND ?`,
    [firstKey, firstKey + rows - 1],
  )
  return taken === 0
}

async function requireTransactions(connection: Connection, targets: readonly SeedTarget[]): Promise<void> {
  const names = targets.map(({ table }) => table.name)
  if (names.length === 0) return
  const [row] = await connection.rows(
    `SELECT TABLE_NAME AS name, ENGINE AS engine FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?) AND ENGINE <> 'InnoDB' LIMIT 1`,
    [names],
  )
  if (row === undefined) return
  throw new Failure(
    'HR_DATABASE_ENGINE',
    l10n.t(
      '`{0}` is a table of the {1} engine, which has no transactions: rows could not be taken back exactly. Leave it out with --exclude {0}, or make it an InnoDB table.',
      text(row.name),
      text(row.engine),
    ),
  )
}

/** Takes the run that could not begin out of the ledger, which goes with its last run. */
async function forgetRun(connection: Connection): Promise<void> {
  if (await hasLedger(connection)) {
    await connection.transaction(async () => {
      await connection.run(
        'DELETE FROM headroom_reservation WHERE run IN (SELECT run FROM headroom_run WHERE NOT is_complete)',
      )
      await connection.run('DELETE FROM headroom_run WHERE NOT is_complete')
    })
    if ((await connection.number('SELECT count(*) AS n FROM headroom_run')) !== 0) return
  }
  await dropLedger(connection)
}

/**
 * Sets the counters back to what they were, where nobody moved them since, and drops the ledger: a kill in between leaves
 * nothing that isn't done again, or that means anything. Does nothing while the ledger has rows, or things put away.
 */
export async function dropLedger(connection: Connection): Promise<void> {
  if (await hasLedger(connection)) {
    for (const name of ['headroom_chunk', 'headroom_put_away'])
      if ((await connection.number(`SELECT count(*) AS n FROM ${name}`)) !== 0) return
    for (const row of await connection.rows('SELECT * FROM headroom_table'))
      await restoreCounter(connection, row)
  }
  const names = await ownTables(connection)
  // The run's table goes first: without it there is no ledger.
  const order = [...Object.keys(ledgerTables).filter((name) => names.includes(name)), ...names]
  for (const name of new Set(order)) await connection.run(`DROP TABLE IF EXISTS ${quoted(name)}`)
}

async function restoreCounter(connection: Connection, row: Row): Promise<void> {
  const table = text(row.table_name)
  const before = numberOrNull(row.counter_before)
  const set = numberOrNull(row.counter_set)
  const counter = await readCounter(connection, table)
  if (counter === null || before === null || counter.next === before) return
  // Without a place where Headroom set it, its rows' own numbers moved it.
  if (set === null || counter.next === set) await setCounter(connection, table, before)
}

/** Records that a run is complete. */
export async function markComplete(connection: Connection, run: number): Promise<void> {
  await connection.run('UPDATE headroom_run SET is_complete = TRUE WHERE run = ?', [run])
}
