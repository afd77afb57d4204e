import { stripVTControlCharacters } from 'node:util'

/** How texts are made to stand out; each gives its text as it is where there are no colours. */
export interface Palette {
  readonly bold: (text: string) => string
  readonly muted: (text: string) => string
  readonly bad: (text: string) => string
}

/** The palette of a terminal, or the one that leaves texts alone. */
export function paletteFor(colours: boolean): Palette {
  const paint = (on: number, off: number) => (text: string) =>
    colours ? `\u001B[${on}m${text}\u001B[${off}m` : text
  return { bold: paint(1, 22), muted: paint(2, 22), bad: paint(31, 39) }
}

const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Extended_Pictographic}/u

/** The columns that a text takes in a terminal: none for its colours, two for East Asian and pictorial characters. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of stripVTControlCharacters(text)) width += wide.test(character) ? 2 : 1
  return width
}

/** A text from elsewhere on one line of so many columns, without anything that a terminal would take for a command. */
export function shorten(text: string, columns: number): string {
  const plain = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
  if (widthOf(plain) <= columns) return plain
  let kept = ''
  for (const character of plain) {
    if (widthOf(kept + character) > columns - 1) break
    kept += character
  }
  return columns < 1 ? '' : `${kept}…`
}

const between = ' · '

/** Pieces side by side, as many on a line as fit; a piece too long for a line is cut. */
export function fitPieces(pieces: readonly string[], columns: number): string[] {
  const lines: string[] = []
  for (const piece of pieces) {
    const last = lines.at(-1)
    const joined = last === undefined ? piece : `${last}${between}${piece}`
    if (last !== undefined && widthOf(joined) <= columns) lines[lines.length - 1] = joined
    else lines.push(widthOf(piece) <= columns ? piece : shorten(stripVTControlCharacters(piece), columns))
  }
  return lines
}

const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']

/** One character for each value, from zero to `highest`; a dot where nothing was measured. */
export function sparkline(
  values: readonly (number | null)[],
  highest: number,
  isBad: (value: number) => boolean,
  palette: Palette,
): string {
  return values
    .map((value) => {
      if (value === null) return '·'
      const level = Math.min(levels.length - 1, Math.floor((value / highest) * levels.length))
      const character = levels[Math.max(0, level)] ?? ''
      return isBad(value) ? palette.bad(character) : character
    })
    .join('')
}
