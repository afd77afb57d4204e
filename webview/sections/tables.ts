import * as l10n from '@vscode/l10n'
import { caveat, type DeltaRow, deltaRows, isKnown } from '../../src/report/content/deltas.ts'
import type { Judgement } from '../../src/model/comparison.ts'
import type { StepResult } from '../../src/model/run.ts'
import { conditionRows } from '../../src/report/content/conditions.ts'
import { type ErrorGroup, errorGroups } from '../../src/report/content/errors.ts'
import { requestTable } from '../../src/report/content/request-table.ts'
import { notMeasuredSentence, stepTable, type StepCell } from '../../src/report/content/step-table.ts'
import { formatCount, formatPercent } from '../../src/model/format.ts'
import { type Child, element } from '../dom.ts'
import { derivedSection, type Section } from '../section.ts'
import { rowOf, scrollable, tableOf } from './table.ts'

function stepCell(cell: StepCell): HTMLElement {
  const over: Child = cell.breached
    ? element(
        'span',
        { class: 'over' },
        '✕ ',
        element('span', { class: 'unseen' }, `${l10n.t('over budget')} `),
      )
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
        scrollable(l10n.t('Load steps'), tableOf([l10n.t('Load'), ...table.columns], rows)),
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
  return [element('h3', {}, title), scrollable(title, tableOf([l10n.t('Request'), ...table.columns], rows))]
}

const signs: Readonly<Record<Judgement, string>> = { better: '✓', worse: '✕', 'within-noise': '≈' }

function comparisonRow(row: DeltaRow, judgement: Judgement | null): HTMLElement {
  const sign = judgement === null || row.judgement === '' ? '' : `${signs[judgement]} `
  return rowOf(
    row.name,
    element('td', {}, row.before),
    element('td', {}, element('strong', {}, row.after)),
    element('td', {}, row.ratio),
    element('td', { class: 'judgement' }, `${sign}${row.judgement}`),
  )
}

/** Before and after, number by number; says so where the two runs don't compare. */
export function comparisonSection(): Section {
  const host = element('section', { class: 'comparison' })
  return derivedSection(
    host,
    (state) => [state.comparison],
    ({ comparison }) => {
      if (comparison === null) return []
      const shown = comparison.deltas.filter(isKnown)
      const rows = deltaRows(comparison).map((row, index) =>
        comparisonRow(row, shown[index]?.judgement ?? null),
      )
      const note = caveat(comparison)
      const headings = ['', l10n.t('before'), l10n.t('after'), l10n.t('change'), l10n.t('beyond noise?')]
      return [
        element('h2', {}, l10n.t('Before and after')),
        ...(note === '' ? [] : [element('p', { class: 'caveat' }, note)]),
        scrollable(l10n.t('Before and after'), tableOf(headings, rows)),
      ]
    },
  )
}

function errorItem({ count, title, share, firstAt, sample }: ErrorGroup): HTMLElement {
  const of = l10n.t('{0} of all requests', formatPercent(share))
  const facts = firstAt === '' ? of : `${of}, ${l10n.t('first at {0}', firstAt)}`
  return element(
    'li',
    {},
    element('span', { class: 'count' }, `${formatCount(count)} ×`),
    ` ${title}`,
    element('span', { class: 'muted' }, ` ${facts}`),
    sample === null ? null : element('code', { class: 'sample' }, sample),
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
      return [
        element('h2', {}, l10n.t('Failed requests')),
        element('ul', {}, ...groups.map(errorItem)),
        element(
          'p',
          { class: 'muted' },
          l10n.t('They are not in the latencies, which fast failures would flatter.'),
        ),
      ]
    },
  )
}

/** What a reader must know to repeat or to doubt the run. */
export function conditionsSection(): Section {
  const host = element('dl', { class: 'conditions' })
  return derivedSection(
    host,
    (state) => [state.plan, state.conditions, state.preflight, state.steps],
    ({ plan, conditions, preflight, steps }) =>
      plan === null || conditions === null
        ? []
        : conditionRows(plan, conditions, preflight, steps).flatMap(([term, text]) => [
            element('dt', {}, term),
            element('dd', {}, text),
          ]),
  )
}
