import { unquoted } from './diff.ts'

/** Where one line of a text comes from. */
export interface BlamedLine {
  /** Null for a line that isn't committed. */
  readonly commit: string | null
  /** The file's name in that commit, relative to the repository, and the line there, from 1. */
  readonly file: string
  readonly line: number
  /** Whether it is from that commit or from any before it: git was told to look no further, or couldn't. */
  readonly isOlder: boolean
}

const header = /^([0-9a-f]{40}|[0-9a-f]{64}) (\d+) \d+(?: \d+)?$/

/** Reads `git blame --line-porcelain`: one entry for each line of the text, in order. What isn't that gives nothing. */
export function parseBlame(text: string): BlamedLine[] {
  const lines: BlamedLine[] = []
  let commit = ''
  let line = 0
  let file = ''
  let isOlder = false
  for (const row of text.split('\n')) {
    // The code itself begins with a tab, so that it can't be taken for a header.
    if (row.startsWith('\t')) {
      if (line > 0) lines.push({ commit: /^0+$/.test(commit) ? null : commit, file, line, isOlder })
      line = 0
      continue
    }
    const found = header.exec(row)
    if (found !== null && line === 0) {
      commit = found[1] ?? ''
      line = Number(found[2])
      file = ''
      isOlder = false
    } else if (row === 'boundary') {
      isOlder = true
    } else if (row.startsWith('filename ')) {
      const name = row.slice('filename '.length)
      file = name.startsWith('"') ? unquoted(name) : name
    }
  }
  return lines
}
