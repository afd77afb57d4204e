import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import { formatBytes } from '../model/format.ts'
import type { SeedEstimate, SeedPlan, TablePlan } from '../model/seed-plan.ts'
import type { Database, Probe } from './databases/database.ts'
import { chunkOf } from './filling.ts'
import { rowKeyOf, seedTarget } from './plan/keys.ts'
import { existingKeys, readExistingKeys } from './existing-keys.ts'
import { type ReservedTable, RowValues } from './row-values.ts'

/** Enough that a page's fill and an index's depth show, few enough to be loaded in a fraction of a second. */
const probedRows = 2000
/** A seed never takes the last of a disk. */
const reserveBytes = 2 * 1024 ** 3
/** A sample belongs to no run. */
const noRun = 0
/** Where a sample's keys begin: none are set aside for it: far above those of rows, and within 32 bits. */
const sampleKey = 1_000_000_000

/**
 * Lets the database try rows from all over each table before any is written for good. Gives what the samples took, by
 * table. Throws what the database says about them, with the table's name.
 */
export async function probePlan(database: Database, plan: SeedPlan): Promise<ReadonlyMap<string, Probe>> {
  const reserved = await foreseenReservations(database, plan)
  const values = new RowValues(plan, reserved, existingKeys(plan.existingKeys ?? []))
  const probes = new Map<string, Probe>()
  for (const table of plan.tables) probes.set(table.table.name, await probeTable(database, table, values))
  return probes
}

async function probeTable(database: Database, table: TablePlan, values: RowValues): Promise<Probe> {
  const { name } = table.table
  const { firstIndex } = values.segmentOf(name)
  const count = Math.min(probedRows, table.rows)
  const indices = Array.from({ length: count }, (_, n) => firstIndex + Math.floor((n * table.rows) / count))
  try {
    return await database.probe(chunkOf(table, values, noRun, { firstIndex, rows: table.rows }), indices)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new Failure(
      error.data.code,
      l10n.t('`{0}`: {1} Leave the table out with --exclude {0}. Nothing was written.', name, error.message),
      { cause: error },
    )
  }
}

/** The plan with the bytes and the time that it will take, foreseen from a sample that is taken back. */
export async function withEstimate(database: Database, plan: SeedPlan): Promise<SeedPlan> {
  const existing = await readExistingKeys(database, plan)
  const probes = await probePlan(database, { ...plan, existingKeys: existing })
  const tables = plan.tables.map((table) => ({ ...table, bytes: bytesOf(table, probes) }))
  return { ...plan, tables, estimate: await estimateOf(database, plan, probes) }
}

async function foreseenReservations(database: Database, plan: SeedPlan): Promise<readonly ReservedTable[]> {
  const ledger = await database.readLedger()
  return plan.tables.map((table) => {
    const known = ledger.tables.find((candidate) => candidate.table === table.table.name)
    const last = known?.reserved.at(-1)
    const firstIndex = last === undefined ? 0 : last.firstIndex + last.rows
    const firstKey = sampleNumber(table, rowKeyOf(table).columns[0])
    const starts = seedTarget(table).sequences.map((name) => [name, sampleNumber(table, name) - firstIndex])
    return {
      table: table.table.name,
      reserved: [...(known?.reserved ?? []), { firstIndex, rows: table.rows, firstKey }],
      sequenceStarts: { ...Object.fromEntries(starts), ...known?.sequenceStarts },
    }
  })
}

/** From where on a column's numbers are probably free, for all rows of the table. */
function sampleNumber({ table, rows }: TablePlan, column: string | undefined): number {
  const largest = table.columns.find(({ name }) => name === column)?.range?.max ?? Infinity
  return Math.max(1, Math.min(sampleKey, largest - rows))
}

async function estimateOf(
  database: Database,
  plan: SeedPlan,
  probes: ReadonlyMap<string, Probe>,
): Promise<SeedEstimate> {
  const bytes = plan.tables.map((table) => bytesOf(table, probes))
  const millis = plan.tables.map((table) => scaled(table, probes, (probe) => probe.millis) ?? 0)
  return {
    bytes: bytes.reduce((sum: number | null, each) => (sum === null || each === null ? null : sum + each), 0),
    seconds: millis.reduce((sum, each) => sum + each, 0) / 1000,
    freeBytes: await database.freeBytes(),
  }
}

function bytesOf(table: TablePlan, probes: ReadonlyMap<string, Probe>): number | null {
  return scaled(table, probes, (probe) => probe.bytes)
}

function scaled(
  table: TablePlan,
  probes: ReadonlyMap<string, Probe>,
  read: (probe: Probe) => number | null,
): number | null {
  const probe = probes.get(table.table.name)
  const value = probe === undefined ? null : read(probe)
  return value === null || probe === undefined
    ? null
    : Math.round((value / Math.max(1, probe.rows)) * table.rows)
}

/** Throws `HR_SEED_SPACE` where the rows would take the last of the disk. */
export async function requireSpace(
  database: Database,
  plan: SeedPlan,
  probes: ReadonlyMap<string, Probe>,
): Promise<void> {
  const { bytes, freeBytes } = await estimateOf(database, plan, probes)
  if (bytes === null || freeBytes === null || bytes + reserveBytes <= freeBytes) return
  throw new Failure(
    'HR_SEED_SPACE',
    l10n.t(
      'These rows need about {0}, and {1} are free, of which {2} are left alone. Seed fewer rows. Nothing was written.',
      formatBytes(bytes),
      formatBytes(freeBytes),
      formatBytes(reserveBytes),
    ),
  )
}
