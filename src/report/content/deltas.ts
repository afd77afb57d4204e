import * as l10n from '@vscode/l10n'
import type { LatencyMetric } from '../../model/budget.ts'
import type { Comparison, Delta } from '../../model/comparison.ts'
import { formatBytes, formatCount, formatMicros, formatPercent, formatRate } from '../../model/format.ts'

export interface DeltaRow {
  readonly name: string
  readonly before: string
  readonly after: string
  /** `23× less`, `1.4× more`, `1.1× more, within noise`, `unchanged`, or empty where one side was not measured. */
  readonly change: string
  /** The change alone: `1.1× more`. */
  readonly ratio: string
  /** `better`, `worse`, `within noise`, or why that can't be told; empty where there is nothing to tell. */
  readonly judgement: string
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
  if (change === 0) return l10n.t('now none')
  if (change > 0.95 && change < 1.05) return l10n.t('unchanged')
  return change < 1 ? l10n.t('{0}× less', times(1 / change)) : l10n.t('{0}× more', times(change))
}

/** Whether at least one of the runs measured a number. */
export function isKnown({ before, after }: Delta): boolean {
  return before !== null || after !== null
}

/** A comparison's numbers as texts, in its own order; numbers that neither run measured are left out. */
export function deltaRows(comparison: Comparison): DeltaRow[] {
  return comparison.deltas.filter(isKnown).map((delta) => ({
    name: nameText(delta.name),
    before: valueText(delta, delta.before),
    after: valueText(delta, delta.after),
    change: changeText(delta),
    ratio: ratioText(delta),
    judgement: judgementText(delta),
  }))
}

/** What a comparison's numbers are called, by the names that it gives them. */
const metricNames: Readonly<Record<string, () => string>> = {
  'requests a second': () => l10n.t('requests a second'),
  errors: () => l10n.t('errors'),
  'breaking point': () => l10n.t('breaking point'),
  'rows in one answer': () => l10n.t('rows in one answer'),
  'bytes in one answer': () => l10n.t('bytes in one answer'),
}

/** `p95 at 100 users`. */
function nameText(name: string): string {
  const [metric = name, load] = name.split(' at ')
  const text = metricNames[metric]?.() ?? metric
  return load === undefined ? text : l10n.t('{0} at {1}', text, load)
}

/** A run that met its budget has no breaking point, which is no lack of a measurement. */
function valueText({ name, unit }: Delta, value: number | null): string {
  return value === null && name === 'breaking point' ? l10n.t('none found') : formats[unit](value)
}

function ratioText({ before, after, change }: Delta): string {
  return before === after ? l10n.t('unchanged') : formatChange(change)
}

function changeText(delta: Delta): string {
  const text = ratioText(delta)
  const isNoise = delta.judgement === 'within-noise' && text !== '' && text !== l10n.t('unchanged')
  return isNoise ? l10n.t('{0}, within noise', text) : text
}

function judgementText({ judgement, untold }: Delta): string {
  if (untold !== undefined) return untold
  if (judgement === 'better') return l10n.t('better')
  if (judgement === 'worse') return l10n.t('worse')
  return judgement === 'within-noise' ? l10n.t('within noise') : ''
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
  return `${l10n.t("These runs don't compare like with like.")} ${comparison.differences.join(' ')}`
}
