import { formatCount } from '../../src/model/format.ts'
import type { Range } from '../axis-view.ts'
import { type ChartModel, growsByFactors } from '../charts/chart.ts'
import { percentileName } from '../charts/words.ts'

/** Whether a place on the x axis is in the stretch that the chart shows. */
export function isShown({ range: [min, max] }: ChartModel, load: number): boolean {
  return load >= min && load <= max
}

function shownValues(chart: ChartModel): number[] {
  const isInView = chart.loads.map((load) => isShown(chart, load))
  return chart.series.flatMap(({ values }) =>
    values.flatMap((value, index) => (typeof value === 'number' && isInView[index] === true ? value : [])),
  )
}

/** The top of the y axis: over every value, and over a limit unless that would flatten the lines to nothing. */
function linearTop(chart: ChartModel): number {
  const highest = Math.max(0, ...shownValues(chart))
  const near = chart.limits
    .map((limit) => limit.value)
    .filter((limit) => highest === 0 || limit < highest * 5)
  // The names of steps stand at the top, over the highest limit's own.
  const room = chart.markers.some(({ kind }) => kind === 'step') ? 1.3 : 1.12
  return Math.max(highest, ...near) * room || 1
}

/** Powers of ten around all values, and around a limit that is not far from them. */
function logarithmicRange(chart: ChartModel): [number, number] {
  const values = [
    ...shownValues(chart),
    ...(chart.curves ?? []).flatMap(({ points }) => points.map(([, y]) => y)),
  ].filter((value) => value > 0)
  if (values.length === 0) return [1, 10]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const near = chart.limits.map(({ value }) => value).filter((value) => value > low && value < high * 30)
  return [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(Math.max(high, ...near) * 1.2))]
}

/** From where to where the y axis goes. */
export function heightRange(chart: ChartModel): [number, number] {
  return chart.isLogarithmic === true ? logarithmicRange(chart) : [0, linearTop(chart)]
}

/** The x axis with some room beside its first and last place. */
export function paddedRange(chart: ChartModel): [number, number] {
  const [min, max] = chart.range
  if (!growsByFactors(chart.loadUnit)) {
    const margin = Math.max(chart.loadUnit === 'part' ? 0.5 : 0, (max - min) * 0.02)
    return [min - margin, max + margin]
  }
  return max > min ? [min * (min / max) ** 0.04, max * (max / min) ** 0.04] : [min / 2, max * 2]
}

/** The percentiles that people know, as odds. */
const knownOdds = [1, 2, 4, 10, 20, 100, 1000, 10_000]

function candidates(chart: ChartModel): number[] {
  const [min, max]: Range = chart.range
  const all = chart.loadUnit === 'odds' ? knownOdds : [...chart.loads, min, max].filter(Number.isInteger)
  return [...new Set(all)].filter((load) => isShown(chart, load)).toSorted((one, other) => other - one)
}

/** The places to name on the x axis: as many as fit, from the right, on an axis of `width` CSS pixels. */
export function namedPlaces(chart: ChartModel, width: number): number[] {
  const [min, max] = chart.range
  const share = (load: number): number =>
    growsByFactors(chart.loadUnit) ? Math.log(load / min) / Math.log(max / min) : (load - min) / (max - min)
  const place = (load: number): number => (max > min ? share(load) * width : 0)
  const named: number[] = []
  for (const load of candidates(chart)) {
    const last = named.at(-1)
    if (last === undefined || place(last) - place(load) > nameWidth(chart, last, load)) named.push(load)
  }
  return named.toReversed()
}

/** A place as the x axis names it: rows in thousands and millions, which would else run into each other. */
export function placeName({ loadUnit }: ChartModel, load: number): string {
  if (loadUnit === 'odds') return percentileName(load)
  if (loadUnit !== 'rows' || load < 1000) return formatCount(load)
  if (load % 1e6 === 0) return `${formatCount(load / 1e6)}M`
  return load % 1000 === 0 ? `${formatCount(load / 1000)}k` : formatCount(load)
}

/** In CSS pixels, what two names need between their middles. */
function nameWidth(chart: ChartModel, one: number, other: number): number {
  const characters = (placeName(chart, one).length + placeName(chart, other).length) / 2
  return Math.max(34, characters * 6.4 + 8)
}
