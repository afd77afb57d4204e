import { caveat, deltaRows } from '../../src/report/content/deltas.ts'
import type { StepResult } from '../../src/model/run.ts'
import { requestTable } from '../../src/report/content/request-table.ts'
import { notMeasuredSentence, stepTable, type StepCell } from '../../src/report/content/step-table.ts'
import { conditionRows, errorGroups } from '../../src/report/content/summary.ts'
import { formatCount } from '../../src/model/format.ts'
import { type Child, element } from '../dom.ts'
import { derivedSection, type Section } from '../section.ts'

function scrollable(label: string, table: HTMLElement): HTMLElement {
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label }, table)
}

function tableOf(headings: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const head = headings.map((heading) =>
    heading === '' ? element('td') : element('th', { scope: 'col' }, heading),
  )
  return element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows))
}

function rowOf(heading: string, ...cells: readonly HTMLElement[]): HTMLElement {
  return element('tr', {}, element('th', { scope: 'row' }, heading), ...cells)
}

function stepCell(cell: StepCell): HTMLElement {
  const over: Child = cell.breached
    ? element('span', { class: 'over' }, '✕ ', element('span', { class: 'unseen' }, 'over budget '))
    : null
  return element('td', { class: cell.measured ? null : 'muted' }, over, cell.text)
}

/** The curve as a real table, one row a step in the order they ran. */
export function stepsSection(): Section {
  const host = element('section', { class: 'steps' })
  return derivedSection(
    host,
    (state) => [state.steps, state.plan],
    (state) => {
      if (state.steps.length === 0) return []
      const table = stepTable(state.steps, state.plan?.budget ?? [])
      const rows = table.rows.map((row) => rowOf(row.heading, ...row.cells.map(stepCell)))
      const missing = notMeasuredSentence(table)
      return [
        element('h2', {}, 'Load steps'),
        scrollable('Load steps', tableOf(['Load', ...table.columns], rows)),
        ...(missing === '' ? [] : [element('p', { class: 'muted' }, missing)]),
        ...requestsOf(state.steps),
      ]
    },
  )
}

function requestsOf(steps: readonly StepResult[]): HTMLElement[] {
  const requests = requestTable(steps)
  if (requests === null) return []
  const { title, table } = requests
  const rows = table.rows.map((row) => rowOf(row.heading, ...row.cells.map(stepCell)))
  return [element('h2', {}, title), scrollable(title, tableOf(['Request', ...table.columns], rows))]
}

/** Before and after, number by number; says so where the two runs don't compare. */
export function comparisonSection(): Section {
  const host = element('section', { class: 'comparison' })
  return derivedSection(
    host,
    (state) => [state.comparison],
    ({ comparison }) => {
      if (comparison === null) return []
      const rows = deltaRows(comparison).map((row) =>
        rowOf(
          row.name,
          element('td', {}, row.before),
          element('td', {}, element('strong', {}, row.after)),
          element('td', {}, row.change),
        ),
      )
      const note = caveat(comparison)
      return [
        element('h2', {}, 'Before and after'),
        ...(note === '' ? [] : [element('p', { class: 'caveat' }, note)]),
        scrollable('Before and after', tableOf(['', 'before', 'after', 'change'], rows)),
      ]
    },
  )
}

/** Failed requests by kind, each with the first answer of its kind. */
export function errorsSection(): Section {
  const host = element('section', { class: 'errors' })
  return derivedSection(
    host,
    (state) => [state.steps],
    (state) => {
      const groups = errorGroups(state.steps)
      if (groups.length === 0) return []
      const items = groups.map((group) =>
        element(
          'li',
          {},
          element('span', { class: 'count' }, `${formatCount(group.count)} ×`),
          ` ${group.title}`,
          group.sample === null ? null : element('code', {}, group.sample),
        ),
      )
      return [element('h2', {}, 'Failed requests'), element('ul', {}, ...items)]
    },
  )
}

/** What a reader must know to repeat or to doubt the run. */
export function conditionsSection(): Section {
  const host = element('section', { class: 'conditions' })
  return derivedSection(
    host,
    (state) => [state.plan, state.conditions, state.preflight],
    ({ plan, conditions, preflight }) => {
      if (plan === null || conditions === null) return []
      const rows = conditionRows(plan, conditions, preflight).flatMap(([term, text]) => [
        element('dt', {}, term),
        element('dd', {}, text),
      ])
      return [element('h2', {}, 'Conditions'), element('dl', {}, ...rows)]
    },
  )
}
