import * as l10n from '@vscode/l10n'
import { formatCount, formatMicros } from '../../model/format.ts'
import type { Growth, GrowthClass, GrowthMetric, Volume } from '../../model/volume.ts'
import { formatQueries } from './step-table.ts'

/** `p95`, or `The number of queries a request` where it begins a sentence. */
function metricName(metric: GrowthMetric, begins: boolean): string {
  if (metric !== 'queries') return metric
  return begins ? l10n.t('The number of queries a request') : l10n.t('the number of queries a request')
}

/** The class of growth as a clause after what grows. */
function growthClause(name: GrowthClass): string {
  const clauses: Readonly<Record<GrowthClass, () => string>> = {
    constant: () => l10n.t('does not grow'),
    logarithmic: () => l10n.t('grows logarithmically'),
    linear: () => l10n.t('grows linearly'),
    quadratic: () => l10n.t('grows quadratically'),
  }
  return clauses[name]()
}

/** A metric's value as people read it: `190 ms`, `501 queries`. */
export function formatGrown(metric: GrowthMetric, value: number): string {
  return metric === 'queries' ? formatQueries(value) : formatMicros(value)
}

/** R² with as many digits as tell it from 1: `0.998`. Never 1, which no measurement is. */
export function formatR2(r2: number): string {
  return r2 > 0.9994 ? l10n.t('over 0.999') : r2.toFixed(3)
}

/**
 * How one number grows, in a sentence or two: `p95 grows linearly with the rows of activities: 2.1 ms at 1,000, 190 ms at
 * 100,000 (R² 0.998). At 1,000,000 rows it would take about 1.9 s.`
 */
export function growthSentence(growth: Growth, table: string): string {
  const { metric, points, unclear } = growth
  const [first, last] = [points[0], points.at(-1)]
  if (growth.class === null || first === undefined || last === undefined) {
    const how = l10n.t('How {0} grows with the rows of {1} is not clear', metricName(metric, false), table)
    return unclear === null ? `${how}.` : `${how}: ${unclear}.`
  }
  const at = ({ value, rows }: typeof first): string =>
    l10n.t('{0} at {1}', formatGrown(metric, value), formatCount(rows))
  const [name, clause] = [metricName(metric, true), growthClause(growth.class)]
  const said = l10n.t('{0} {1} with the rows of {2}: {3}, {4}', name, clause, table, at(first), at(last))
  const sure = growth.r2 === null ? '' : ` (R² ${formatR2(growth.r2)})`
  return [`${said}${sure}.`, ...beyondSentences(growth)].join(' ')
}

/** What the fit leaves open, and what it foretells. */
function beyondSentences({ metric, beyond, budget, alsoPossible }: Growth): string[] {
  const sentences: string[] = []
  if (alsoPossible.length > 0) {
    const others = capitalized(alsoPossible.join(l10n.t(' or ')))
    sentences.push(l10n.t('{0} growth would explain it as well: more levels would tell.', others))
  }
  if (beyond !== null) {
    const [rows, value] = [formatCount(beyond.rows), formatGrown(metric, beyond.value)]
    sentences.push(
      metric === 'queries'
        ? l10n.t('At {0} rows it would be about {1}.', rows, value)
        : l10n.t('At {0} rows it would take about {1}.', rows, value),
    )
  }
  if (budget !== null) {
    const rows = formatCount(budget.rows)
    sentences.push(l10n.t('The budget {0} would break at about {1} rows.', budget.threshold, rows))
  }
  return sentences
}

/** Everything a volume sweep found, in sentences. */
export function growthSentences(volume: Volume): string[] {
  const { table, growth, ended, rowsLeft } = volume
  const left = l10n.t(
    '{0} added rows are still there. `headroom seed --undo` takes them away.',
    formatCount(rowsLeft),
  )
  return [
    ...growth.map((each) => growthSentence(each, table)),
    ...leftOut(volume),
    ...(ended === null ? [] : [ended]),
    ...(rowsLeft === 0 ? [] : [left]),
  ]
}

function leftOut({ measured, growth }: Volume): string[] {
  const fitted = growth.find(({ metric }) => metric === 'p50')?.points.map(({ rows }) => rows)
  if (fitted === undefined) return []
  const rows = measured
    .filter((level) => !fitted.includes(level.rows))
    .map((level) => formatCount(level.rows))
  if (rows.length === 0) return []
  return [l10n.t('Left out of the fit: {0} rows, where answers were missing or failed.', rows.join(', '))]
}

/** What the growth is called in a heading. */
export function growthTitle({ table }: Pick<Volume, 'table'>): string {
  return l10n.t('Growth with the rows of {0}', table)
}

function capitalized(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
}
