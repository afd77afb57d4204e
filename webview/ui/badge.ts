import { useDesignSystem } from './design-system.ts'

/** A small label beside a heading. */
export function badge(label: string): HTMLElement {
  useDesignSystem()
  const made = document.createElement('vscode-badge')
  made.append(label)
  return made
}
