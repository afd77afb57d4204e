import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { SeedPlan, TablePlan } from '../model/seed-plan.ts'
import type { ChunkColumn, LedgerTable, Segment } from './databases/database.ts'
import { type ExistingKeys, referenceName } from './existing-keys.ts'
import { generatorOf } from './generators/index.ts'
import type { ValueContext, ValueOf } from './generators/generator.ts'
import { nullRows } from './generators/null-rows.ts'

/** What of a ledger values depend on: the keys that are set aside, and where numbered columns begin. */
export type ReservedTable = Pick<LedgerTable, 'table' | 'reserved' | 'sequenceStarts'>

/** All values of a run: pure functions of the row's index. */
export class RowValues {
  private readonly plan: SeedPlan
  private readonly existing: ExistingKeys
  private readonly plans: ReadonlyMap<string, TablePlan>
  private readonly reserved: ReadonlyMap<string, ReservedTable>
  private readonly compiled = new Map<string, ValueOf>()

  /** `reserved`: the ledger's tables after the run was begun; the run's own rows are each table's last segment. */
  constructor(plan: SeedPlan, reserved: readonly ReservedTable[], existing: ExistingKeys) {
    this.plan = plan
    this.existing = existing
    this.plans = new Map(plan.tables.map((table) => [table.table.name, table]))
    this.reserved = new Map(reserved.map((table) => [table.table, table]))
  }

  /** What the run sets out to make in a table of its plan. */
  segmentOf(table: string): Segment {
    const segment = this.plans.has(table) ? this.reserved.get(table)?.reserved.at(-1) : undefined
    return segment ?? { firstIndex: 0, rows: 0, firstKey: 1 }
  }

  /** The columns that are written, each with its value by row index. Throws `HR_SEED_PLAN` for an unknown generator. */
  columnsOf(table: string): readonly ChunkColumn[] {
    const plan = this.plans.get(table)
    return (plan?.table.columns ?? []).flatMap((column) =>
      plan?.columns.some((candidate) => candidate.column === column.name)
        ? [{ column, valueOf: this.valueOf(table, column.name) }]
        : [],
    )
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
        l10n.t(
          'The plan has no values for {0}.{1}. Plan again with this version of Headroom.',
          table,
          column,
        ),
      )
    }
    const context = this.contextOf(table, column)
    const value = withNulls(generator.compile(plan.options, context), nullRows(plan.options, context))
    this.compiled.set(name, value)
    return value
  }

  private contextOf(table: string, column: string): ValueContext {
    const { reserved = [], sequenceStarts = {} } = this.reserved.get(table) ?? {}
    return {
      seed: this.plan.seed,
      table,
      column,
      startOf: (name) => this.segmentOf(name).firstIndex,
      rowsOf: (name) => this.plans.get(name)?.rows ?? 0,
      existingKeys: (name, columns) => this.existing.get(referenceName(name, columns)) ?? [],
      seededValue: (name, referenced) => {
        // Compiled at the first row: a table that refers to itself would otherwise compile itself for ever.
        let value: ValueOf | undefined
        return (index) => (value ??= this.valueOf(name, referenced))(index)
      },
      rowId: rowIds(reserved, table),
      sequenceStart: () => sequenceStarts[column] ?? 1,
    }
  }
}

function withNulls(valueOf: ValueOf, isNull: ((index: number) => boolean) | null): ValueOf {
  return isNull === null ? valueOf : (index) => (isNull(index) ? null : valueOf(index))
}

/** Keys by row index. Nearly all rows that are asked for are in the youngest segment. */
function rowIds(segments: readonly Segment[], table: string): (index: number) => number {
  const last = segments.at(-1)
  if (last === undefined) return (index) => keyIn(segments, index, table)
  const { firstIndex, firstKey, rows } = last
  return (index) =>
    index >= firstIndex && index < firstIndex + rows
      ? firstKey + (index - firstIndex)
      : keyIn(segments, index, table)
}

/** The key of row `index`, by binary search. */
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
