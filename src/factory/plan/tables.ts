import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import type { ForeignKey, Table } from '../../model/schema.ts'
import type { TablePlan } from '../../model/seed-plan.ts'
import { planColumns } from './columns.ts'
import type { Wishes } from './counting.ts'
import type { Draft } from './draft.ts'
import { draftTable } from './draft.ts'
import { hottestText } from './hottest.ts'
import { insertionOrder } from './order.ts'
import { comparedReferences } from './pairs.ts'
import { roughBytes } from './rough-size.ts'
import type { RowCount } from './rows.ts'
import { countRows, kindsOf } from './rows.ts'
import type { TableRule } from './rules.ts'
import { withinRun } from './run-keys.ts'
import type { ColumnPlace } from './value-circles.ts'
import { dispensableKey, valueCircle } from './value-circles.ts'
import { scales } from './table-kinds.ts'
import { afterParents } from './time-order.ts'

export interface TablesOrder {
  readonly tables: ReadonlyMap<string, Table>
  /** Tables that may get rows. */
  readonly candidates: readonly Table[]
  readonly wishes: Wishes
  readonly rules: Readonly<Record<string, TableRule>>
  readonly seed: number
  /** Null where that isn't known. */
  readonly freeBytes: number | null
}

export interface PlannedTables {
  /** In insertion order. */
  readonly plans: readonly TablePlan[]
  /** Tables that get no rows, with the reason. */
  readonly leftOut: readonly (readonly [table: string, obstacle: string])[]
  readonly warnings: readonly string[]
}

/** At most this share of the free space is taken by tables that nobody asked for. */
const shareOfFree = 0.5
/** They have this share even where what was asked for takes more. */
const leastShare = 0.1
const mostRounds = 12

/** Plans all tables that can be: what one of them lacks, those that need it lack too. */
export function planTables(order: TablesOrder): PlannedTables {
  const filled = new Set(
    order.candidates.filter(({ name }) => !isZero(name, order.wishes)).map(({ name }) => name),
  )
  const leftOut: (readonly [string, string])[] = []
  const following = new Set<ForeignKey>()
  for (;;) {
    const attempt = attemptPlan(order, filled, following)
    const dispensable =
      attempt.circle === null ? null : dispensableKey(attempt.circle, order.tables, following)
    if (dispensable !== null) {
      following.add(dispensable)
      continue
    }
    if (attempt.dropped.size === 0) {
      return { plans: attempt.plans, leftOut: leftOut.toSorted(byName), warnings: attempt.warnings }
    }
    for (const [name, obstacle] of attempt.dropped) {
      filled.delete(name)
      leftOut.push([name, obstacle])
    }
  }
}

function isZero(name: string, { rows, per }: Wishes): boolean {
  return rows[name] === 0 || per[name] === 0
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1
}

interface Attempt {
  readonly plans: readonly TablePlan[]
  readonly dropped: ReadonlyMap<string, string>
  /** Columns that hold each other's values, because of which a table is dropped. */
  readonly circle: readonly ColumnPlace[] | null
  readonly warnings: readonly string[]
}

function attemptPlan(
  order: TablesOrder,
  filled: ReadonlySet<string>,
  following: ReadonlySet<ForeignKey>,
): Attempt {
  const dropped = new Map<string, string>()
  const drafts = new Map<string, Draft>()
  for (const table of order.candidates.filter(({ name }) => filled.has(name))) {
    const draft = draftTable(table, { tables: order.tables, filled, rules: order.rules, following })
    if ('obstacle' in draft) dropped.set(table.name, draft.obstacle)
    else drafts.set(table.name, draft)
  }
  if (dropped.size > 0) return { plans: [], dropped, circle: null, warnings: [] }
  return planDrafts(order, drafts)
}

function planDrafts(order: TablesOrder, drafts: ReadonlyMap<string, Draft>): Attempt {
  const shaped = [...drafts.values()].map(({ table, empty, sharing }) => ({
    ...table,
    foreignKeys: table.foreignKeys.filter((key) => !empty.has(key) && !sharing.empty.has(key)),
  }))
  const { tables, forward } = insertionOrder(shaped)
  const ordered = tables.flatMap(({ name }) => drafts.get(name) ?? [])
  const { counts, counting } = countWithinReason(order, ordered, forward)
  const dropped = new Map<string, string>()
  const warnings: string[] = []
  const plans: TablePlan[] = []
  for (const draft of ordered) {
    const { name } = draft.table
    const count = counts.get(name)
    if (count === undefined) continue
    const columns = planColumns({ ...draft, count, counting, rules: order.rules[name]?.columns })
    if (count.rows === 0) dropped.set(name, l10n.t('it gets no rows: {0}', count.reason))
    else if ('obstacle' in columns) dropped.set(name, columns.obstacle)
    else {
      warnings.push(...columns.warnings)
      const reason = hottestText(draft.table.name, count, counting, order.seed)
      plans.push({ table: draft.table, rows: count.rows, reason, columns: columns.columns })
    }
  }
  const circle = dropped.size === 0 ? valueCircle(plans) : null
  const [first] = circle ?? []
  if (circle !== null && first !== undefined) {
    const path = [...circle, first].map(({ table, column }) => `${table}.${column}`)
    dropped.set(first.table, l10n.t("{0} hold each other's values", path.join(' → ')))
  }
  return {
    plans: afterParents(
      withinRun(plans).map((plan) => comparedReferences(plan, order.tables)),
      forward,
    ),
    dropped,
    circle,
    warnings,
  }
}

interface Counted {
  readonly counts: ReadonlyMap<string, RowCount>
  readonly counting: Parameters<typeof countRows>[1]
}

/** Lowers the usual numbers until all that nobody asked for is no more than its scale and the free space allow. */
function countWithinReason(
  order: TablesOrder,
  drafts: readonly Draft[],
  forward: ReadonlySet<ForeignKey>,
): Counted {
  let thrift = 1
  for (;;) {
    const counted = countAll(order, drafts, forward, thrift)
    const usual = drafts.filter(
      ({ table: { name } }) => order.wishes.rows[name] === undefined && order.wishes.per[name] === undefined,
    )
    const rowsOf = ({ table }: Draft) => counted.counts.get(table.name)?.rows ?? 0
    const rows = usual.reduce((sum, draft) => sum + rowsOf(draft), 0)
    const bytesOf = (some: readonly Draft[]) =>
      some.reduce((sum, draft) => sum + rowsOf(draft) * roughBytes(draft.table), 0)
    const free = order.freeBytes ?? Number.POSITIVE_INFINITY
    const asked = bytesOf(drafts) - bytesOf(usual)
    const fits = bytesOf(usual) <= Math.max(free * shareOfFree - asked, free * leastShare)
    if ((fits && rows <= scales[order.wishes.scale].total) || thrift < 0.002) return counted
    thrift /= 1.5
  }
}

/** Counts table by table; where tables refer to each other, again until nothing changes. */
function countAll(
  { wishes, tables }: TablesOrder,
  drafts: readonly Draft[],
  forward: ReadonlySet<ForeignKey>,
  thrift: number,
): Counted {
  const newRows = new Map<string, number>()
  const counts = new Map<string, RowCount>()
  const counting = { ...wishes, tables, kinds: kindsOf(drafts, forward), newRows, forward, thrift }
  for (let round = 0; round < mostRounds; round++) {
    let changed = false
    for (const draft of drafts) {
      const { name } = draft.table
      const count = countRows(draft, counting)
      changed ||= newRows.get(name) !== count.rows
      newRows.set(name, count.rows)
      counts.set(name, count)
    }
    if (!changed || forward.size === 0) return { counts, counting }
  }
  const names = drafts.map(({ table }) => table.name).join(', ')
  throw new Failure(
    'HR_SEED_ROWS',
    l10n.t('The numbers of rows of {0} depend on each other. Say --rows for one.', names),
  )
}
