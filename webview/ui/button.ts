import { element } from '../dom.ts'
import { useDesignSystem } from './design-system.ts'

/** A push button. `title` says more on hover and to assistive technology than the label does. */
export function button(
  label: string,
  rank: 'primary' | 'secondary',
  onPress: () => void,
  title: string | null = null,
): HTMLElement {
  useDesignSystem()
  const made = document.createElement('vscode-button')
  made.setAttribute('appearance', rank)
  if (title !== null) {
    made.setAttribute('title', title)
    made.setAttribute('aria-label', `${label}: ${title}`)
  }
  made.append(label)
  made.addEventListener('click', onPress)
  return made
}

/** A button that looks like a link to a place in the code. */
export function placeLink(label: string, onPress: () => void): HTMLElement {
  const made = element('button', { type: 'button', class: 'place' }, label)
  made.addEventListener('click', onPress)
  return made
}

/** A small button for what is needed less often. */
export function quietButton(label: string, onPress: () => void): HTMLElement {
  const made = element('button', { type: 'button', class: 'quiet' }, label)
  made.addEventListener('click', onPress)
  return made
}
