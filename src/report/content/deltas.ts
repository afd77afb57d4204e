import type { LatencyMetric } from '../../model/budget.ts'
import type { Comparison, Delta } from '../../model/comparison.ts'
import { formatBytes, formatCount, formatMicros, formatPercent, formatRate } from '../../model/format.ts'

export interface DeltaRow {
  readonly name: string
  readonly before: string
  readonly after: string
  /** `23× less`, `1.4× more`, `1.1× more, within noise`, `unchanged`, or empty where one side was not measured. */
  readonly change: string
}

const formats: Readonly<Record<Delta['unit'], (value: number | null) => string>> = {
  micros: formatMicros,
  'per-second': formatRate,
  fraction: formatPercent,
  bytes: formatBytes,
  users: formatCount,
  rows: formatCount,
}

function times(factor: number): string {
  return factor < 10 ? String(Number(factor.toFixed(1))) : formatCount(Math.round(factor))
}

/** A ratio after ÷ before in words: `23× less`, `1.4× more`; within 5 % it is `unchanged`. Empty for null. */
export function formatChange(change: number | null): string {
  if (change === null || !Number.isFinite(change)) return ''
  if (change === 0) return 'now none'
  if (change > 0.95 && change < 1.05) return 'unchanged'
  return change < 1 ? `${times(1 / change)}× less` : `${times(change)}× more`
}

/** A comparison's numbers as texts, in its own order; numbers that neither run measured are left out. */
export function deltaRows(comparison: Comparison): DeltaRow[] {
  return comparison.deltas
    .filter((delta) => delta.before !== null || delta.after !== null)
    .map((delta) => ({
      name: delta.name,
      before: valueText(delta, delta.before),
      after: valueText(delta, delta.after),
      change: changeText(delta),
    }))
}

/** A run that met its budget has no breaking point, which is no lack of a measurement. */
function valueText({ name, unit }: Delta, value: number | null): string {
  return value === null && name === 'breaking point' ? 'none found' : formats[unit](value)
}

function changeText({ before, after, change, judgement }: Delta): string {
  if (before === after) return 'unchanged'
  const text = formatChange(change)
  const isNoise = judgement === 'within-noise' && text !== '' && text !== 'unchanged'
  return isNoise ? `${text}, within noise` : text
}

/** The row that says most about the change: the one about the percentile that the budget names. Null where there is none. */
export function headlineRow(comparison: Comparison, metric: LatencyMetric): DeltaRow | null {
  const rows = deltaRows(comparison)
  return rows.find((row) => row.name === metric || row.name.startsWith(`${metric} `)) ?? rows[0] ?? null
}

/** One row as a line: `p95 4.1 s → 180 ms (23× less)`. */
export function deltaLine(row: DeltaRow): string {
  const change = row.change === '' ? '' : ` (${row.change})`
  return `${row.name} ${row.before} → ${row.after}${change}`
}

/** Why the two runs don't compare like with like, in sentences; empty where they do. */
export function caveat(comparison: Comparison): string {
  if (comparison.comparable) return ''
  return `These runs don't compare like with like. ${comparison.differences.join(' ')}`
}
