import { element } from '../dom.ts'

/** A table that scrolls by itself where the page is narrow. */
export function scrollable(label: string, table: HTMLElement): HTMLElement {
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, table)
}

/** A table with these column headings; an empty one heads the column of row headings. */
export function tableOf(headings: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const head = headings.map((heading) =>
    heading === '' ? element('td') : element('th', { scope: 'col' }, heading),
  )
  return element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows))
}

/** A row with its heading. */
export function rowOf(heading: string, ...cells: readonly HTMLElement[]): HTMLElement {
  return element('tr', {}, element('th', { scope: 'row' }, heading), ...cells)
}
