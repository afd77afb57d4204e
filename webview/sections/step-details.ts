import * as l10n from '@vscode/l10n'
import { loadOf, loadText } from '../../src/model/load-level.ts'
import { countedSteps } from '../../src/model/measure.ts'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import type { StepResult } from '../../src/model/run.ts'
import { stepFacts } from '../../src/report/content/step-facts.ts'
import { axisOf } from '../charts/curve.ts'
import { element } from '../dom.ts'
import type { Section } from '../section.ts'
import { quietButton } from '../ui/button.ts'

/** Everything about one step, opened from a chart. */
export interface StepDetails extends Section {
  /** Opens the step at a place of the load axis and takes the focus, which goes back to `returnTo` at the end. */
  readonly open: (load: number, returnTo: HTMLElement) => void
}

function stepAt({ steps, plan }: PanelSnapshot, load: number): StepResult | null {
  const counted = countedSteps(steps)
  if (axisOf(plan) === 'part') return counted[load - 1] ?? null
  return counted.findLast((step) => loadOf(step).value === load) ?? null
}

function definition([term, text]: readonly [string, string]): HTMLElement[] {
  return [element('dt', {}, term), element('dd', {}, text)]
}

/** The details of the step that was last asked for; hidden until then. Escape closes them, except in a run, where it stops. */
export function stepDetails(): StepDetails {
  const heading = element('h2', { tabindex: '-1' })
  const list = element('dl')
  let state: PanelSnapshot | null = null
  let opener: HTMLElement | null = null
  const host = element('section', { class: 'step-details', 'aria-label': l10n.t('Step details') })
  const close = (): void => {
    host.hidden = true
    opener?.focus()
  }
  host.hidden = true
  host.append(element('div', { class: 'row' }, heading, quietButton(l10n.t('Close'), close)), list)
  host.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && state?.status !== 'running') close()
  })
  return {
    element: host,
    update(next) {
      if (next.route !== state?.route || next.steps.length === 0) host.hidden = true
      state = next
    },
    open(load, returnTo) {
      const step = state === null ? null : stepAt(state, load)
      if (step === null) return
      opener = returnTo
      heading.textContent = loadText(step)
      list.replaceChildren(...stepFacts(step).flatMap(definition))
      host.hidden = false
      heading.focus()
    },
  }
}
