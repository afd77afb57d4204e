import type { LineRange } from './anchors.ts'

/** Whom a note names for lines of a file as its commit has it. Lines that no one is named for are unknown. */
export interface NotedLines extends LineRange {
  readonly file: string
  readonly author: 'agent' | 'human'
}

const longestNote = 5_000_000
const mostRanges = 100_000
const idLine = /^[ \t]+(\S+)[ \t]+([\d,-]+)[ \t]*$/

/**
 * Reads a note of git-ai, schema authorship/3: a path, then indented `<id> 3-4,7`, then `---`, then JSON. Ids that begin with
 * `h_` are people's. Anything else gives nothing.
 */
export function parseGitAiNote(note: string): NotedLines[] {
  if (note.length > longestNote) return []
  const end = /^---[ \t\r]*$/m.exec(note)
  if (end === null || !isAuthorship(note.slice(end.index + end[0].length))) return []
  const noted: NotedLines[] = []
  let file: string | null = null
  for (const row of note.slice(0, end.index).split(/\r?\n/)) {
    const found = idLine.exec(row)
    if (found === null) {
      // What is indented but no list of lines belongs to a file that can't be read.
      file = /^\s/.test(row) || row === '' ? null : row.replace(/^"(.*)"$/, '$1')
    } else if (file !== null) {
      const author = (found[1] ?? '').startsWith('h_') ? 'human' : 'agent'
      for (const range of parseRanges(found[2] ?? '')) noted.push({ file, author, ...range })
    }
    if (noted.length > mostRanges) return []
  }
  return noted
}

function isAuthorship(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return (
      typeof value === 'object' &&
      value !== null &&
      'schema_version' in value &&
      String(value.schema_version).startsWith('authorship/3.')
    )
  } catch {
    return false
  }
}

/** `3-4,7`: what isn't a range of lines is left out. */
function parseRanges(text: string): LineRange[] {
  return text.split(',').flatMap((part) => {
    const [, from, to] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part) ?? []
    const startLine = Number(from)
    const endLine = Number(to ?? from)
    return startLine >= 1 && endLine >= startLine ? [{ startLine, endLine }] : []
  })
}
