import type { ChartColour } from '../charts/chart.ts'
import { opaque } from './opaque.ts'

/** The colours and the font a canvas draws with, taken from the page's theme variables. */
export interface CanvasTheme {
  readonly series: Readonly<Record<ChartColour, string>>
  readonly text: string
  readonly muted: string
  readonly grid: string
  readonly background: string
  readonly breach: string
  readonly fontFamily: string
}

/** Reads the theme as it is now; read it again when {@link onThemeChange} says so. */
export function readTheme(): CanvasTheme {
  const style = getComputedStyle(document.body)
  const variable = (name: string): string => style.getPropertyValue(`--vscode-${name}`).trim()
  const text = variable('foreground') || style.color
  const chart = (name: string): string => opaque(variable(`charts-${name}`)) || text
  return {
    series: {
      blue: chart('blue'),
      orange: chart('orange'),
      purple: chart('purple'),
      green: chart('green'),
      yellow: chart('yellow'),
      red: chart('red'),
      foreground: chart('foreground'),
    },
    text,
    muted: variable('descriptionForeground') || text,
    grid: style.getPropertyValue('--grid').trim() || text,
    background: variable('editor-background') || style.backgroundColor,
    breach: chart('red'),
    fontFamily: style.fontFamily,
  }
}

/** Calls back whenever the editor's theme or the system's colour scheme changes. */
export function onThemeChange(listener: () => void): void {
  new MutationObserver(listener).observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-id'],
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener)
}
