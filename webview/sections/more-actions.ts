import * as l10n from '@vscode/l10n'
import type { PanelSnapshot } from '../../src/model/panel.ts'
import { element } from '../dom.ts'
import { copyPicture } from '../picture.ts'
import { type Announce, derivedSection, type Post, type Section } from '../section.ts'
import { quietButton } from '../ui/button.ts'
import { leadsToCause } from './verdict-strip.ts'

/** What can be done with a result beside mending its cause; hidden while a run goes on, and in reports. */
export function moreActions(page: HTMLElement, post: Post, announce: Announce): Section {
  const host = element('div', { class: 'more', role: 'group', 'aria-label': l10n.t('More actions') })
  const draw = (state: PanelSnapshot): HTMLElement[] => {
    if (post === null || state.verdict === null || state.status !== 'finished') return []
    const copy = (): void => void copyPicture(page, state, post).then(announce)
    const again = quietButton(l10n.t('Run again'), () => post({ kind: 'run-again' }))
    return [
      ...(leadsToCause(state.verdict) ? [again] : []),
      quietButton(l10n.t('Compare…'), () => post({ kind: 'compare' })),
      quietButton(l10n.t('Pin as baseline'), () => post({ kind: 'pin-baseline' })),
      quietButton(l10n.t('Set budget…'), () => post({ kind: 'set-budget' })),
      ...(state.steps.length === 0 ? [] : [quietButton(l10n.t('Copy as image'), copy)]),
      quietButton(l10n.t('Copy as Markdown'), () => post({ kind: 'copy-markdown' })),
      quietButton(l10n.t('Save report…'), () => post({ kind: 'save-report' })),
    ]
  }
  return derivedSection(host, (state) => [state.status, state.verdict], draw)
}
