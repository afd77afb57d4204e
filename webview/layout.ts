import type { PanelSnapshot } from '../src/model/panel.ts'
import { summarise } from '../src/report/content/summary.ts'
import type { Chart } from './charts/chart.ts'
import { charts } from './charts/index.ts'
import { element } from './dom.ts'
import type { Post, Section } from './section.ts'
import { derivedSection } from './section.ts'
import { chartFigure } from './sections/chart-figure.ts'
import { growthSection } from './sections/growth.ts'
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
              ...(budget === '' ? [] : [`budget ${budget}`]),
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
      return empty ? [document.createTextNode('The curve grows here, from the first step on.')] : []
    },
  )
}

/**
 * Builds the whole page into `root` and gives the function that shows a state. Without `post` (in a report) nothing
 * offers an action.
 */
export function mountLayout(root: HTMLElement, post: Post): (state: PanelSnapshot) => void {
  const announcer = element('p', { class: 'unseen', 'aria-live': 'polite' })
  const announce = (text: string): void => {
    announcer.textContent = text
  }
  const figures = (place: Chart['place']): Section[] =>
    charts.filter((chart) => chart.place === place).map((chart) => chartFigure(chart, announce))
  const main = [
    headerSection(),
    verdictStrip(post),
    comparisonSection(),
    placeholder(),
    ...figures('hero'),
    growthSection(),
    ...figures('beneath'),
  ]
  const evidence = figures('evidence')
  const rest = [summarySection(), errorsSection(), stepsSection(), conditionsSection()]
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
