import uPlot from 'uplot'
import type { AxisView } from '../axis-view.ts'
import { type ChartModel, growsByFactors } from '../charts/chart.ts'
import { formatRateFigure } from '../../src/model/format.ts'
import { axisName, formatValue } from '../charts/words.ts'
import { heightRange, isShown, namedPlaces, paddedRange, placeName } from './axes.ts'
import { drawOver, drawUnder } from './marks.ts'
import { type CanvasTheme, onThemeChange, readTheme } from './theme.ts'

/** A drawn chart. */
export interface Plot {
  update(chart: ChartModel): void
  /** Puts the cursor, here and on every other plot of the same axis, on an entry of the chart's `loads`. */
  point(index: number): void
}

/** What a plot tells of the pointer. */
export interface PlotEvents {
  /** Which entry of the chart's `loads` the shared cursor is on, null when it is on none. */
  readonly onPoint: (index: number | null) => void
  /** An entry was clicked. */
  readonly onPick: (index: number) => void
}

/** In CSS pixels: a lower chart leaves its x axis to the chart above it, which names it. */
const heightForNames = 200

/** In CSS pixels: charts this wide share the margins left and right, so that the same load stands at the same place in each. */
const alignedFromWidth = 480

function structureOf(chart: ChartModel): string {
  const lines = chart.series.map(
    ({ id, label, pointsOnly = false }) => `${id} ${label}${pointsOnly ? '-points' : ''}`,
  )
  return [chart.loadUnit, chart.loadName ?? '', ...lines].join(' ')
}

/** What is drawn, as it is now. */
interface Drawing {
  readonly current: () => ChartModel
  readonly theme: CanvasTheme
  readonly size: { readonly width: number; readonly height: number }
  readonly view: AxisView
  readonly events: PlotEvents
}

function axesOf({ current, theme, size }: Drawing): uPlot.Axis[] {
  const chart = current()
  const axis = {
    stroke: theme.muted,
    font: `11px ${theme.fontFamily}`,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { show: false },
  }
  const named: uPlot.Axis =
    chart.loadUnit === 'seconds'
      ? { values: (_plot, splits) => splits.map((load) => placeName(current(), load)) }
      : {
          splits: (plot) => namedPlaces(current(), plot.width - 120),
          filter: (_plot, splits) => splits,
          values: (_plot, splits) => splits.map((load) => placeName(current(), load)),
        }
  const title = { label: chart.loadName ?? axisName(chart.loadUnit), labelSize: 16, labelFont: axis.font }
  return [
    { ...axis, size: 28, gap: 8, ...(size.height < heightForNames ? {} : title), ...named },
    {
      ...axis,
      gap: 4,
      space: 36,
      size: (_plot, values) =>
        size.width >= alignedFromWidth
          ? 66
          : 14 + 6.4 * Math.max(4, ...(values ?? []).map((value) => value.length)),
      // A logarithmic axis leaves out names between the powers of ten.
      values: (_plot, splits) => splits.map((value: number | null) => valueName(current(), value)),
    },
  ]
}

function valueName({ unit }: ChartModel, value: number | null): string {
  if (value === null) return ''
  if (value === 0) return '0'
  return unit === 'per-second' ? `${formatRateFigure(value)}/s` : formatValue(unit, value)
}

/** The pointer's line stops at measured places only, as the arrow keys do. */
function snapped(plot: uPlot, left: number, top: number): uPlot.Cursor.LeftTop {
  const place = left < 0 ? undefined : plot.data[0][plot.posToIdx(left)]
  return [place === undefined ? left : plot.valToPos(place, 'x'), top]
}

/** Plots share where the pointer is, and draw their own selections. */
function isPointing(type: string): boolean {
  return type === 'mousemove' || type === 'mouseleave'
}

function cursorOf({ view }: Drawing): uPlot.Cursor {
  return {
    y: false,
    points: { show: false },
    // uPlot would take every click for a drag, because the pointer's line snaps.
    drag: { x: true, y: false, setScale: false, click: () => {} },
    move: snapped,
    bind: {
      dblclick: () => () => {
        view.show(null)
        return null
      },
    },
    sync: { key: view.group, setSeries: false, filters: { pub: isPointing, sub: isPointing } },
  }
}

/** Shows the stretch that was drawn with the pointer. */
function zoomToSelection(plot: uPlot, view: AxisView): void {
  const { left, width } = plot.select
  if (width < 8) return
  const range = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')] as const
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  view.show(range)
}

function optionsFor(drawing: Drawing): uPlot.Options {
  const { current, theme, size, view, events } = drawing
  const chart = current()
  const labelled = [...chart.series.filter(({ pointsOnly }) => pointsOnly !== true), ...(chart.curves ?? [])]
  const longest = Math.max(0, ...labelled.map(({ label }) => label.length))
  const byFactors = growsByFactors(chart.loadUnit)
  return {
    ...size,
    padding: [8, Math.max(size.width >= alignedFromWidth ? 84 : 0, longest * 6.2 + 14), 0, 0],
    legend: { show: false },
    cursor: cursorOf(drawing),
    scales: {
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot declares a const enum, which no bundler can read
      x: { time: false, distr: byFactors ? 3 : 1, range: () => paddedRange(current()) },
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- as above
      y: { distr: chart.isLogarithmic === true ? 3 : 1, range: () => heightRange(current()) },
    },
    axes: axesOf(drawing),
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
          events.onPoint(
            plot.cursor.left === undefined || plot.cursor.left < 0 ? null : (plot.cursor.idx ?? null),
          ),
      ],
      setSelect: [(plot) => zoomToSelection(plot, view)],
    },
  }
}

function dataOf(chart: ChartModel): uPlot.AlignedData {
  return [[...chart.loads], ...chart.series.map((series) => [...series.values])]
}

/** In CSS pixels: a pointer that moved further meant to draw. */
const clickReach = 4

function onClick(target: HTMLElement, listener: () => void): void {
  let from = 0
  target.addEventListener('pointerdown', ({ clientX }) => {
    from = clientX
  })
  target.addEventListener('click', ({ clientX, detail }) => {
    if (Math.abs(clientX - from) <= clickReach && detail === 1) listener()
  })
}

/** Draws a chart into `host`, as much of it as `view` shows, and keeps it as wide as the host is. */
export function createPlot(
  host: HTMLElement,
  height: number,
  first: ChartModel,
  view: AxisView,
  events: PlotEvents,
): Plot {
  let chart = first
  let drawn: uPlot | null = null
  const current = (): ChartModel => (view.range === null ? chart : { ...chart, range: view.range })
  const build = (): void => {
    drawn?.destroy()
    const size = { width: Math.max(120, host.clientWidth), height }
    const made = new uPlot(
      optionsFor({ current, theme: readTheme(), size, view, events }),
      dataOf(chart),
      host,
    )
    onClick(made.over, () => {
      if (typeof made.cursor.idx === 'number') events.onPick(made.cursor.idx)
    })
    drawn = made
  }
  build()
  onThemeChange(build)
  view.onChange(() => drawn?.setData(dataOf(chart)))
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
      const load = chart.loads[index]
      if (drawn === null || load === undefined) return
      if (!isShown(current(), load)) view.show(null)
      const place = { left: drawn.valToPos(load, 'x'), top: drawn.height / 3 }
      // @ts-expect-error -- uPlot's types leave out the last argument, which moves the other plots' cursors as well
      drawn.setCursor(place, true, true)
    },
  }
}
