import uPlot from 'uplot'
import { formatCount } from '../../src/model/format.ts'
import type { ChartModel } from '../charts/chart.ts'
import { formatValue } from '../charts/words.ts'
import { drawOver, drawUnder } from './marks.ts'
import { type CanvasTheme, onThemeChange, readTheme } from './theme.ts'

/** A drawn chart. */
export interface Plot {
  update(chart: ChartModel): void
  /** Puts the cursor, here and on every other plot of the page, on an entry of the chart's `users`. */
  point(index: number): void
}

/** The top of the y axis: over every value, and over a limit unless that would flatten the lines to nothing. */
function linearTop(chart: ChartModel): number {
  const highest = Math.max(
    0,
    ...chart.series.flatMap((series) => series.values.filter((value) => typeof value === 'number')),
  )
  const near = chart.limits
    .map((limit) => limit.value)
    .filter((limit) => highest === 0 || limit < highest * 5)
  return Math.max(highest, ...near) * 1.12 || 1
}

/** Powers of ten around all values, and around a limit that is not far from them. */
function logarithmicRange(chart: ChartModel): [number, number] {
  const values = [
    ...chart.series.flatMap((series) => series.values.filter((value) => typeof value === 'number')),
    ...(chart.curves ?? []).flatMap(({ points }) => points.map(([, y]) => y)),
  ].filter((value) => value > 0)
  if (values.length === 0) return [1, 10]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const near = chart.limits.map(({ value }) => value).filter((value) => value > low && value < high * 30)
  return [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(Math.max(high, ...near) * 1.2))]
}

function rangeOf(chart: ChartModel): [number, number] {
  return chart.isLogarithmic === true ? logarithmicRange(chart) : [0, linearTop(chart)]
}

/** Loads grow by factors, parts one by one. */
function isLogarithmic(chart: ChartModel): boolean {
  return chart.loadUnit !== 'part'
}

/** The loads to name on the x axis: as many as fit, from the right, on an axis of `width` CSS pixels. */
function namedLoads(chart: ChartModel, width: number): number[] {
  const [min, max] = chart.range
  const loads = [...new Set([...chart.loads, min, max])].toSorted((one, other) => other - one)
  const share = (load: number): number =>
    isLogarithmic(chart) ? Math.log(load / min) / Math.log(max / min) : (load - min) / (max - min)
  const place = (load: number): number => (max > min ? share(load) * width : 0)
  const named: number[] = []
  for (const users of loads) {
    const last = named.at(-1)
    if (last === undefined || place(last) - place(users) > nameWidth(chart, last, users)) named.push(users)
  }
  return named.toReversed()
}

/** A load as the x axis names it: rows in thousands and millions, which would else run into each other. */
function loadName({ loadUnit }: ChartModel, load: number): string {
  if (loadUnit !== 'rows' || load < 1000) return formatCount(load)
  if (load % 1e6 === 0) return `${formatCount(load / 1e6)}M`
  return load % 1000 === 0 ? `${formatCount(load / 1000)}k` : formatCount(load)
}

/** In CSS pixels, what two names need between their middles. */
function nameWidth(chart: ChartModel, one: number, other: number): number {
  const characters = (loadName(chart, one).length + loadName(chart, other).length) / 2
  return Math.max(34, characters * 6.4 + 8)
}

/** In CSS pixels: a lower chart leaves its x axis to the chart above it, which names it. */
const heightForNames = 200

const axisNames: Readonly<Record<ChartModel['loadUnit'], string>> = {
  users: 'virtual users',
  'requests/s': 'requests/s asked for',
  part: 'part of the time',
  rows: 'rows',
}

/** In CSS pixels: charts this wide share the margins left and right, so that the same load stands at the same place in each. */
const alignedFromWidth = 480

function structureOf(chart: ChartModel): string {
  const lines = chart.series.map(({ id, pointsOnly = false }) => `${id}${pointsOnly ? '-points' : ''}`)
  return [chart.loadUnit, chart.loadName ?? '', ...lines].join(' ')
}

function padded(chart: ChartModel): [number, number] {
  const [min, max] = chart.range
  if (!isLogarithmic(chart)) {
    const margin = Math.max(0.5, (max - min) * 0.04)
    return [min - margin, max + margin]
  }
  return max > min ? [min * (min / max) ** 0.04, max * (max / min) ** 0.04] : [min / 2, max * 2]
}

function optionsFor(
  current: () => ChartModel,
  theme: CanvasTheme,
  size: { width: number; height: number },
  onPoint: (index: number | null) => void,
): uPlot.Options {
  const chart = current()
  const labelled = [...chart.series.filter(({ pointsOnly }) => pointsOnly !== true), ...(chart.curves ?? [])]
  const longest = Math.max(0, ...labelled.map(({ label }) => label.length))
  const aligned = size.width >= alignedFromWidth
  const axis = {
    stroke: theme.muted,
    font: `11px ${theme.fontFamily}`,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { show: false },
  }
  return {
    ...size,
    padding: [8, aligned ? 84 : longest * 6.2 + 14, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: false, y: false },
      sync: { key: 'load', setSeries: false },
    },
    scales: {
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot declares a const enum, which no bundler can read
      x: { time: false, distr: isLogarithmic(chart) ? 3 : 1, range: () => padded(current()) },
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- as above
      y: { distr: chart.isLogarithmic === true ? 3 : 1, range: () => rangeOf(current()) },
    },
    axes: [
      {
        ...axis,
        size: 28,
        gap: 8,
        ...(size.height < heightForNames
          ? {}
          : { label: chart.loadName ?? axisNames[chart.loadUnit], labelSize: 16, labelFont: axis.font }),
        splits: (plot) => namedLoads(current(), plot.width - 120),
        filter: (_plot, splits) => splits,
        values: (_plot, splits) => splits.map((load) => loadName(current(), load)),
      },
      {
        ...axis,
        gap: 4,
        space: 36,
        size: (_plot, values) =>
          aligned ? 66 : 14 + 6.4 * Math.max(4, ...(values ?? []).map((value) => value.length)),
        values: (_plot, splits) =>
          // A logarithmic axis leaves out names between the powers of ten.
          splits.map((value: number | null) =>
            value === null
              ? ''
              : value === 0
                ? '0'
                : formatValue(current().unit, value).replace(' requests', ''),
          ),
      },
    ],
    series: [
      {},
      ...chart.series.map((series) => ({
        stroke: theme.series[series.colour],
        width: series.emphasised ? 2.5 : 1.5,
        points: { show: false },
        ...(series.pointsOnly === true ? { paths: () => null } : {}),
        ...(series.dashed ? { dash: [6, 4] } : {}),
      })),
    ],
    hooks: {
      drawAxes: [(plot) => drawUnder(plot, current(), theme)],
      draw: [(plot) => drawOver(plot, current(), theme)],
      setCursor: [
        (plot) =>
          onPoint(plot.cursor.left === undefined || plot.cursor.left < 0 ? null : (plot.cursor.idx ?? null)),
      ],
    },
  }
}

function dataOf(chart: ChartModel): uPlot.AlignedData {
  return [[...chart.loads], ...chart.series.map((series) => [...series.values])]
}

/**
 * Draws a chart into `host` and keeps it as wide as the host is. `onPoint` is told which entry of the chart's `users`
 * the shared cursor is on, null when it is on none.
 */
export function createPlot(
  host: HTMLElement,
  height: number,
  first: ChartModel,
  onPoint: (index: number | null) => void,
): Plot {
  let chart = first
  let drawn: uPlot | null = null
  const build = (): void => {
    drawn?.destroy()
    const size = { width: Math.max(120, host.clientWidth), height }
    drawn = new uPlot(
      optionsFor(() => chart, readTheme(), size, onPoint),
      dataOf(chart),
      host,
    )
  }
  build()
  onThemeChange(build)
  new ResizeObserver(() => {
    if (drawn !== null && host.clientWidth > 0 && host.clientWidth !== drawn.width)
      drawn.setSize({ width: Math.max(120, host.clientWidth), height })
  }).observe(host)
  return {
    update(next) {
      const sameStructure = structureOf(next) === structureOf(chart)
      chart = next
      if (!sameStructure) return build()
      drawn?.setData(dataOf(chart))
      // Otherwise the x axis names the new load only when the y axis changes as well.
      drawn?.redraw(false, true)
    },
    point(index) {
      const users = chart.loads[index]
      if (drawn === null || users === undefined) return
      drawn.setCursor({ left: drawn.valToPos(users, 'x'), top: drawn.height / 3 })
    },
  }
}
