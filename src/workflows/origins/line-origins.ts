import type { AttributedLines } from '../../model/provenance.ts'
import type { LineRange } from '../../provenance/anchors.ts'
import { markedLines } from '../../provenance/markers.ts'
import { combinedScore, labelOf } from '../../provenance/score.ts'
import { codeMarker } from '../../provenance/signals/code-marker.ts'
import { readHistory } from './git-history.ts'
import { historyOfLines, type Evidence, type LineHistory } from './history-lines.ts'
import { keptLines, type KeptLines } from './kept-lines.ts'

/** Reads a file of the project as it stands; rejects where there is none. */
export type ReadFile = (file: string) => Promise<string>

/** Files that are longer are generated, or data. */
const longestText = 2_000_000
const atOnce = 4
/** What a note says a person wrote is only overruled by a record that is shown as AI-inserted. */
const overrules = 0.8

/** Who is known, or supposed, to have written the lines of some files. What is in neither list is unknown. */
export interface LineOrigins {
  /** Sorted by file and line; none overlap, none has a blank line. */
  readonly attributed: readonly AttributedLines[]
  /** Lines that a note of git-ai names a person for, and nothing stronger an assistant. */
  readonly human: readonly FileLines[]
  /** The texts that were looked at, by file. */
  readonly texts: ReadonlyMap<string, string>
}

export interface FileLines extends LineRange {
  /** Relative to the project, forward slashes. */
  readonly file: string
}

/**
 * Where the lines of some of the project's files came from, by the project's store, git's history, notes, records of agents
 * and comments. `files` are relative to the project; those that can't be read are left out. Without git only the store and
 * the comments speak.
 */
export async function lineOrigins(
  root: string,
  files: readonly string[],
  read: ReadFile,
): Promise<LineOrigins> {
  const texts = await readAll(files, read)
  const [history, kept] = await Promise.all([readHistory(root), keptLines(root, texts)])
  const origins = await inTurns([...texts], async ([file, text]) => {
    const past = history === null ? [] : await historyOfLines(root, history, file, text)
    return weighLines(file, text, kept.get(file) ?? [], past)
  })
  return {
    attributed: origins.flatMap(({ attributed }) => attributed),
    human: origins.flatMap(({ human }) => human),
    texts,
  }
}

async function readAll(files: readonly string[], read: ReadFile): Promise<Map<string, string>> {
  const texts = await inTurns([...new Set(files)].toSorted(), async (file) => ({
    file,
    text: await read(file).catch(() => null),
  }))
  return new Map(
    texts.flatMap(({ file, text }) => (text === null || text.length > longestText ? [] : [[file, text]])),
  )
}

/** A few at a time, since most of it waits for processes. Results in the order of `items`. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const queue = items.entries()
  const results: Result[] = []
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

/** Weighs what speaks for each line that isn't blank, and joins neighbours of which the same is said. */
function weighLines(
  file: string,
  text: string,
  kept: readonly KeptLines[],
  past: readonly LineHistory[],
): Pick<LineOrigins, 'attributed' | 'human'> {
  const lines = text.split('\n')
  const best = strongestByLine(kept)
  const marked = markedLines(lines)
  const attributed: AttributedLines[] = []
  const human: FileLines[] = []
  lines.forEach((content, index) => {
    if (content.trim() === '') return
    const line = index + 1
    const record = best.get(line)
    const evidence = [...(past[index]?.evidence ?? [])]
    if (record !== undefined) evidence.push({ source: record.source, weight: record.score })
    // What the store keeps may have been judged by the same comment already.
    else if (marked.some(({ startLine, endLine }) => startLine <= line && line <= endLine)) {
      evidence.push({ source: 'code marker', weight: codeMarker.weight })
    }
    const origin = weighed(evidence, record)
    const here = { file, startLine: line, endLine: line }
    if (past[index]?.isHuman === true && (record?.score ?? 0) < overrules) append(human, here, () => true)
    else if (origin !== null) append(attributed, { ...here, ...origin }, saysSame)
  })
  return { attributed, human }
}

/** For each line the kept record with the highest score, the newest of several. */
function strongestByLine(kept: readonly KeptLines[]): Map<number, KeptLines> {
  const best = new Map<number, KeptLines>()
  for (const record of kept.toSorted((one, other) => one.score - other.score || one.at - other.at)) {
    for (let line = record.startLine; line <= record.endLine; line += 1) best.set(line, record)
  }
  return best
}

function weighed(
  evidence: readonly Evidence[],
  record: KeptLines | undefined,
): Pick<AttributedLines, 'label' | 'source' | 'score' | 'at'> | null {
  const strongest = evidence.toSorted((one, other) => other.weight - one.weight)[0]
  const score = combinedScore(evidence.map(({ weight }) => weight))
  const label = labelOf(score)
  if (strongest === undefined || label === null) return null
  return { label, source: strongest.source, score, at: record?.at ?? null }
}

function append<Lines extends LineRange>(
  all: Lines[],
  lines: Lines,
  isSame: (one: Lines, other: Lines) => boolean,
): void {
  const last = all.at(-1)
  if (last !== undefined && last.endLine + 1 === lines.startLine && isSame(last, lines)) {
    all[all.length - 1] = { ...last, endLine: lines.endLine }
  } else all.push(lines)
}

function saysSame(one: AttributedLines, other: AttributedLines): boolean {
  return one.source === other.source && one.score === other.score && one.at === other.at
}
