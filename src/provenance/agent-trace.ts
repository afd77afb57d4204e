import type { LineRange } from './anchors.ts'

/** Lines of a file that an agent wrote, as the file stood at a revision. */
export interface TracedLines extends LineRange {
  /** Relative to the repository, forward slashes. */
  readonly file: string
  /** The commit that was HEAD or that has the lines; null where the record names none. */
  readonly revision: string | null
}

const longestText = 20_000_000
const mostRanges = 100_000

/**
 * Reads a file of Agent Trace 0.1: one record, a list of them, or one a line. Leniently: versions and ids aren't looked at,
 * and what isn't understood is left out. Only what is said to be an agent's counts; `mixed` and `unknown` don't.
 */
export function parseAgentTrace(text: string): TracedLines[] {
  if (text.length > longestText) return []
  const whole = parsed(text)
  const records = whole === undefined ? text.split('\n').map(parsed) : Array.isArray(whole) ? whole : [whole]
  const traced: TracedLines[] = []
  for (const record of records) {
    for (const lines of linesOf(record)) {
      if (traced.length >= mostRanges) return traced
      traced.push(lines)
    }
  }
  return traced
}

function* linesOf(record: unknown): Generator<TracedLines> {
  const revision = field(field(record, 'vcs'), 'revision')
  for (const file of list(field(record, 'files'))) {
    const path = field(file, 'path')
    if (typeof path !== 'string' || path === '') continue
    for (const conversation of list(field(file, 'conversations'))) {
      for (const range of list(field(conversation, 'ranges'))) {
        const contributor = field(range, 'contributor') ?? field(conversation, 'contributor')
        const [startLine, endLine] = [Number(field(range, 'start_line')), Number(field(range, 'end_line'))]
        if (field(contributor, 'type') !== 'ai' || !(startLine >= 1) || !(endLine >= startLine)) continue
        yield {
          file: path.replaceAll('\\', '/').replace(/^\.\//, ''),
          revision: typeof revision === 'string' && revision !== '' ? revision : null,
          startLine,
          endLine,
        }
      }
    }
  }
}

/** What a JSON text holds; undefined where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
