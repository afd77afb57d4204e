import type { FromView, PanelSnapshot } from '../src/model/panel.ts'

/** Sends a message to the extension; null where there is none, as in a report: then nothing offers actions. */
export type Post = ((message: FromView) => void) | null

/** A part of the page that keeps itself up to date with the state. */
export interface Section {
  readonly element: HTMLElement
  update(state: PanelSnapshot): void
}

/**
 * A section that is drawn anew only when something it depends on has another identity, so that ticks touch nothing
 * but the charts and focus stays where it is. It hides while `draw` gives no children.
 */
export function derivedSection(
  host: HTMLElement,
  dependencies: (state: PanelSnapshot) => readonly unknown[],
  draw: (state: PanelSnapshot) => readonly Node[],
): Section {
  let known: readonly unknown[] | null = null
  return {
    element: host,
    update(state) {
      const current = dependencies(state)
      if (known !== null && current.every((value, index) => value === known?.[index])) return
      known = current
      const children = draw(state)
      host.replaceChildren(...children)
      host.hidden = children.length === 0
    },
  }
}
