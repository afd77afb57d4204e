import { Failure } from '../model/failure.ts'
import type { SeedPlan, TablePlan } from '../model/seed-plan.ts'
import type { ChunkColumn, Ledger, Segment } from './databases/database.ts'
import { hashFraction, hashKey } from './hash.ts'
import { generatorOf } from './generators/index.ts'
import type { ValueContext, ValueOf } from './generators/generator.ts'
import type { SqlValue } from './sql-value.ts'

/** Keys of rows that Headroom did not make, by {@link referenceName}. */
export type ExistingKeys = ReadonlyMap<string, readonly (readonly SqlValue[])[]>

/** Names a referenced key in {@link ExistingKeys}. */
export function referenceName(table: string, columns: readonly string[]): string {
  return JSON.stringify([table, ...columns])
}

/** All values of a run: pure functions of the row's index, once the keys of a chunk's rows are known. */
export class RowValues {
  private readonly plan: SeedPlan
  private readonly existing: ExistingKeys
  private readonly plans: ReadonlyMap<string, TablePlan>
  private readonly starts: ReadonlyMap<string, number>
  private readonly sequences: ReadonlyMap<string, Readonly<Record<string, number>>>
  private readonly segments: ReadonlyMap<string, Segment[]>
  private readonly compiled = new Map<string, ValueOf>()

  /** `ledger` is the state before the run, with the sequence starts of all planned tables. */
  constructor(plan: SeedPlan, ledger: Ledger, existing: ExistingKeys) {
    this.plan = plan
    this.existing = existing
    this.plans = new Map(plan.tables.map((table) => [table.table.name, table]))
    this.starts = new Map(ledger.tables.map(({ table, segments }) => [table, rowsIn(segments)]))
    this.sequences = new Map(ledger.tables.map(({ table, sequenceStarts }) => [table, sequenceStarts]))
    this.segments = new Map(
      plan.tables.map(({ table }) => [
        table.name,
        [...(ledger.tables.find((known) => known.table === table.name)?.segments ?? [])],
      ]),
    )
  }

  /** The index of the first row that the run adds to a table. */
  startOf(table: string): number {
    return this.starts.get(table) ?? 0
  }

  /** Tells the keys of rows that are about to be made. Must be called before their values are asked for. */
  allot(table: string, segment: Segment): void {
    const list = this.segments.get(table)
    const last = list?.at(-1)
    if (last !== undefined && last.firstIndex === segment.firstIndex) list?.pop()
    list?.push(segment)
  }

  /** The columns that are written, each with its value by row index. Throws `HR_SEED_PLAN` for an unknown generator. */
  columnsOf(table: string): readonly ChunkColumn[] {
    const columns = this.plans.get(table)?.columns ?? []
    return columns.map(({ column }) => ({ name: column, valueOf: this.valueOf(table, column) }))
  }

  private valueOf(table: string, column: string): ValueOf {
    const name = JSON.stringify([table, column])
    const known = this.compiled.get(name)
    if (known !== undefined) return known
    const plan = this.plans.get(table)?.columns.find((candidate) => candidate.column === column)
    const generator = plan === undefined ? undefined : generatorOf(plan.generator)
    if (plan === undefined || generator === undefined) {
      throw new Failure(
        'HR_SEED_PLAN',
        `The plan has no values for ${table}.${column}. Plan again with this version of Headroom.`,
      )
    }
    const value = withNulls(
      generator.compile(plan.options, this.contextOf(table, column)),
      plan.options.nullRate,
      {
        seed: this.plan.seed,
        table,
        column,
      },
    )
    this.compiled.set(name, value)
    return value
  }

  private contextOf(table: string, column: string): ValueContext {
    const segments = this.segments.get(table) ?? []
    return {
      seed: this.plan.seed,
      table,
      column,
      startOf: (name) => (this.plans.has(name) ? this.startOf(name) : 0),
      rowsOf: (name) => this.plans.get(name)?.rows ?? 0,
      existingKeys: (name, columns) => this.existing.get(referenceName(name, columns)) ?? [],
      seededValue: (name, referenced) => {
        // Compiled at the first row: a table that refers to itself would otherwise compile itself for ever.
        let value: ValueOf | undefined
        return (index) => (value ??= this.valueOf(name, referenced))(index)
      },
      rowId: (index) => keyIn(segments, index, table),
      sequenceStart: () => this.sequences.get(table)?.[column] ?? 1,
    }
  }
}

function withNulls(
  valueOf: ValueOf,
  nullRate: unknown,
  { seed, table, column }: { readonly seed: number; readonly table: string; readonly column: string },
): ValueOf {
  if (typeof nullRate !== 'number' || nullRate <= 0) return valueOf
  const key = hashKey(seed, table, column, 'null')
  return (index) => (hashFraction(key, index) < nullRate ? null : valueOf(index))
}

function rowsIn(segments: readonly Segment[]): number {
  const last = segments.at(-1)
  return last === undefined ? 0 : last.firstIndex + last.rows
}

/** The key of row `index`, by binary search: there is one segment unless somebody else added rows in between. */
function keyIn(segments: readonly Segment[], index: number, table: string): number {
  let low = 0
  let high = segments.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if ((segments[middle]?.firstIndex ?? 0) <= index) low = middle
    else high = middle - 1
  }
  const segment = segments[low]
  if (segment === undefined || index >= segment.firstIndex + segment.rows) {
    throw new RangeError(`Row ${index} of ${table} has no key yet`)
  }
  return segment.firstKey + (index - segment.firstIndex)
}
