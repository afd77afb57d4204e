import * as l10n from '@vscode/l10n'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import { type AxisView, zoomed } from '../axis-view.ts'
import { type Chart, type ChartModel, growsByFactors } from '../charts/chart.ts'
import { describeChart, describePoint, placeText, valueText } from '../charts/words.ts'
import { element } from '../dom.ts'
import { seriesGlyph } from '../icons.ts'
import type { Announce, Section } from '../section.ts'
import { quietButton } from '../ui/button.ts'
import { createPlot, type Plot } from '../ui/plot.ts'
import { chartTable } from './chart-table.ts'

const heights: Readonly<Record<Chart['place'], number>> = {
  hero: 300,
  beneath: 150,
  evidence: 130,
  time: 200,
  percentiles: 280,
}

/** What a chart shares with the others of the page. */
export interface ChartFrame {
  readonly view: AxisView
  readonly announce: Announce
  /** Opens the details of what the chart shows at a place of its x axis; null where a place has none. */
  readonly openDetails: ((load: number, returnTo: HTMLElement) => void) | null
}

function legend(chart: ChartModel, index: number): HTMLElement {
  const place = placeText(chart, index)
  const at = place === '' ? '' : l10n.t('at {0}', place)
  const items = chart.series
    .filter((series) => series.values[index] !== undefined)
    .map((series) => {
      const value = valueText(chart, series, index)
      const over =
        series.breached[index] === true
          ? element('span', { class: 'over' }, ` ✕ ${l10n.t('over budget')}`)
          : null
      return element('li', {}, seriesGlyph(series), `${series.label} `, element('strong', {}, value), over)
    })
  return element('ul', { class: 'legend' }, ...items, element('li', { class: 'muted' }, at))
}

/** The place whose values say most: the one that is measured now, where it breaks, or the last. */
function telling({ liveIndex, loads, markers }: ChartModel): number {
  const breaks = loads.findIndex((load) =>
    markers.some((each) => each.kind === 'breaks' && each.load === load),
  )
  return liveIndex ?? (breaks < 0 ? loads.length - 1 : breaks)
}

/** Where the keyboard takes the cursor: null for a key that isn't the chart's. */
function target(key: string, from: number, last: number): number | null {
  if (key === 'ArrowRight') return Math.min(last, from + 1)
  if (key === 'ArrowLeft') return Math.max(0, from - 1)
  if (key === 'Home') return 0
  return key === 'End' ? last : null
}

const zoomFactors: Readonly<Record<string, number>> = { '+': 0.5, '=': 0.5, '-': 2, '−': 2 }

/** Zooms around the cursor; false for a key that doesn't zoom. */
function zoomByKey(key: string, chart: ChartModel, at: number, view: AxisView): boolean {
  if (key === '0') {
    view.show(null)
    return true
  }
  const factor = zoomFactors[key]
  const around = chart.loads[at]
  if (factor === undefined || around === undefined) return false
  const range = view.range ?? chart.range
  view.show(zoomed(chart.range, range, around, factor, growsByFactors(chart.loadUnit)))
  return true
}

/** A button that is there while not the whole axis is shown; Escape stays the key that stops a run. */
function resetZoom(view: AxisView, focus: () => void): HTMLElement {
  const made = quietButton(l10n.t('Reset zoom'), () => {
    view.show(null)
    focus()
  })
  made.hidden = true
  view.onChange(() => {
    made.hidden = view.range === null
  })
  return made
}

/** In a fold, charts stand under its heading. */
function isFolded({ place }: Chart): boolean {
  return place === 'time' || place === 'percentiles'
}

/** A chart with its title, a legend that tells the values at the cursor, the keyboard and a table; hidden where nothing was measured. */
export function chartFigure(chart: Chart, { view, announce, openDetails }: ChartFrame): Section {
  const title = element(isFolded(chart) ? 'h3' : 'h2')
  const key = element('div')
  const table = chartTable(`table-${chart.id}`)
  const canvas = element('div', {
    class: 'plot',
    tabindex: '0',
    role: 'application',
    'aria-roledescription': l10n.t('chart'),
    'aria-details': table.element.id,
  })
  const tools = element(
    'div',
    { class: 'chart-tools' },
    table.element,
    resetZoom(view, () => canvas.focus()),
  )
  const figure = element(
    'figure',
    { class: `chart chart-${chart.place}`, 'data-chart': chart.id },
    element('figcaption', {}, title, key),
    canvas,
    tools,
  )
  figure.hidden = true
  let model: ChartModel | null = null
  let plot: Plot | null = null
  let pointed: number | null = null
  let known: readonly unknown[] = []

  const showLegend = (): void => {
    if (model !== null) key.replaceChildren(legend(model, pointed ?? telling(model)))
  }
  const open = (index: number): void => {
    const load = model?.loads[index]
    if (load !== undefined) openDetails?.(load, canvas)
  }
  canvas.addEventListener('keydown', (event) => {
    if (model === null || event.ctrlKey || event.metaKey || event.altKey) return
    const last = model.loads.length - 1
    const next = target(event.key, pointed ?? last + (event.key === 'ArrowLeft' ? 1 : 0), last)
    if (next !== null) {
      plot?.point(next)
      announce(describePoint(model, next))
    } else if (event.key === 'Enter') open(pointed ?? last)
    else if (!zoomByKey(event.key, model, pointed ?? last, view)) return
    event.preventDefault()
  })
  const events = {
    onPoint: (index: number | null): void => {
      pointed = index
      showLegend()
    },
    onPick: open,
  }

  return {
    element: figure,
    update(state: PanelSnapshot) {
      const { ticks, steps, verdict, plan, before, volume, status } = state
      const depends = [ticks, steps, verdict, plan, before, volume, status]
      if (depends.every((value, index) => value === known[index])) return
      known = depends
      model = chart.build(state)
      figure.hidden = model === null
      if (model === null) return
      title.textContent = model.title
      canvas.setAttribute('aria-label', describeChart(model))
      table.update(model)
      if (plot === null) plot = createPlot(canvas, heights[chart.place], model, view, events)
      else plot.update(model)
      showLegend()
    },
  }
}
