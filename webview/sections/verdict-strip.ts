import * as l10n from '@vscode/l10n'
import { formatMicros, formatRate } from '../../src/model/format.ts'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import { failedRequests } from '../../src/model/run.ts'
import type { Cause, Verdict } from '../../src/model/verdict.ts'
import { deltaLine, headlineRow } from '../../src/report/content/deltas.ts'
import {
  beforeSentence,
  causePlace,
  causeTitle,
  confidenceText,
  headlineMetric,
  otherReasons,
  preflightSentence,
  verdictParts,
} from '../../src/report/content/summary.ts'
import { element, withCode } from '../dom.ts'
import { verdictIcon } from '../icons.ts'
import type { Post, Section } from '../section.ts'
import { badge } from '../ui/badge.ts'
import { button, placeLink } from '../ui/button.ts'
import { progressRing } from '../ui/progress-ring.ts'

/** Still at work: there is something to stop. */
export function isActive(state: PanelSnapshot): boolean {
  return state.status === 'preparing' || state.status === 'running'
}

/** The latest tick in words: `p95 180 ms · 340 requests/s · 2 failed`; empty before the first. */
function liveText(state: PanelSnapshot): string {
  const tick = state.ticks.at(-1)
  if (tick === undefined) return state.preflight === null ? '' : preflightSentence(state.preflight)
  const metric = headlineMetric(state.plan)
  const latency = tick.latencyMicros[metric]
  const failed = failedRequests(tick.errors)
  const parts = [
    latency === null ? '' : `${metric} ${formatMicros(latency)}`,
    formatRate(tick.intervalMillis > 0 ? (tick.requests * 1000) / tick.intervalMillis : null),
    failed === 0 ? '' : l10n.t('{0} failed', failed),
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

function placeOf(cause: Cause, post: Post): HTMLElement {
  const place = causePlace(cause)
  if (post === null) return element('code', { class: 'place' }, place)
  return placeLink(place, () => post({ kind: 'open-cause', file: cause.file, line: cause.line }))
}

/** The verdict's sentence; the place of its cause is a link in it. */
function verdictHeading(verdict: Verdict, post: Post): HTMLElement {
  const { finding, cause: words } = verdictParts(verdict)
  const [cause] = verdict.causes
  if (words === null || cause === undefined) return element('h1', {}, finding)
  return element(
    'h1',
    {},
    finding,
    element('span', { class: 'heading-cause' }, words.before, placeOf(cause, post), words.after),
  )
}

function causeBlock(verdict: Verdict, cause: Cause, index: number, post: Post): HTMLElement {
  const sure = badge(confidenceText(cause))
  const named = index === 0 && verdictParts(verdict).cause !== null
  const title = named ? [] : [element('strong', {}, causeTitle(cause, index)), placeOf(cause, post)]
  return element(
    'div',
    { class: 'cause' },
    element(
      'p',
      { class: 'cause-line' },
      ...title,
      named ? element('span', {}, ...withCode(cause.message)) : null,
      sure,
    ),
    named ? null : element('p', {}, ...withCode(cause.message)),
    cause.evidence.length === 0
      ? null
      : element('ul', { class: 'bullets' }, ...cause.evidence.map((item) => element('li', {}, item))),
  )
}

function reasonList(verdict: Verdict): HTMLElement | null {
  const reasons = otherReasons(verdict)
  return reasons.length === 0
    ? null
    : element('ul', { class: 'bullets' }, ...reasons.map((reason) => element('li', {}, reason)))
}

/** The likeliest cause in full, then what else was noticed; the other causes folded away. */
function explanation(verdict: Verdict, post: Post): (HTMLElement | null)[] {
  const [first = null, ...others] = verdict.causes.map((cause, index) =>
    causeBlock(verdict, cause, index, post),
  )
  const count = others.length === 1 ? l10n.t('One more suspect') : l10n.t('{0} more suspects', others.length)
  const rest = others.length === 0 ? null : element('details', {}, element('summary', {}, count), ...others)
  return [first, reasonList(verdict), rest]
}

/** Whether the strip's two actions leave no room for another run. */
export function leadsToCause({ causes }: Verdict): boolean {
  return causes.some(({ fixes }) => fixes.length > 0)
}

/** What to do next, at most two things: mend the cause and see its place, or else run again. */
function actions(verdict: Verdict, post: Post): HTMLElement[] {
  if (post === null) return []
  const cause = verdict.causes.find(({ fixes }) => fixes.length > 0) ?? verdict.causes[0]
  const again = (rank: 'primary' | 'secondary'): HTMLElement =>
    button(l10n.t('Run again'), rank, () => post({ kind: 'run-again' }))
  if (cause === undefined) return [again('primary')]
  const { file, line } = cause
  const goTo = (rank: 'primary' | 'secondary'): HTMLElement =>
    button(l10n.t('Go to line {0}', line), rank, () => post({ kind: 'open-cause', file, line }), file)
  const [fix] = cause.fixes
  if (fix === undefined) return [goTo('primary'), again('secondary')]
  const show = (): void => post({ kind: 'show-fix', file, line, fix: fix.id })
  return [button(l10n.t('Fix and re-run'), 'primary', show, fix.title), goTo('secondary')]
}

function finishedParts(state: PanelSnapshot, verdict: Verdict, post: Post): HTMLElement[] {
  const change = state.comparison === null ? null : headlineRow(state.comparison, headlineMetric(state.plan))
  return [
    element('div', { class: 'verdict-sign' }, verdictIcon(verdict.kind)),
    element(
      'div',
      { class: 'verdict-text' },
      verdictHeading(verdict, post),
      change === null ? null : element('p', { class: 'verdict-change' }, deltaLine(change)),
      state.before === null ? null : element('p', { class: 'muted' }, beforeSentence(state.before)),
    ),
    element('div', { class: 'actions' }, ...actions(verdict, post)),
    element('div', { class: 'verdict-why' }, ...explanation(verdict, post)),
  ]
}

function failedParts({ failure }: PanelSnapshot, post: Post): HTMLElement[] {
  const offered = (failure?.actions ?? []).map((action, index) =>
    button(action.title, index === 0 ? 'primary' : 'secondary', () =>
      post?.({ kind: 'failure-action', id: action.id, argument: action.argument ?? null }),
    ),
  )
  const again = button(l10n.t('Run again'), offered.length === 0 ? 'primary' : 'secondary', () =>
    post?.({ kind: 'run-again' }),
  )
  return [
    element('div', { class: 'verdict-sign' }, verdictIcon('failed')),
    element(
      'div',
      { class: 'verdict-text', role: 'alert' },
      element('h1', {}, ...withCode(failure?.message ?? l10n.t('Something went wrong.'))),
      failure === null ? null : element('p', { class: 'muted' }, failure.code),
    ),
    element('div', { class: 'actions' }, ...(post === null ? [] : [...offered, again])),
  ]
}

interface ActiveStrip {
  readonly parts: readonly HTMLElement[]
  update(state: PanelSnapshot): void
  stop(): void
  focus(): void
}

/** What is going on, with Stop under the hand. */
function activeStrip(post: Post): ActiveStrip {
  const heading = element('h1')
  const live = element('p', { class: 'live' })
  let stopping = false
  const stop = (): void => {
    if (stopping || post === null) return
    stopping = true
    stopButton.replaceChildren(l10n.t('Stopping…'))
    post({ kind: 'stop' })
  }
  const stopButton = button(l10n.t('Stop'), 'primary', stop)
  return {
    parts: [
      element('div', { class: 'verdict-sign' }, progressRing()),
      element('div', { class: 'verdict-text' }, heading, live),
      element('div', { class: 'actions' }, post === null ? null : stopButton),
    ],
    update(state) {
      const { activity, status } = state
      const idle = activity === '' ? l10n.t('Opening…') : `${activity}…`
      const text = status === 'running' ? l10n.t('Measuring with {0}', activity) : idle
      if (heading.textContent !== text) heading.textContent = text
      live.textContent = liveText(state)
    },
    stop,
    focus: () => stopButton.focus(),
  }
}

/**
 * The first thing people see: what the run found, or what is being done, and what they can do about it. Stop has the
 * focus when a person's run starts, and Escape does the same.
 */
export function verdictStrip(post: Post): Section {
  const host = element('section', { class: 'verdict', 'aria-label': l10n.t('Verdict') })
  let active: ActiveStrip | null = null
  let shown: PanelSnapshot | null = null
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') active?.stop()
  })
  const show = (look: string, parts: readonly HTMLElement[]): void => {
    const hadFocus = host.contains(document.activeElement)
    host.className = `verdict verdict-${look}`
    host.replaceChildren(...parts)
    if (hadFocus) host.querySelector<HTMLElement>('.actions > *')?.focus()
  }
  return {
    element: host,
    update(state) {
      const previous = shown
      shown = state
      if (isActive(state)) {
        const begins = active === null
        active ??= activeStrip(post)
        if (begins) show('active', active.parts)
        active.update(state)
        const starts = state.status === 'running' && previous?.status !== 'running'
        // Before the first message nobody knows who started it.
        const isKnown = previous !== null
        const isNew = begins || previous?.route === ''
        const isUnattended = isNew || (starts && document.activeElement === document.body)
        if (isKnown && isUnattended && state.byAgent !== true) active.focus()
        return
      }
      active = null
      if (
        previous?.verdict === state.verdict &&
        previous.failure === state.failure &&
        previous.status === state.status
      )
        return
      if (state.failure !== null) show('failed', failedParts(state, post))
      else if (state.verdict !== null) show(state.verdict.kind, finishedParts(state, state.verdict, post))
      else show('stopped', [])
    },
  }
}
