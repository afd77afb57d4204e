import * as l10n from '@vscode/l10n'
import type { ChartModel } from '../charts/chart.ts'
import { axisName, placeText, valueText } from '../charts/words.ts'
import { element } from '../dom.ts'
import { rowOf, scrollable, tableOf } from './table.ts'

/** The table behind a chart: the same numbers for people who read rather than look. */
export interface ChartTable {
  readonly element: HTMLElement
  update(chart: ChartModel): void
}

function draw(chart: ChartModel): HTMLElement {
  const headings = [chart.loadName ?? axisName(chart.loadUnit), ...chart.series.map(({ label }) => label)]
  const rows = chart.loads.map((_, index) =>
    rowOf(
      placeText(chart, index),
      ...chart.series.map((series) => {
        if (series.values[index] === undefined) return element('td', { class: 'muted' }, '–')
        const over = series.breached[index] === true ? ` ✕ ${l10n.t('over budget')}` : ''
        return element('td', {}, `${valueText(chart, series, index)}${over}`)
      }),
    ),
  )
  return scrollable(chart.title, tableOf(headings, rows))
}

/** Folded away, and open from the beginning where a screen reader is in use; drawn only while it is open. */
export function chartTable(id: string): ChartTable {
  const body = element('div')
  const summary = element('summary', {}, l10n.t('Table'))
  const host = element('details', { class: 'chart-table', id }, summary, body)
  let latest: ChartModel | null = null
  let drawn: ChartModel | null = null
  const refresh = (): void => {
    if (latest === null || latest === drawn || !host.open) return
    drawn = latest
    body.replaceChildren(draw(latest))
  }
  host.addEventListener('toggle', refresh)
  return {
    element: host,
    update(chart) {
      if (latest === null) host.open = document.body.classList.contains('vscode-using-screen-reader')
      latest = chart
      summary.setAttribute('aria-label', l10n.t('Table of {0}', chart.title))
      refresh()
    },
  }
}
