import { formatCount, formatMicros } from '../../model/format.ts'
import { growthWords, type Growth, type GrowthMetric, type Volume } from '../../model/volume.ts'
import { formatQueries } from './step-table.ts'

const names: Readonly<Record<GrowthMetric, string>> = {
  p50: 'p50',
  p95: 'p95',
  queries: 'The number of queries a request',
}

/** A metric's value as people read it: `190 ms`, `501 queries`. */
export function formatGrown(metric: GrowthMetric, value: number): string {
  return metric === 'queries' ? formatQueries(value) : formatMicros(value)
}

/** R² with as many digits as tell it from 1: `0.998`. Never 1, which no measurement is. */
export function formatR2(r2: number): string {
  return r2 > 0.9994 ? 'over 0.999' : r2.toFixed(3)
}

/**
 * How one number grows, in a sentence or two: `p95 grows linearly with the rows of activities: 2.1 ms at 1,000, 190 ms at
 * 100,000 (R² 0.998). At 1,000,000 rows it would take about 1.9 s.`
 */
export function growthSentence(growth: Growth, table: string): string {
  const { metric, points, unclear, r2, beyond, budget, alsoPossible } = growth
  const [first, last] = [points[0], points.at(-1)]
  const name = names[metric]
  if (growth.class === null || first === undefined || last === undefined) {
    const why = unclear === null ? '' : `: ${unclear}`
    return `How ${lowered(name)} grows with the rows of ${table} is not clear${why}.`
  }
  const from = `${formatGrown(metric, first.value)} at ${formatCount(first.rows)}`
  const to = `${formatGrown(metric, last.value)} at ${formatCount(last.rows)}`
  const sure = r2 === null ? '' : ` (R² ${formatR2(r2)})`
  const doubt =
    alsoPossible.length === 0
      ? ''
      : ` ${capitalized(alsoPossible.join(' or '))} growth would explain it as well: more levels would tell.`
  return [
    `${name} ${growthWords(growth.class)} with the rows of ${table}: ${from}, ${to}${sure}.${doubt}`,
    beyond === null
      ? ''
      : ` At ${formatCount(beyond.rows)} rows it would ${metric === 'queries' ? 'be' : 'take'} about ${formatGrown(metric, beyond.value)}.`,
    budget === null
      ? ''
      : ` The budget ${budget.threshold} would break at about ${formatCount(budget.rows)} rows.`,
  ].join('')
}

/** Everything a volume sweep found, in sentences. */
export function growthSentences(volume: Volume): string[] {
  const { table, growth, ended, rowsLeft } = volume
  const left =
    rowsLeft === 0
      ? []
      : [`${formatCount(rowsLeft)} added rows are still there. \`headroom seed --undo\` takes them away.`]
  return [
    ...growth.map((each) => growthSentence(each, table)),
    ...leftOut(volume),
    ...(ended === null ? [] : [ended]),
    ...left,
  ]
}

function leftOut({ measured, growth }: Volume): string[] {
  const fitted = growth.find(({ metric }) => metric === 'p50')?.points.map(({ rows }) => rows)
  if (fitted === undefined) return []
  const rows = measured
    .filter((level) => !fitted.includes(level.rows))
    .map((level) => formatCount(level.rows))
  if (rows.length === 0) return []
  return [`Left out of the fit: ${rows.join(', ')} rows, where answers were missing or failed.`]
}

/** What the growth is called in a heading. */
export function growthTitle({ table }: Pick<Volume, 'table'>): string {
  return `Growth with the rows of ${table}`
}

function lowered(text: string): string {
  return text.startsWith('The ') ? `t${text.slice(1)}` : text
}

function capitalized(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
}
