import * as l10n from '@vscode/l10n'
/** One place of a pattern: a text of `size` many, chosen by a number. */
interface Piece {
  readonly size: number
  readonly text: (number: number) => string
  readonly least: number
  readonly most: number
}

/** A pattern as a numbered list of all its texts. */
export interface Pattern {
  /** How many texts there are; 2^52 where there are more. */
  readonly size: number
  /** In characters. */
  readonly shortest: number
  readonly longest: number
  /** Different numbers give different texts, as long as all texts are of one length. */
  readonly textOf: (number: number) => string
}

const mostTexts = 2 ** 52
const mostRepeats = 64

/**
 * Reads a pattern:
 *
 *     pattern = { item }
 *     item    = ( class | escape | group | character ) [ "{" n [ "," m ] "}" | "?" ]
 *     class   = "[" { character | character "-" character | escape } "]"
 *     escape  = "\d" | "\w" | "\" character
 *     group   = "(" text { "|" text } ")"
 *
 * `\d` is a digit, `\w` a lower-case letter or digit. There is no star, so every pattern has an end. Gives a sentence about
 * what is wrong where the text is none.
 */
export function readPattern(source: string): Pattern | string {
  const pieces: Piece[] = []
  let rest = source
  while (rest !== '') {
    const item = /^(?:\[((?:\\.|[^\]\\])+)\]|\(([^()[\]{}]+)\)|\\(.)|([^[\](){}\\?*+|]))/u.exec(rest)
    if (item === null) return l10n.t('It is not clear what `{0}` means in the pattern `{1}`.', rest, source)
    const [all, members, texts, escaped, character] = item
    const choices =
      members !== undefined
        ? membersOf(members)
        : texts !== undefined
          ? texts.split('|')
          : escaped !== undefined
            ? escapedCharacters(escaped)
            : [character ?? '']
    rest = rest.slice(all.length)
    const repeat = /^(?:\{(\d+)(?:,(\d+))?\}|\?)/.exec(rest)
    rest = rest.slice(repeat?.[0].length ?? 0)
    const least = repeat === null ? 1 : Number(repeat[1] ?? 0)
    const most = repeat === null ? 1 : Number(repeat[2] ?? repeat[1] ?? 1)
    if (least > most || most > mostRepeats)
      return l10n.t('`{0}` repeats more than {1} times, or backwards.', repeat?.[0] ?? '', mostRepeats)
    if (choices === null || choices.length === 0) return l10n.t('`{0}` is not a range of characters.', all)
    pieces.push(...repeated([...new Set(choices)], least, most))
  }
  return joined(pieces)
}

function membersOf(source: string): readonly string[] | null {
  const members: string[] = []
  for (const [, escaped, from, to, single] of source.matchAll(/\\(.)|([^\\])-([^\\])|([^\\])/gu)) {
    if (escaped !== undefined) members.push(...escapedCharacters(escaped))
    else if (from !== undefined && to !== undefined) {
      const first = from.codePointAt(0) ?? 0
      const last = to.codePointAt(0) ?? 0
      if (last < first || last - first > 1000) return null
      for (let code = first; code <= last; code++) members.push(String.fromCodePoint(code))
    } else members.push(single ?? '')
  }
  return members
}

const digits: readonly string[] = Array.from('0123456789')
const wordCharacters: readonly string[] = Array.from('abcdefghijklmnopqrstuvwxyz0123456789')

function escapedCharacters(letter: string): readonly string[] {
  if (letter === 'd') return digits
  return letter === 'w' ? wordCharacters : [letter]
}

/** `least` times for certain, and each further time or not. */
function repeated(choices: readonly string[], least: number, most: number): readonly Piece[] {
  const lengths = choices.map(({ length }) => length)
  const shortest = Math.min(...lengths)
  const longest = Math.max(...lengths)
  const fixed: Piece = {
    size: choices.length,
    text: (number) => choices[number] ?? '',
    least: shortest,
    most: longest,
  }
  const pieces = Array.from({ length: least }, () => fixed)
  if (most === least) return pieces
  const further = joined(Array.from({ length: most - least }, () => fixed))
  const extra: Piece = {
    size: Math.min(mostTexts, (most - least + 1) * further.size),
    text: (number) => {
      const times = number % (most - least + 1)
      let left = Math.floor(number / (most - least + 1))
      let text = ''
      for (let n = 0; n < times; n++) {
        text += choices[left % choices.length] ?? ''
        left = Math.floor(left / choices.length)
      }
      return text
    },
    least: 0,
    most: longest * (most - least),
  }
  return [...pieces, extra]
}

function joined(pieces: readonly Piece[]): Pattern {
  const sum = (part: 'least' | 'most') => pieces.reduce((total, piece) => total + piece[part], 0)
  const backwards = merged(pieces).toReversed()
  return {
    size: pieces.reduce((size, piece) => Math.min(mostTexts, size * piece.size), 1),
    shortest: sum('least'),
    longest: sum('most'),
    textOf: (number) => {
      let rest = number
      let text = ''
      for (const piece of backwards) {
        const quotient = Math.floor(rest / piece.size)
        text = piece.text(rest - quotient * piece.size) + text
        rest = quotient
      }
      return text
    },
  }
}

const mostTableTexts = 4096

/** Neighbours as one piece, its texts written out, as long as there are few. */
function merged(pieces: readonly Piece[]): readonly Piece[] {
  const joints: Piece[] = []
  for (const piece of pieces) {
    const before = joints.at(-1)
    if (before === undefined || before.size * piece.size > mostTableTexts) {
      joints.push(piece)
      continue
    }
    const texts = Array.from({ length: before.size * piece.size }, (_, number) => {
      const first = Math.floor(number / piece.size)
      return before.text(first) + piece.text(number - first * piece.size)
    })
    joints[joints.length - 1] = {
      size: texts.length,
      text: (number) => texts[number] ?? '',
      least: before.least + piece.least,
      most: before.most + piece.most,
    }
  }
  return joints
}

/** Whether every number gives another text: only where all texts are of one length. */
export function isOneToOne(pattern: Pattern): boolean {
  return pattern.shortest === pattern.longest
}
