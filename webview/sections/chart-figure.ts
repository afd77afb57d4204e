import type { PanelSnapshot } from '../../src/model/panel.ts'
import type { Chart, ChartModel } from '../charts/chart.ts'
import { describeChart, describePoint, placeText, valueText } from '../charts/words.ts'
import { element } from '../dom.ts'
import { seriesGlyph } from '../icons.ts'
import type { Section } from '../section.ts'
import { createPlot, type Plot } from '../ui/plot.ts'

const heights: Readonly<Record<Chart['place'], number>> = { hero: 300, beneath: 150, evidence: 130 }

function legend(chart: ChartModel, index: number): HTMLElement {
  const place = placeText(chart, index)
  const at = place === '' ? '' : `at ${place}`
  const items = chart.series
    .filter((series) => series.values[index] !== undefined)
    .map((series) => {
      const value = valueText(chart, series, index)
      const over =
        series.breached[index] === true ? element('span', { class: 'over' }, ' ✕ over budget') : null
      return element('li', {}, seriesGlyph(series), `${series.label} `, element('strong', {}, value), over)
    })
  return element('ul', { class: 'legend' }, ...items, element('li', { class: 'muted' }, at))
}

/** Where the keyboard takes the cursor: null for a key that isn't the chart's. */
function target(key: string, from: number, last: number): number | null {
  if (key === 'ArrowRight') return Math.min(last, from + 1)
  if (key === 'ArrowLeft') return Math.max(0, from - 1)
  if (key === 'Home') return 0
  return key === 'End' ? last : null
}

/** A chart with its title, a legend that tells the values at the cursor, and the arrow keys; hidden where nothing was measured. */
export function chartFigure(chart: Chart, announce: (text: string) => void): Section {
  const title = element('h2')
  const key = element('div')
  const canvas = element('div', {
    class: 'plot',
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'chart',
  })
  const figure = element(
    'figure',
    { class: `chart chart-${chart.place}`, 'data-chart': chart.id },
    element('figcaption', {}, title, key),
    canvas,
  )
  figure.hidden = true
  let model: ChartModel | null = null
  let plot: Plot | null = null
  let pointed: number | null = null
  let known: readonly unknown[] = []

  const showLegend = (): void => {
    if (model !== null)
      key.replaceChildren(legend(model, pointed ?? model.liveIndex ?? model.loads.length - 1))
  }
  canvas.addEventListener('keydown', (event) => {
    if (model === null) return
    const last = model.loads.length - 1
    const next = target(event.key, pointed ?? last + (event.key === 'ArrowLeft' ? 1 : 0), last)
    if (next === null) return
    event.preventDefault()
    plot?.point(next)
    announce(describePoint(model, next))
  })

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
      if (plot === null) {
        plot = createPlot(canvas, heights[chart.place], model, (index) => {
          pointed = index
          showLegend()
        })
      } else plot.update(model)
      showLegend()
    },
  }
}
