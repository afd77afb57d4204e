import { formatBytes, formatMicros, formatPercent, formatRate } from '../../src/model/format.ts'
import { levelText } from '../../src/model/load-level.ts'
import { formatQueries } from '../../src/report/content/step-table.ts'
import type { ChartModel, ChartUnit, Series } from './chart.ts'

const formats: Readonly<Record<ChartUnit, (value: number | null) => string>> = {
  micros: formatMicros,
  'per-second': formatRate,
  cores: formatPercent,
  bytes: formatBytes,
  queries: formatQueries,
}

/** A chart's value as people read it; null and undefined are "not measured". */
export function formatValue(unit: ChartUnit, value: number | null | undefined): string {
  return formats[unit](value ?? null)
}

/** A series' value at one load; what the step being measured doesn't know yet is "too few answers yet". */
export function valueText(chart: ChartModel, series: Series, index: number): string {
  const value = series.values[index]
  return value === null && chart.liveIndex === index ? 'too few answers yet' : formatValue(chart.unit, value)
}

/** One place on a chart's x axis in words: `100 users`, `400 requests/s`, `part 3`. */
export function placeText({ loads, loadUnit }: ChartModel, index: number): string {
  const value = loads[index]
  if (value === undefined) return ''
  return loadUnit === 'part' ? `part ${value}` : levelText({ value, unit: loadUnit })
}

/** What a chart shows at one load, as a sentence: `100 users: p50 12 ms, p95 180 ms, over budget`. */
export function describePoint(chart: ChartModel, index: number): string {
  if (chart.loads[index] === undefined) return ''
  const values = chart.series
    .filter((series) => series.values[index] !== undefined)
    .map((series) => {
      const over = series.breached[index] === true ? ', over budget' : ''
      return `${series.label} ${valueText(chart, series, index)}${over}`
    })
  const live = chart.liveIndex === index ? ', being measured now' : ''
  return `${placeText(chart, index)}${live}: ${values.join(', ')}`
}

/** A chart in one sentence, for its accessible name. */
export function describeChart(chart: ChartModel): string {
  const names = chart.series.map((series) => series.label).join(', ')
  const limits = chart.limits.map((limit) => `, ${limit.label}`).join('')
  const marks = chart.markers.map((marker) => `, ${marker.label} ${chart.loadUnit}`).join('')
  const places = chart.loadUnit === 'part' ? 'part' : chart.loadUnit === 'rows' ? 'level' : 'load'
  const fits = (chart.curves ?? []).map(({ label }) => `, fitted: ${label}`).join('')
  const count = `${chart.loads.length} ${places}${chart.loads.length === 1 ? '' : 's'}`
  return `${chart.title}: ${names} at ${count}${limits}${marks}${fits}. Arrow keys move along the ${places}s.`
}
