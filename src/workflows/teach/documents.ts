import type { TaughtFile } from './files.ts'
import { appendBlock, findBlock, holds, isCurrent, isSealed, replaceBlock } from './markers.ts'
import { appendText, readProse } from './prose.ts'

export const agentsFile = 'AGENTS.md'
export const claudeFile = 'CLAUDE.md'

/**
 * AGENTS.md with these lines in Headroom's block, at its end where it has none yet; `before` null where there is no file. Throws
 * `HR_TEACH_MARKERS` where the markers in it can't be made out.
 */
export function planAgents(before: string | null, lines: readonly string[]): TaughtFile {
  const text = before ?? ''
  const block = findBlock(text, agentsFile)
  if (block === null) {
    return { file: agentsFile, before, after: appendBlock(text, agentsFile, lines), state: 'missing' }
  }
  if (isCurrent(block, lines)) return { file: agentsFile, before, after: text, state: 'current' }
  const state = isSealed(block) || holds(block, lines) ? 'outdated' : 'edited'
  return { file: agentsFile, before, after: replaceBlock(text, block, lines), state }
}

/** Claude Code reads CLAUDE.md alone; an import brings the other file in. In code, an import isn't one. */
export function planClaude(before: string): TaughtFile {
  const isImported = readProse(before).lines.some(({ prose }) =>
    /(?:^\uFEFF?|\s)@(?:\.\/)?AGENTS\.md(?![\w/-])/.test(prose),
  )
  return isImported
    ? { file: claudeFile, before, after: before, state: 'current' }
    : { file: claudeFile, before, after: appendText(before, claudeFile, `@${agentsFile}`), state: 'missing' }
}
