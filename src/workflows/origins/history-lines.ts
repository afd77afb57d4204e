import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { parseBlame, type BlamedLine } from '../../provenance/blame.ts'
import { agentTrace, commitTrailer, gitAiNote } from '../../provenance/history.ts'
import type { LineRange } from '../../provenance/anchors.ts'
import { git } from './git.ts'
import type { History } from './git-history.ts'

/** One thing that speaks for where a line came from. */
export interface Evidence {
  /** In words, as in `Provenance`. */
  readonly source: string
  /** From 0 to 1. */
  readonly weight: number
}

/** What history says of one line. `isHuman`: a note says that a person wrote it. */
export interface LineHistory {
  readonly evidence: readonly Evidence[]
  readonly isHuman: boolean
}

const mostRemembered = 500
const remembered = new Map<string, readonly LineHistory[]>()

/**
 * What the history says of each line of a text, in order. `file` is relative to the project, `text` the file as it stands,
 * saved or not. Empty where git doesn't know the file. Remembered until HEAD, a note, a record or the text changes.
 */
export async function historyOfLines(
  root: string,
  history: History,
  file: string,
  text: string,
): Promise<readonly LineHistory[]> {
  if (!history.concerns(file)) return []
  const key = createHash('sha256').update(`${history.state}\0${file}\0${text}`).digest('base64')
  const known = remembered.get(key)
  if (known !== undefined) return known
  const args = [
    'blame',
    '--line-porcelain',
    '-w',
    '--no-textconv',
    '--contents',
    '-',
    // What a shallow clone begins with isn't the beginning: who wrote those lines is unknown.
    ...(history.isShallow ? [] : ['--root']),
    ...history.silent.map((commit) => `^${commit}`),
    '--',
    `./${file}`,
  ]
  const blame = await git(root, args, { input: text })
  const blamed = blame === null ? [] : parseBlame(blame)
  const traced = tracedLines(blamed, posix.join(history.prefix, file), history)
  const lines = blamed.map((line) => lineHistory(line, traced.has(line), history))
  remembered.set(key, lines)
  for (const [oldest] of remembered) {
    if (remembered.size <= mostRemembered) break
    remembered.delete(oldest)
  }
  return lines
}

function lineHistory(blamed: BlamedLine, isTraced: boolean, { commits }: History): LineHistory {
  const commit = blamed.commit === null || blamed.isOlder ? undefined : commits.get(blamed.commit)
  const note = commit?.noted.filter((noted) => noted.file === blamed.file && holds(noted, blamed.line)) ?? []
  const isHuman = note.some(({ author }) => author === 'human')
  const evidence: Evidence[] = []
  if (note.some(({ author }) => author === 'agent')) {
    evidence.push({ source: 'git-ai note', weight: gitAiNote.weight })
  }
  if (isTraced) evidence.push({ source: 'Agent Trace', weight: agentTrace.weight })
  // A note on the line knows better than a sentence about the whole commit.
  if (commit !== undefined && commit.source !== null && !isHuman) {
    evidence.push({ source: commit.source, weight: commitTrailer.weight })
  }
  return { evidence, isHuman }
}

/**
 * The lines that records of Agent Trace speak of. A record names lines as they stand at a revision; but tools that write it
 * while they edit name the commit before, so that the lines are in the next commit or in none yet. A record of which such
 * lines are there is read in this way: the other would blame lines that stood in that place before.
 */
function tracedLines(blamed: readonly BlamedLine[], file: string, history: History): Set<BlamedLine> {
  const { traced, head, commits } = history
  const named = new Set([file, ...blamed.map((line) => line.file)])
  const records = traced.filter((record) => named.has(record.file))
  return new Set(
    records.flatMap((record) => {
      const within = blamed.filter(
        (line) =>
          !line.isOlder &&
          record.file === (line.commit === null ? file : line.file) &&
          holds(record, line.line),
      )
      const next = within.filter(({ commit }) =>
        commit === null ? record.revision === head : commits.get(commit)?.parents[0] === record.revision,
      )
      return next.length > 0 ? next : within.filter(({ commit }) => commit === record.revision)
    }),
  )
}

function holds({ startLine, endLine }: LineRange, line: number): boolean {
  return startLine <= line && line <= endLine
}
