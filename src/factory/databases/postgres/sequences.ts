import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { Connection } from './connection.ts'
import { quoted } from './sql.ts'
import type { TableStorage } from './storage.ts'
import { fullName } from './names.ts'

/** A counter that new rows of a table take numbers from, and what must be known to set it back. Numbers are decimal texts: they may exceed 2^53. */
export interface SequenceMark {
  readonly schema: string
  readonly name: string
  readonly column: string
  /** As it was before Headroom's first row. */
  readonly lastValue: string
  readonly isCalled: boolean
  /** The largest number in the column then; null where there was none. */
  readonly largest: string | null
  /** The next number that Headroom left to others; null where it only let it run. */
  readonly movedTo: string | null
  /** Whether somebody took numbers between two runs. */
  readonly usedByOthers: boolean
}

interface SequenceState {
  readonly schema: string
  readonly name: string
  readonly column: string
  readonly lastValue: bigint
  readonly isCalled: boolean
  readonly increment: bigint
  readonly maximum: bigint
}

/** The counters behind a table's columns: identities, serials, and any other sequence that a default takes numbers from. */
export async function sequencesOf(
  connection: Connection,
  table: number,
): Promise<
  readonly {
    readonly schema: string
    readonly name: string
    readonly column: string
    readonly cache: string
  }[]
> {
  const rows = await connection.query(
    `SELECT n.nspname::text AS schema, s.relname::text AS name, a.attname::text AS column, q.seqcache::text AS cache
     FROM (
       SELECT d.objid AS sequence, d.refobjid AS relation, d.refobjsubid AS number FROM pg_catalog.pg_depend d
       WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
         AND d.refobjid = $1::oid AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
       UNION
       SELECT d.refobjid, v.adrelid, v.adnum FROM pg_catalog.pg_attrdef v JOIN pg_catalog.pg_depend d
         ON d.classid = 'pg_catalog.pg_attrdef'::regclass AND d.objid = v.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
       WHERE v.adrelid = $1::oid
     ) used
     JOIN pg_catalog.pg_class s ON s.oid = used.sequence AND s.relkind = 'S'
     JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid
     JOIN pg_catalog.pg_namespace n ON n.oid = s.relnamespace
     JOIN pg_catalog.pg_attribute a ON a.attrelid = used.relation AND a.attnum = used.number
     ORDER BY 1, 2, 3`,
    [table],
  )
  return rows.map((row) => ({
    schema: String(row.schema),
    name: String(row.name),
    column: String(row.column),
    cache: String(row.cache),
  }))
}

/** What stands in a sequence; nobody can take a number from it before the transaction ends. */
async function lockedState(
  connection: Connection,
  sequence: {
    readonly schema: string
    readonly name: string
    readonly column: string
    readonly cache: string
  },
): Promise<SequenceState> {
  const name = `${quoted(sequence.schema)}.${quoted(sequence.name)}`
  // There is no LOCK for sequences; to alter one without changing anything is one.
  await connection.query(`ALTER SEQUENCE ${name} CACHE ${sequence.cache}`)
  const [row] = await connection.query(
    `SELECT s.last_value::text AS last_value, s.is_called, q.seqincrement::text AS increment, q.seqmax::text AS maximum
     FROM ${name} AS s, pg_catalog.pg_sequence AS q WHERE q.seqrelid = $1::regclass`,
    [name],
  )
  return {
    schema: sequence.schema,
    name: sequence.name,
    column: sequence.column,
    lastValue: BigInt(String(row?.last_value)),
    isCalled: row?.is_called === true,
    increment: BigInt(String(row?.increment)),
    maximum: BigInt(String(row?.maximum)),
  }
}

function nextOf({ lastValue, isCalled, increment }: SequenceState): bigint {
  return isCalled ? lastValue + increment : lastValue
}

/** What one table's counters were, and how many numbers of a column a run needs. */
export interface Reserving {
  readonly storage: TableStorage
  readonly known: readonly SequenceMark[]
  /** By column, from the first free number of the column on: where the numbers to set aside begin and end. */
  readonly take: (
    column: string,
    firstFree: number,
  ) => { readonly first: number; readonly behind: number } | null
}

/** What was set aside. */
export interface Reserved {
  readonly marks: readonly SequenceMark[]
  /** The first number, by column. */
  readonly first: ReadonlyMap<string, number>
}

/**
 * Moves the counters of a table past the numbers that a run will use, and gives their marks. Must be called inside a
 * transaction that holds a lock on the table: all of it is taken back with that transaction.
 */
export async function reserveNumbers(
  connection: Connection,
  { storage, known, take }: Reserving,
  columns: readonly string[],
): Promise<Reserved> {
  const marks: SequenceMark[] = []
  const first = new Map<string, number>()
  const sequences = await sequencesOf(connection, storage.oid)
  for (const column of columns.filter((name) => !sequences.some((sequence) => sequence.column === name))) {
    const largest = await largestOf(connection, storage, column)
    const taken = take(column, safe((largest ?? 0n) + 1n, storage))
    if (taken !== null) first.set(column, taken.first)
  }
  for (const sequence of sequences) {
    const state = await lockedState(connection, sequence)
    const before = known.find((mark) => mark.schema === state.schema && mark.name === state.name)
    const largest = await largestOf(connection, storage, state.column)
    const next = nextOf(state)
    const afterLargest = (largest ?? 0n) + 1n
    const taken = columns.includes(state.column)
      ? take(
          state.column,
          safe(
            [next, afterLargest, 1n].reduce((a, b) => (a > b ? a : b)),
            storage,
          ),
        )
      : null
    if (taken !== null) {
      first.set(state.column, taken.first)
      if (state.increment > 0n) await restart(connection, state, BigInt(taken.behind), storage)
    }
    const isMoved = taken !== null && state.increment > 0n
    marks.push({
      schema: state.schema,
      name: state.name,
      column: state.column,
      lastValue: before?.lastValue ?? String(state.lastValue),
      isCalled: before?.isCalled ?? state.isCalled,
      largest: before === undefined ? (largest === null ? null : String(largest)) : before.largest,
      movedTo: isMoved ? String(taken.behind) : (before?.movedTo ?? null),
      usedByOthers: before !== undefined && (before.usedByOthers || isUsed(state, before)),
    })
  }
  return { marks, first }
}

/** Whether numbers were taken since Headroom set the sequence. */
function isUsed(state: SequenceState, { movedTo }: SequenceMark): boolean {
  return movedTo !== null && (state.isCalled || String(state.lastValue) !== movedTo)
}

async function restart(
  connection: Connection,
  state: SequenceState,
  next: bigint,
  storage: TableStorage,
): Promise<void> {
  if (next > state.maximum) throw tooLarge(storage, next)
  // Unlike setval, this is taken back with the transaction.
  await connection.query(`ALTER SEQUENCE ${quoted(state.schema)}.${quoted(state.name)} RESTART WITH ${next}`)
}

async function largestOf(
  connection: Connection,
  storage: TableStorage,
  column: string,
): Promise<bigint | null> {
  const [row] = await connection.query(
    `SELECT pg_catalog.trunc(max(${quoted(column)})::numeric)::text AS largest FROM ${fullName(storage)}`,
  )
  return typeof row?.largest === 'string' ? BigInt(row.largest) : null
}

function safe(number: bigint, storage: TableStorage): number {
  if (number > BigInt(Number.MAX_SAFE_INTEGER) / 2n) throw tooLarge(storage, number)
  return Number(number)
}

/** The failure for a table whose keys leave no room for more. */
export function tooLarge({ table }: Pick<TableStorage, 'table'>, number: bigint | number): Failure {
  return new Failure(
    'HR_SEED_KEYS',
    l10n.t(
      'The keys of `{0}` are too large to number further rows after them ({1}). Leave the table out with --exclude {0}. Nothing was written.',
      table,
      String(number),
    ),
  )
}

/**
 * Sets a counter back to exactly what it was, unless somebody else took numbers from it or has rows with larger ones: then
 * it stays where it is. Must be called inside a transaction, which takes it back.
 */
export async function restoreSequence(
  connection: Connection,
  storage: TableStorage,
  mark: SequenceMark,
): Promise<void> {
  const sequences = await sequencesOf(connection, storage.oid)
  const sequence = sequences.find(({ schema, name }) => schema === mark.schema && name === mark.name)
  if (sequence === undefined) return
  const state = await lockedState(connection, sequence)
  const largest = await largestOf(connection, storage, mark.column)
  const hasNewLargest =
    largest !== null && largest > BigInt(mark.largest ?? 0) && largest >= BigInt(mark.lastValue)
  if (mark.usedByOthers || isUsed(state, mark) || hasNewLargest) return
  const name = `${quoted(mark.schema)}.${quoted(mark.name)}`
  await connection.query(`ALTER SEQUENCE ${name} RESTART WITH ${mark.lastValue}`)
  if (mark.isCalled)
    await connection.query(`SELECT pg_catalog.setval($1::regclass, $2::bigint, true)`, [name, mark.lastValue])
}
