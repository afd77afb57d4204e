import type { FromView, PanelSnapshot } from '../src/model/panel.ts'

/** Sends a message to the extension; null where there is none, as in a report: then nothing offers actions. */
export type Post = ((message: FromView) => void) | null

/** Says something to people who don't see the page. */
export type Announce = (text: string) => void

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

/** A part of the page that can be folded away. */
export interface Fold {
  readonly id: string
  readonly title: string
  readonly isOpen: boolean
  /** Whether there is anything in it to see. */
  readonly shows: (state: PanelSnapshot) => boolean
  readonly sections: readonly Section[]
  /** The reader opened or closed it. */
  readonly onToggle: (isOpen: boolean) => void
}

/** A native disclosure; what is in it is brought up to date only while it is open. */
export function foldSection({ id, title, isOpen, shows, sections, onToggle }: Fold): Section {
  const heading = document.createElement('h2')
  heading.textContent = title
  const summary = document.createElement('summary')
  summary.append(heading)
  const host = document.createElement('details')
  host.className = 'fold'
  host.dataset['fold'] = id
  host.open = isOpen
  host.append(summary, ...sections.map(({ element }) => element))
  let latest: PanelSnapshot | null = null
  const refresh = (): void => {
    if (latest !== null && host.open) for (const section of sections) section.update(latest)
  }
  host.addEventListener('toggle', () => {
    refresh()
    onToggle(host.open)
  })
  return {
    element: host,
    update(state) {
      latest = state
      host.hidden = !shows(state)
      refresh()
    },
  }
}
