import * as l10n from '@vscode/l10n'
import type { PanelSnapshot } from '../src/model/panel.ts'
import { summarise } from '../src/report/content/summary.ts'
import { axisView } from './axis-view.ts'
import type { AxisGroup, Chart } from './charts/chart.ts'
import { charts } from './charts/index.ts'
import { element } from './dom.ts'
import { type Announce, derivedSection, foldSection, type Post, type Section } from './section.ts'
import { type ChartFrame, chartFigure } from './sections/chart-figure.ts'
import { growthSection } from './sections/growth.ts'
import { moreActions } from './sections/more-actions.ts'
import { stepDetails } from './sections/step-details.ts'
import { comparisonSection, conditionsSection, errorsSection, stepsSection } from './sections/tables.ts'
import { verdictStrip } from './sections/verdict-strip.ts'

function headerSection(): Section {
  return derivedSection(
    element('header'),
    (state) => [state.route, state.plan],
    ({ route, plan }) => {
      const budget = plan?.budget.map((threshold) => threshold.text).join(', ') ?? ''
      const facts =
        plan === null
          ? []
          : [
              plan.profile,
              plan.baseUrl.replace(/^https?:\/\//, ''),
              ...(budget === '' ? [] : [l10n.t('budget {0}', budget)]),
            ]
      const parts = [
        element('span', { class: 'route' }, route),
        element('span', { class: 'muted' }, facts.join(' · ')),
      ]
      return route === '' ? [] : parts
    },
  )
}

/** The run in one paragraph: announced when a step or the run ends, not with every tick. */
function summarySection(): Section {
  const paragraph = element('p', { class: 'summary', 'aria-live': 'polite' })
  let known = ''
  return {
    element: paragraph,
    update(state) {
      const text = summarise(state)
      if (text !== known) paragraph.textContent = text
      known = text
    },
  }
}

function placeholder(): Section {
  return derivedSection(
    element('p', { class: 'placeholder muted' }),
    (state) => [state.status, state.steps.length + state.ticks.length > 0],
    (state) => {
      const empty =
        state.steps.length === 0 &&
        state.ticks.length === 0 &&
        state.failure === null &&
        state.verdict === null
      return empty ? [document.createTextNode(l10n.t('The curve grows here, from the first step on.'))] : []
    },
  )
}

/** Which folds the reader has open, kept by whoever shows the page. */
export interface OpenFolds {
  readonly first: readonly string[]
  readonly remember: (open: readonly string[]) => void
}

/** What is folded away until somebody wants to know. */
function folds(frameOf: (group: AxisGroup) => ChartFrame, { first, remember }: OpenFolds): Section[] {
  const open = new Set(first)
  const fold = (
    id: string,
    title: string,
    shows: (state: PanelSnapshot) => boolean,
    sections: readonly Section[],
  ): Section =>
    foldSection({
      id,
      title,
      isOpen: open.has(id),
      shows,
      sections,
      onToggle(isOpen) {
        if (isOpen) open.add(id)
        else open.delete(id)
        remember([...open])
      },
    })
  const figures = (place: Chart['place'], group: AxisGroup): Section[] =>
    charts.filter((chart) => chart.place === place).map((chart) => chartFigure(chart, frameOf(group)))
  return [
    fold('time', l10n.t('Over time'), ({ ticks }) => ticks.length > 0, figures('time', 'time')),
    fold(
      'percentiles',
      l10n.t('Percentiles'),
      ({ steps }) =>
        steps.some(({ histogram, latencyMicros }) => histogram !== '' && latencyMicros.p50 !== null),
      figures('percentiles', 'percentile'),
    ),
    fold('steps', l10n.t('Load steps'), ({ steps }) => steps.length > 0, [stepsSection()]),
    fold('conditions', l10n.t('Run conditions'), ({ conditions }) => conditions !== null, [
      conditionsSection(),
    ]),
  ]
}

/**
 * Builds the whole page into `root` and gives the function that shows a state. Without `post` (in a report) nothing
 * offers an action.
 */
export function mountLayout(root: HTMLElement, post: Post, open: OpenFolds): (state: PanelSnapshot) => void {
  const announcer = element('p', { class: 'unseen', 'aria-live': 'polite' })
  const announce: Announce = (text) => {
    announcer.textContent = text
  }
  const views = { load: axisView('load'), time: axisView('time'), percentile: axisView('percentile') }
  const details = stepDetails()
  const frameOf = (group: AxisGroup): ChartFrame => ({
    view: views[group],
    announce,
    openDetails: group === 'load' ? details.open : null,
  })
  const figures = (place: Chart['place']): Section[] =>
    charts.filter((chart) => chart.place === place).map((chart) => chartFigure(chart, frameOf('load')))
  const main = [
    headerSection(),
    verdictStrip(post),
    moreActions(root, post, announce),
    comparisonSection(),
    placeholder(),
    ...figures('hero'),
    details,
    growthSection(),
    ...figures('beneath'),
  ]
  const evidence = figures('evidence')
  const rest = [summarySection(), errorsSection(), ...folds(frameOf, open)]
  root.replaceChildren(
    ...main.map((section) => section.element),
    element('div', { class: 'evidence-charts' }, ...evidence.map((section) => section.element)),
    ...rest.map((section) => section.element),
    announcer,
  )
  const sections = [...main, ...evidence, ...rest]
  return (state) => {
    for (const section of sections) section.update(state)
  }
}
