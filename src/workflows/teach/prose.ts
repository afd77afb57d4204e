import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'

const fence = /^\uFEFF?[\s>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(?<ticks>`{3,}|~{3,})(?<rest>.*)$/

/** One line of a Markdown text that isn't in fenced code. */
export interface ProseLine {
  /** From 1. */
  readonly number: number
  /** Where it begins in the text, in UTF-16 units. */
  readonly start: number
  readonly text: string
  /** How it ends: empty for a last line without a line ending. */
  readonly ending: string
  /** Its text with blanks in the place of code spans. */
  readonly prose: string
}

/** A Markdown text's lines outside of fenced code, and the line of a fence that never ends, or null. */
export function readProse(text: string): {
  readonly lines: readonly ProseLine[]
  readonly openFence: number | null
} {
  const lines: ProseLine[] = []
  let open: { readonly ticks: string; readonly number: number } | null = null
  for (const line of linesOf(text)) {
    const { ticks = '', rest = '' } = fence.exec(line.text)?.groups ?? {}
    if (open !== null) {
      if (ticks.startsWith(open.ticks) && rest.trim() === '') open = null
    } else if (ticks !== '' && !(ticks.startsWith('`') && rest.includes('`'))) {
      open = { ticks, number: line.number }
    } else lines.push({ ...line, prose: withoutCodeSpans(line.text) })
  }
  return { lines, openFence: open?.number ?? null }
}

/**
 * The text with something after its end, one blank line apart, and a line ending of the text's own kind after that. Throws
 * `HR_TEACH_MARKERS` where the text ends inside a code block, which would swallow it. `file` is what messages call it.
 */
export function appendText(text: string, file: string, addition: string): string {
  const { openFence } = readProse(text)
  if (openFence !== null) {
    throw unmendable(
      l10n.t('{0} line {1}: the code block that begins here has no end; end it first.', file, openFence),
    )
  }
  const ending = lineEndingOf(text)
  return text + gapAfter(text, ending) + addition + ending
}

/** The kind of line ending that most lines of a text have. */
export function lineEndingOf(text: string): '\r\n' | '\n' {
  const windows = text.split('\r\n').length - 1
  const all = text.split('\n').length - 1
  return windows > all - windows ? '\r\n' : '\n'
}

/** A refusal of a text that people must mend first. `what`: one sentence that says the line. */
export function unmendable(what: string): Failure {
  return new Failure(
    'HR_TEACH_MARKERS',
    `${what} ${l10n.t('Nothing was written; mend it, then run headroom teach again.')}`,
  )
}

/** What makes the next line stand one blank line below the text. */
function gapAfter(text: string, ending: string): string {
  if (/^\uFEFF?\s*$/.test(text)) return /[ \t]$/.test(text) ? ending : ''
  if (!/[\r\n]$/.test(text)) return ending + ending
  return /(?:\r\n|\n|\r(?!\n))[ \t]*(?:\r\n|\n|\r)$/.test(text) ? '' : ending
}

function* linesOf(text: string): Generator<Omit<ProseLine, 'prose'>> {
  let start = 0
  let number = 1
  for (const { 0: ending, index } of text.matchAll(/\r\n|\n|\r/g)) {
    yield { number, start, text: text.slice(start, index), ending }
    start = index + ending.length
    number += 1
  }
  yield { number, start, text: text.slice(start), ending: '' }
}

function withoutCodeSpans(line: string): string {
  return line.replaceAll(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, (span) => ' '.repeat(span.length))
}
