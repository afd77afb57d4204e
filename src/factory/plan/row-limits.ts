import * as l10n from '@vscode/l10n'
import type { ForeignKey, Table } from '../../model/schema.ts'
import { columnOf, finiteValues, uniqueCapacity } from './column-values.ts'
import { isPair } from './pairs.ts'
import type { Counting, KeyedTable } from './counting.ts'
import { existingRowsOf, newRowsOf } from './counting.ts'
import { mayStayEmpty } from './keys.ts'
import { namesText } from '../reasons.ts'

/** How many rows a table can get at most, and what stands against more. */
export interface RowLimit {
  readonly rows: number
  readonly reason: string
}

/** The smallest of all limits that a table's keys set. */
export function rowLimit(keyed: KeyedTable, lead: ForeignKey | null, counting: Counting): RowLimit {
  const limits = [
    ...oneToOneLimits(keyed, counting),
    ...tupleLimits(keyed, lead, counting),
    ...joinLimits(keyed, counting),
    ...capacityLimits(keyed),
  ]
  return limits.reduce((least, limit) => (limit.rows < least.rows ? limit : least), {
    rows: Number.POSITIVE_INFINITY,
    reason: '',
  })
}

function oneToOneLimits({ table, strategy, sharing }: KeyedTable, counting: Counting): readonly RowLimit[] {
  return [...strategy.oneToOne].flatMap((key) =>
    mayStayEmpty(table, key, strategy, sharing.free) || key.referencedTable === table.name
      ? []
      : [
          {
            rows: counting.newRows.get(key.referencedTable) ?? unknownRows(key, counting),
            reason: l10n.t('it has one row for each new row of `{0}`', key.referencedTable),
          },
        ],
  )
}

/** A table that is filled later is counted in a second round. */
function unknownRows(key: ForeignKey, { forward }: Counting): number {
  return forward.has(key) ? Number.POSITIVE_INFINITY : 0
}

function tupleLimits(keyed: KeyedTable, lead: ForeignKey | null, counting: Counting): readonly RowLimit[] {
  const { strategy, table, sharing } = keyed
  if (strategy.tuple.length === 0) return []
  if (
    lead === null &&
    !sharing.free.some((key) => key.columns.some((name) => strategy.tuple.includes(name)))
  ) {
    const rows = strategy.tuple.reduce((all, name) => all * (finiteValues(table, name)?.length ?? 0), 1)
    return [{ rows, reason: l10n.t('{0} have only {1} combinations', namesText(strategy.tuple), rows) }]
  }
  const combinations = lead === null ? 0 : tupleCombinations(keyed, lead, counting)
  const parents = lead === null ? 0 : newRowsOf(lead, counting)
  const rows =
    lead !== null && counting.forward.has(lead) && parents === 0
      ? unknownRows(lead, counting)
      : parents * combinations
  return [
    {
      rows,
      reason: l10n.t(
        '{0} are unique together, so it needs new rows of `{1}` to refer to',
        namesText(strategy.tuple),
        lead?.referencedTable ?? table.name,
      ),
    },
  ]
}

/** How many different tuples one row of the leading table can have. */
function tupleCombinations(
  { table, strategy, sharing }: KeyedTable,
  lead: ForeignKey,
  counting: Counting,
): number {
  const references = sharing.free.filter(
    (key) => key !== lead && key.columns.some((name) => strategy.tuple.includes(name)),
  )
  const counts = references.map((key) => {
    const known =
      counting.newRows.get(key.referencedTable) ??
      (counting.forward.has(key) || key.referencedTable === table.name ? mostUnknown : 0)
    const own = key.referencedTable === lead.referencedTable ? 1 : 0
    return existingRowsOf(key, counting) + known - own
  })
  const choices = strategy.tuple
    .filter((name) => !sharing.free.some((key) => key.columns.includes(name)))
    .map((name) => finiteValues(table, name)?.length ?? 0)
  const all = [...counts, ...choices].reduce((product, count) => product * Math.max(0, count), 1)
  const isHalved = table.comparisons?.some((each) => isPair(each, table, strategy.tuple, counting.tables))
  return isHalved === true ? Math.floor(all / 2) : all
}

const mostUnknown = 1_000_000

function joinLimits({ strategy, sharing }: KeyedTable, counting: Counting): readonly RowLimit[] {
  const lead = strategy.uniqueJoin
  if (lead === null) return []
  const others = [...sharing.joined].filter(([, joined]) => joined.lead === lead).map(([key]) => key)
  const count = (key: ForeignKey) =>
    counting.newRows.get(key.referencedTable) ?? (counting.forward.has(key) ? mostUnknown : 0)
  const partners = strategy.oneToOne.has(lead)
    ? 1
    : others.reduce((all, key) => all * (count(key) + existingRowsOf(key, counting)), 1)
  return [
    {
      rows: count(lead) * partners,
      reason: l10n.t('it needs new rows of `{0}` to refer to', lead.referencedTable),
    },
  ]
}

function capacityLimits({ table, strategy }: KeyedTable): readonly RowLimit[] {
  const limits: RowLimit[] = []
  for (const name of strategy.unique) {
    const column = columnOf(table, name)
    if (column === undefined) continue
    const isNumber = column.type === 'integer' && column.allowedValues === null
    const rows = isNumber ? freeNumbers(table, name) : textCapacity(table, name)
    if (rows === Number.POSITIVE_INFINITY) continue
    const reason = isNumber
      ? l10n.t('{0} has only {1} free numbers ({2})', name, rows, column.declaredType)
      : l10n.t('{0} has only {1} different values', name, rows)
    limits.push({ rows, reason })
  }
  return limits
}

/** Numbers above those of the rows that are there, as far as the column's type goes. */
function freeNumbers(table: Table, name: string): number {
  const { min = 1, max = Number.POSITIVE_INFINITY } = columnOf(table, name)?.range ?? {}
  return Math.max(0, max - Math.max(0, min - 1) - table.rowCount)
}

function textCapacity(table: Table, name: string): number {
  const column = columnOf(table, name)
  const allowed = column?.allowedValues?.length
  return allowed ?? uniqueCapacity(table, name)
}
