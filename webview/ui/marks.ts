import * as l10n from '@vscode/l10n'
import type uPlot from 'uplot'
import type { ChartModel, FittedCurve, MarkerShape, Series } from '../charts/chart.ts'
import { isShown } from './axes.ts'
import type { CanvasTheme } from './theme.ts'

/** What a chart's own marks are drawn with: uPlot's canvas in device pixels, and `scale` device pixels to a CSS pixel. */
interface Pen {
  readonly plot: uPlot
  readonly chart: ChartModel
  readonly theme: CanvasTheme
  readonly scale: number
}

/** In CSS pixels: a lower chart shows its vertical lines without words, which stand in the chart above it. */
const heightForLabels = 200

function shapePath(shape: MarkerShape, x: number, y: number, radius: number): Path2D {
  const path = new Path2D()
  switch (shape) {
    case 'circle':
      path.arc(x, y, radius, 0, 2 * Math.PI)
      break
    case 'square':
      path.rect(x - radius, y - radius, 2 * radius, 2 * radius)
      break
    case 'triangle':
      path.moveTo(x, y - radius * 1.2)
      path.lineTo(x + radius * 1.15, y + radius * 0.9)
      path.lineTo(x - radius * 1.15, y + radius * 0.9)
      path.closePath()
      break
    case 'diamond':
      path.moveTo(x, y - radius * 1.3)
      path.lineTo(x + radius * 1.3, y)
      path.lineTo(x, y + radius * 1.3)
      path.lineTo(x - radius * 1.3, y)
      path.closePath()
      break
    case 'cross':
      path.moveTo(x - radius, y - radius)
      path.lineTo(x + radius, y + radius)
      path.moveTo(x + radius, y - radius)
      path.lineTo(x - radius, y + radius)
      break
    case 'none':
      break
  }
  return path
}

function write(
  { plot, theme, scale }: Pen,
  label: string,
  x: number,
  y: number,
  colour: string,
  align: CanvasTextAlign,
  weight = 400,
): void {
  const { ctx } = plot
  ctx.font = `${weight} ${11 * scale}px ${theme.fontFamily}`
  ctx.textAlign = align
  ctx.textBaseline = 'middle'
  ctx.lineJoin = 'round'
  ctx.lineWidth = 4 * scale
  ctx.strokeStyle = theme.background
  ctx.setLineDash([])
  ctx.strokeText(label, x, y)
  ctx.fillStyle = colour
  ctx.fillText(label, x, y)
}

function drawLimits(pen: Pen): void {
  const { plot, chart, theme, scale } = pen
  const { ctx, bbox } = plot
  const top = plot.scales['y']?.max ?? 0
  for (const limit of chart.limits) {
    if (limit.value > top) {
      write(
        pen,
        l10n.t('↑ {0}, above this range', limit.label),
        bbox.left + 6 * scale,
        bbox.top + 9 * scale,
        theme.muted,
        'left',
      )
      continue
    }
    const y = plot.valToPos(limit.value, 'y', true)
    ctx.strokeStyle = theme.text
    ctx.lineWidth = 1.5 * scale
    ctx.setLineDash([2 * scale, 3 * scale])
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
    write(pen, limit.label, bbox.left + 6 * scale, y - 9 * scale, theme.text, 'left', 600)
  }
}

function drawMarkers(pen: Pen): void {
  const { plot, chart, theme, scale } = pen
  const { ctx, bbox } = plot
  for (const marker of chart.markers.filter(({ load }) => isShown(chart, load))) {
    const x = plot.valToPos(marker.load, 'x', true)
    const breaks = marker.kind === 'breaks'
    if (breaks) {
      ctx.globalAlpha = 0.09
      ctx.fillStyle = theme.breach
      ctx.fillRect(x, bbox.top, bbox.left + bbox.width - x, bbox.height)
      ctx.globalAlpha = 1
    }
    ctx.strokeStyle = breaks ? theme.breach : theme.muted
    ctx.lineWidth = (breaks ? 2 : 1) * scale
    ctx.setLineDash(breaks ? [] : [4 * scale, 4 * scale])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
}

function labelMarkers(pen: Pen): void {
  const { plot, chart, theme, scale } = pen
  const { bbox } = plot
  const turns = chart.markers.filter(({ kind, load }) => kind !== 'step' && isShown(chart, load))
  turns.forEach((marker, index) => {
    const x = plot.valToPos(marker.load, 'x', true)
    const left = x > bbox.left + bbox.width / 2
    const y = bbox.top + (9 + (turns.length - 1 - index) * 15) * scale
    const label = marker.kind === 'breaks' ? `✕ ${marker.label}` : marker.label
    write(
      pen,
      label,
      x + (left ? -7 : 7) * scale,
      y,
      marker.kind === 'breaks' ? theme.text : theme.muted,
      left ? 'right' : 'left',
      600,
    )
  })
}

/** Names the steps of a time axis at its top, where there is room for a name. */
function labelSteps(pen: Pen): void {
  const { plot, chart, theme, scale } = pen
  let free = Number.NEGATIVE_INFINITY
  for (const { load, label, kind } of chart.markers) {
    const x = plot.valToPos(load, 'x', true)
    if (kind !== 'step' || !isShown(chart, load) || x < free) continue
    free = x + (label.length * 6.4 + 8) * scale
    write(pen, label, x + 4 * scale, plot.bbox.top + 8 * scale, theme.muted, 'left')
  }
}

function drawShapes({ plot, chart, theme, scale }: Pen, series: Series): void {
  const { ctx } = plot
  series.values.forEach((value, index) => {
    const users = chart.loads[index]
    if (typeof value !== 'number' || users === undefined || series.shape === 'none') return
    if (!isShown(chart, users)) return
    const x = plot.valToPos(users, 'x', true)
    const y = plot.valToPos(value, 'y', true)
    const path = shapePath(series.shape, x, y, (series.emphasised ? 4 : 3) * scale)
    const live = chart.liveIndex === index
    ctx.setLineDash([])
    ctx.lineWidth = 2 * scale
    ctx.strokeStyle = theme.series[series.colour]
    ctx.fillStyle = live ? theme.background : theme.series[series.colour]
    ctx.fill(path)
    ctx.stroke(path)
    if (series.breached[index] !== true) return
    ctx.strokeStyle = theme.breach
    ctx.stroke(shapePath('circle', x, y, 8 * scale))
  })
}

/** A fitted curve, thin and dashed: it is no measurement. */
function drawCurve({ plot, theme, scale }: Pen, { points, colour }: FittedCurve): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.strokeStyle = theme.series[colour]
  ctx.lineWidth = 1.5 * scale
  ctx.setLineDash([5 * scale, 4 * scale])
  ctx.beginPath()
  for (const [x, y] of points) ctx.lineTo(plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true))
  ctx.stroke()
  ctx.restore()
}

/** Names every line at its end, pushed apart where ends meet, so that the colours are not the only key. */
function labelEnds(pen: Pen): void {
  const { plot, chart, theme, scale } = pen
  const { curves = [] } = chart
  const ofCurves = curves.flatMap(({ id, label, points }) => {
    const end = points.at(-1)
    const emphasised = chart.series.some((series) => series.id === id && series.emphasised)
    if (end === undefined || !isShown(chart, end[0])) return []
    return [{ label, emphasised, x: plot.valToPos(end[0], 'x', true), y: plot.valToPos(end[1], 'y', true) }]
  })
  const ofSeries = chart.series.flatMap((series) => {
    if (series.pointsOnly === true) return []
    const index = series.values.findLastIndex(
      (value, at) => typeof value === 'number' && isShown(chart, chart.loads[at] ?? Number.NaN),
    )
    const value = series.values[index]
    const users = chart.loads[index]
    if (typeof value !== 'number' || users === undefined) return []
    const { label, emphasised } = series
    return [{ label, emphasised, x: plot.valToPos(users, 'x', true), y: plot.valToPos(value, 'y', true) }]
  })
  const bottom = plot.bbox.top + plot.bbox.height - 6 * scale
  let free = Number.POSITIVE_INFINITY
  for (const end of [...ofCurves, ...ofSeries].toSorted((one, other) => other.y - one.y)) {
    const y = Math.min(end.y, bottom, free)
    free = y - 13 * scale
    const weight = end.emphasised ? 700 : 400
    write(pen, end.label, end.x + 12 * scale, y, theme.text, 'left', weight)
  }
}

/** Draws what lies under the lines: limits, and the loads at which the runs broke. */
export function drawUnder(plot: uPlot, chart: ChartModel, theme: CanvasTheme): void {
  const pen = { plot, chart, theme, scale: devicePixelRatio }
  plot.ctx.save()
  drawMarkers(pen)
  plot.ctx.restore()
}

/** Draws what lies over the lines: a shape for each point (hollow while it is measured, ringed where over budget) and all labels. */
export function drawOver(plot: uPlot, chart: ChartModel, theme: CanvasTheme): void {
  const pen = { plot, chart, theme, scale: devicePixelRatio }
  plot.ctx.save()
  for (const curve of chart.curves ?? []) drawCurve(pen, curve)
  for (const series of chart.series) drawShapes(pen, series)
  drawLimits(pen)
  if (plot.height >= heightForLabels) {
    labelMarkers(pen)
    labelSteps(pen)
  }
  labelEnds(pen)
  plot.ctx.restore()
}
