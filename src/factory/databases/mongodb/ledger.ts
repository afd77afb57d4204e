import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { SeedPlan } from '../../../model/seed-plan.ts'
import type { Ledger, LedgerTable, Segment } from '../database.ts'
import { numberRecord } from '../ledger-values.ts'
import { mergedSpans } from '../segments.ts'
import type { Connection } from './connection.ts'

/** The ledger's form. */
export const ledgerFormat = 1

/** The ledger's collections, in the database itself. */
export const ledgerCollections = {
  runs: 'headroom_runs',
  tables: 'headroom_tables',
  reservations: 'headroom_reservations',
  chunks: 'headroom_chunks',
  intents: 'headroom_intents',
  owner: 'headroom_owner',
} as const

interface RunEntry {
  readonly _id: number
  readonly format: number
  readonly seed: number
  readonly complete: boolean
  /** As JSON: keys of a plan's records may hold points and dollars. */
  readonly plan: string
}

interface TableEntry {
  /** The collection's name. */
  readonly _id: string
  /** Whether it came to be with Headroom's first document. */
  readonly created: boolean
  readonly sequenceStarts: string
}

/** What runs set aside, what is made of it, and what is being made or removed right now. */
export interface SpanEntry extends Segment {
  /** Collection and first index. */
  readonly _id: string
  readonly table: string
  readonly run: number
}

export interface LedgerEntries {
  readonly runs: readonly RunEntry[]
  readonly tables: readonly TableEntry[]
  readonly reservations: readonly SpanEntry[]
  readonly chunks: readonly SpanEntry[]
  readonly intents: readonly SpanEntry[]
}

/** The key of an entry about rows from this index on. */
export function entryId(table: string, firstIndex: number): string {
  return `${table}:${firstIndex}`
}

/** All that the ledger holds. Throws `HR_LEDGER_FORMAT` for one that another version wrote. */
export function readEntries(connection: Connection): Promise<LedgerEntries> {
  return connection.with(async (db) => {
    const runs = await db.collection<RunEntry>(ledgerCollections.runs).find().sort({ _id: 1 }).toArray()
    if (runs.some(({ format }) => format !== ledgerFormat)) {
      throw new Failure(
        'HR_LEDGER_FORMAT',
        l10n.t('Another version of Headroom seeded this database. Undo with that version first.'),
      )
    }
    const spans = (name: string) =>
      db.collection<SpanEntry>(name).find().sort({ table: 1, firstIndex: 1 }).toArray()
    return {
      runs,
      tables: await db.collection<TableEntry>(ledgerCollections.tables).find().sort({ _id: 1 }).toArray(),
      reservations: await spans(ledgerCollections.reservations),
      chunks: await spans(ledgerCollections.chunks),
      intents: await spans(ledgerCollections.intents),
    }
  })
}

/** What the ledger says of runs and rows. */
export function asLedger({ runs, tables, reservations, chunks }: LedgerEntries): Ledger {
  // A run that was killed before it was recorded has set nothing aside.
  const known = new Set(runs.map(({ _id }) => _id))
  const reserved = Map.groupBy(
    reservations.filter(({ run }) => known.has(run)),
    ({ table }) => table,
  )
  const made = Map.groupBy(chunks, ({ table }) => table)
  const unfinished = runs.find(({ complete }) => !complete)
  return {
    seed: runs[0]?.seed ?? null,
    tables: tables.map(({ _id: table, sequenceStarts }): LedgerTable => ({
      table,
      key: { kind: 'range', columns: ['_id'] },
      reserved: (reserved.get(table) ?? []).map(({ firstIndex, rows, firstKey }) => ({
        firstIndex,
        rows,
        firstKey,
      })),
      made: mergedSpans(made.get(table) ?? []),
      sequenceStarts: numberRecord(sequenceStarts),
    })),
    unfinished: unfinished === undefined ? null : { run: unfinished._id, plan: planOf(unfinished.plan) },
  }
}

/** The seed of the ledger's runs: one for all; 0 where there are none. */
export async function readSeed(connection: Connection): Promise<number> {
  const run = await connection.with((db) =>
    db
      .collection<RunEntry>(ledgerCollections.runs)
      .findOne({}, { projection: { seed: 1 }, sort: { _id: 1 } }),
  )
  return run?.seed ?? 0
}

/** Records a run, with its plan. */
export async function recordRun(connection: Connection, run: number, plan: SeedPlan): Promise<void> {
  const entry: RunEntry = {
    _id: run,
    format: ledgerFormat,
    seed: plan.seed,
    complete: false,
    plan: JSON.stringify(plan),
  }
  await connection.with((db) => db.collection<RunEntry>(ledgerCollections.runs).insertOne(entry))
}

/** Records a table of a run; what is known of it stays. */
export async function recordTable(
  connection: Connection,
  {
    table,
    created,
    sequenceStarts,
  }: {
    readonly table: string
    readonly created: boolean
    readonly sequenceStarts: Readonly<Record<string, number>>
  },
): Promise<void> {
  await connection.with((db) =>
    db
      .collection<TableEntry>(ledgerCollections.tables)
      .updateOne(
        { _id: table },
        { $set: { sequenceStarts: JSON.stringify(sequenceStarts) }, $setOnInsert: { created } },
        { upsert: true },
      ),
  )
}

/** Writes an entry in the place of one with the same key. */
export async function writeSpan(
  connection: Connection,
  collection: 'reservations' | 'chunks' | 'intents',
  { table, firstIndex, rows, firstKey, run }: Omit<SpanEntry, '_id'>,
): Promise<void> {
  const _id = entryId(table, firstIndex)
  await connection.with((db) =>
    db
      .collection<SpanEntry>(ledgerCollections[collection])
      .replaceOne({ _id }, { table, firstIndex, rows, firstKey, run }, { upsert: true }),
  )
}

/** Takes an entry out. */
export async function removeSpan(
  connection: Connection,
  collection: 'reservations' | 'chunks' | 'intents',
  _id: string,
): Promise<void> {
  await connection.with((db) => db.collection<SpanEntry>(ledgerCollections[collection]).deleteOne({ _id }))
}

/** Records that a run is complete. */
export async function finishRun(connection: Connection, run: number): Promise<void> {
  await connection.with((db) =>
    db.collection<RunEntry>(ledgerCollections.runs).updateOne({ _id: run }, { $set: { complete: true } }),
  )
}

function planOf(text: string): SeedPlan {
  const plan: SeedPlan = JSON.parse(text)
  return plan
}
