import { element } from '../dom.ts'
import { useDesignSystem } from './design-system.ts'

/** A ring that turns while something goes on, and a still picture instead where motion is to be reduced. */
export function progressRing(): HTMLElement {
  useDesignSystem()
  const ring = document.createElement('vscode-progress-ring')
  ring.setAttribute('aria-hidden', 'true')
  return element(
    'span',
    { class: 'progress' },
    ring,
    element('span', { class: 'progress-still', 'aria-hidden': 'true' }, '…'),
  )
}
