import * as l10n from '@vscode/l10n'
import { formatBytes, formatMicros, formatPercent, formatRate } from '../../src/model/format.ts'
import { levelText } from '../../src/model/load-level.ts'
import { formatQueries } from '../../src/report/content/step-table.ts'
import type { AxisUnit, ChartModel, ChartUnit, Series } from './chart.ts'

const formats: Readonly<Record<ChartUnit, (value: number | null) => string>> = {
  micros: formatMicros,
  'per-second': formatRate,
  cores: formatPercent,
  bytes: formatBytes,
  queries: formatQueries,
}

/** A chart's value as people read it; null and undefined are "not measured". */
export function formatValue(unit: ChartUnit, value: number | null | undefined): string {
  return typeof value === 'number' ? formats[unit](value) : l10n.t('not measured')
}

/** A series' value at one load; what the step being measured doesn't know yet is "too few answers yet". */
export function valueText(chart: ChartModel, series: Series, index: number): string {
  const value = series.values[index]
  return value === null && chart.liveIndex === index
    ? l10n.t('too few answers yet')
    : formatValue(chart.unit, value)
}

/** What an axis counts. */
export function axisName(unit: AxisUnit): string {
  switch (unit) {
    case 'requests/s':
      return l10n.t('requests/s asked for')
    case 'part':
      return l10n.t('part of the time')
    case 'rows':
      return l10n.t('rows')
    case 'seconds':
      return l10n.t('seconds')
    case 'odds':
      return l10n.t('percentile')
    default:
      return l10n.t('virtual users')
  }
}

/** Odds of 1/(1−p) as the percentile they stand for: `p99.9` for 1,000. */
export function percentileName(odds: number): string {
  const percent = 100 * (1 - 1 / odds)
  return `p${Number(percent.toFixed(percent < 98.5 ? 0 : 2))}`
}

/** One place on a chart's x axis in words: `100 users`, `400 requests/s`, `part 3`, `12.5 s`, `p99`. */
export function placeText({ loads, loadUnit }: ChartModel, index: number): string {
  const value = loads[index]
  if (value === undefined) return ''
  if (loadUnit === 'part') return l10n.t('part {0}', value)
  if (loadUnit === 'odds') return percentileName(value)
  return loadUnit === 'seconds' ? `${Number(value.toFixed(1))} s` : levelText({ value, unit: loadUnit })
}

/** What a chart shows at one load, as a sentence: `100 users: p50 12 ms, p95 180 ms, over budget`. */
export function describePoint(chart: ChartModel, index: number): string {
  if (chart.loads[index] === undefined) return ''
  const values = chart.series
    .filter((series) => series.values[index] !== undefined)
    .map((series) => {
      const over = series.breached[index] === true ? `, ${l10n.t('over budget')}` : ''
      return `${series.label} ${valueText(chart, series, index)}${over}`
    })
  const place = placeText(chart, index)
  const said = chart.liveIndex === index ? l10n.t('{0}, being measured now', place) : place
  return `${said}: ${values.join(', ')}`
}

/** How many places a chart has along its axis, in words. */
function countText({ loads, loadUnit }: ChartModel): string {
  const { length } = loads
  switch (loadUnit) {
    case 'part':
      return length === 1 ? l10n.t('1 part') : l10n.t('{0} parts', length)
    case 'rows':
      return length === 1 ? l10n.t('1 level') : l10n.t('{0} levels', length)
    case 'seconds':
      return length === 1 ? l10n.t('1 moment') : l10n.t('{0} moments', length)
    case 'odds':
      return length === 1 ? l10n.t('1 percentile') : l10n.t('{0} percentiles', length)
    default:
      return length === 1 ? l10n.t('1 load') : l10n.t('{0} loads', length)
  }
}

/** A chart in some sentences, for its accessible name. */
export function describeChart(chart: ChartModel): string {
  const names = chart.series.map((series) => series.label).join(', ')
  const marks = chart.markers
    .filter(({ kind }) => kind !== 'step')
    .map(({ label }) => `${label} ${chart.loadUnit}`)
  const fits = (chart.curves ?? []).map(({ label }) => l10n.t('fitted: {0}', label))
  const more = [...chart.limits.map(({ label }) => label), ...marks, ...fits]
    .map((part) => `, ${part}`)
    .join('')
  const said = l10n.t('{0}: {1} at {2}', chart.title, names, countText(chart))
  const steps =
    chart.loadUnit === 'seconds' || chart.loadUnit === 'odds' ? '' : ` ${l10n.t('Enter opens the details.')}`
  return `${said}${more}. ${l10n.t('Arrow keys move along, + and − zoom.')}${steps}`
}
