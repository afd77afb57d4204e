import { createHash } from 'node:crypto'
import * as l10n from '@vscode/l10n'
import { appendText, lineEndingOf, readProse, type ProseLine, unmendable } from './prose.ts'

/*
 * The managed block in a Markdown file of somebody else:
 *
 *   <!-- headroom:begin v1 sha256=… -->
 *   …
 *   <!-- headroom:end -->
 *
 * The hash is that of the inside, so that an edit by hand is noticed. Only what stands between the markers is ever changed.
 * Markers in fenced code and in code spans are documentation and don't count.
 */

const version = 1
const mention = /<!--\s*headroom:\s*(?:begin|end)\b/i
const marker =
  /^(?<indent>\uFEFF? {0,3})(?<text><!-- headroom:(?:begin v(?<version>\d+) sha256=(?<hash>[0-9a-f]{64})|end) -->)[ \t]*$/

/** The block as it stands in a text. Offsets are in UTF-16 units. */
export interface Block {
  /** Where its first marker begins, and where its last one ends. */
  readonly start: number
  readonly end: number
  /** What stands between the markers' lines. */
  readonly inside: string
  /** The hash that the first marker carries. */
  readonly hash: string
  readonly version: number
  /** How its first line ends. */
  readonly lineEnding: string
}

interface Marker extends ProseLine {
  readonly offset: number
  readonly markerText: string
  /** Null for the marker that ends a block. */
  readonly begins: { readonly version: number; readonly hash: string } | null
}

/**
 * The block of a text, or null where there is none. `file` is what messages call it. Throws `HR_TEACH_MARKERS`, which says the
 * line, where markers are duplicate, malformed, or of a newer version.
 */
export function findBlock(text: string, file: string): Block | null {
  const [begin, end, ...others] = scan(text, file)
  if (begin === undefined) return null
  if (begin.begins === null) {
    throw unmendable(
      l10n.t('{0} line {1}: this end marker has no begin marker before it.', file, begin.number),
    )
  }
  if (end === undefined) {
    throw unmendable(
      l10n.t('{0} line {1}: this begin marker has no end marker after it.', file, begin.number),
    )
  }
  if (end.begins !== null) {
    throw unmendable(
      l10n.t('{0} line {1}: a block begins inside the one of line {2}.', file, end.number, begin.number),
    )
  }
  const [another] = others
  if (another !== undefined) {
    throw unmendable(
      l10n.t(
        '{0} line {1}: there is a second marker, besides the block of line {2}.',
        file,
        another.number,
        begin.number,
      ),
    )
  }
  if (begin.begins.version > version) {
    throw unmendable(
      l10n.t(
        '{0} line {1}: a newer version of Headroom wrote this block; update Headroom.',
        file,
        begin.number,
      ),
    )
  }
  return {
    start: begin.offset,
    end: end.offset + end.markerText.length,
    inside: text.slice(begin.start + begin.text.length + begin.ending.length, end.start),
    hash: begin.begins.hash,
    version: begin.begins.version,
    lineEnding: begin.ending,
  }
}

/** Whether a block holds what Headroom wrote into it. `cover`: what its hash covers besides. Blanks at line ends don't matter. */
export function isSealed({ hash, inside }: Block, cover = ''): boolean {
  return hash === hashOf(inside, cover)
}

/** Whether a block holds these lines, is sealed, and of this version: nothing needs to be written. */
export function isCurrent(block: Block, lines: readonly string[], cover = ''): boolean {
  return block.version === version && isSealed(block, cover) && holds(block, lines)
}

/** Whether a block's inside is these lines, but for blanks at line ends and the kind of line ending. */
export function holds({ inside }: Block, lines: readonly string[]): boolean {
  return normalised(inside) === normalised(lines.join('\n'))
}

/** The block's own lines, without its markers. */
export function insideLines({ inside }: Block): string[] {
  return normalised(inside).split('\n')
}

/** A block with its markers, with this line ending between its lines and none after the last. */
export function blockText(lines: readonly string[], lineEnding = '\n', cover = ''): string {
  const hash = hashOf(lines.join('\n'), cover)
  return [
    `<!-- headroom:begin v${version} sha256=${hash} -->`,
    '',
    ...lines,
    '',
    '<!-- headroom:end -->',
  ].join(lineEnding)
}

/** The text with these lines in the place of the block's; every character outside of its markers stays. */
export function replaceBlock(text: string, block: Block, lines: readonly string[], cover = ''): string {
  return text.slice(0, block.start) + blockText(lines, block.lineEnding, cover) + text.slice(block.end)
}

/** The text with a block after its end, as {@link appendText}. */
export function appendBlock(text: string, file: string, lines: readonly string[]): string {
  return appendText(text, file, blockText(lines, lineEndingOf(text)))
}

/** All markers of a text in order. */
function scan(text: string, file: string): readonly Marker[] {
  return readProse(text)
    .lines.filter(({ prose }) => mention.test(prose))
    .map((line) => markerOf(line, file))
}

function markerOf(line: ProseLine, file: string): Marker {
  const { indent = '', text, version: number, hash } = marker.exec(line.text)?.groups ?? {}
  if (text === undefined) {
    throw unmendable(
      l10n.t(
        '{0} line {1}: this marker is malformed; it must stand alone at the start of its line, as Headroom wrote it.',
        file,
        line.number,
      ),
    )
  }
  return {
    ...line,
    offset: line.start + indent.length,
    markerText: text,
    begins: hash === undefined ? null : { version: Number(number), hash },
  }
}

function hashOf(inside: string, cover: string): string {
  return createHash('sha256')
    .update(`${cover}\n${normalised(inside)}`)
    .digest('hex')
}

function normalised(text: string): string {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trimEnd())
    .join('\n')
    .replaceAll(/^\n+|\n+$/g, '')
}
