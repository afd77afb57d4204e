import type { VerdictKind } from '../src/model/verdict.ts'
import type { Series } from './charts/chart.ts'
import { picture } from './dom.ts'

export type IconName = VerdictKind | 'failed'

const octagon = 'M7.4 1.5h9.2l6 6v9l-6 6H7.4l-6-6v-9z'
const circle = 'M12 1.2a10.8 10.8 0 1 0 0 21.6 10.8 10.8 0 0 0 0-21.6z'
const cross = 'M8 8l8 8M16 8l-8 8'

const shapes: Readonly<Record<IconName, { readonly outline: string; readonly sign: string }>> = {
  holds: { outline: circle, sign: 'M7 12.4l3.4 3.4L17 8.8' },
  breaks: { outline: octagon, sign: cross },
  'fails-before-load': { outline: octagon, sign: cross },
  'not-measured': { outline: circle, sign: 'M9 9.2a3 3 0 1 1 4.4 2.6c-1 .6-1.4 1.1-1.4 2.2M12 17.1v.4' },
  stopped: { outline: circle, sign: 'M8.5 8.5h7v7h-7z' },
  failed: { outline: 'M12 1.8L23 21.5H1z', sign: 'M12 8.6v6M12 17.6v.4' },
}

/** The picture of a verdict, or of a failure: its shape tells as much as its colour. */
export function verdictIcon(name: IconName): SVGElement {
  const { outline, sign } = shapes[name]
  return picture(`verdict-icon verdict-icon-${name}`, '0 0 24 24', [
    { d: outline, class: 'outline' },
    { d: sign, class: 'sign' },
  ])
}

const glyphs: Readonly<Record<Series['shape'], string>> = {
  circle: 'M17 6a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
  square: 'M11 3h6v6h-6z',
  triangle: 'M14 2.2l3.6 6.6h-7.2z',
  diamond: 'M14 2l4 4-4 4-4-4z',
  cross: 'M11 3l6 6M17 3l-6 6',
  none: '',
}

/** A line's sample for a legend: its dash, its marker, its colour. */
export function seriesGlyph(series: Series): SVGElement {
  return picture(`glyph glyph-${series.colour}`, '0 0 28 12', [
    { d: 'M0 6h28', class: series.dashed ? 'line dashed' : 'line' },
    { d: glyphs[series.shape], class: 'shape' },
  ])
}
