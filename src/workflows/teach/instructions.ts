import type { Route } from '../../model/route.ts'
import type { TaughtFile } from './files.ts'
import { routeGlobs } from './globs.ts'
import { blockText, findBlock, holds, isCurrent, isSealed, replaceBlock, type Block } from './markers.ts'

/** Read by VS Code for the files that `applyTo` names. Headroom's own file; what people add around the block stays. */
export const instructionsFile = '.github/instructions/headroom.instructions.md'

const lines = [
  'These files hold HTTP endpoints. "Load and scale" in AGENTS.md says what they must take; follow it, and verify a change with Headroom before you call it done.',
]

const frontMatter = /^\uFEFF?---[ \t]*(?:\r\n|\n)(?:[^]*?(?:\r\n|\n))??---[ \t]*(?:\r\n|\n|$)/
const applyToLine = /^(applyTo:[ \t]*)(.*?)[ \t]*$/m

/**
 * The file of instructions for the routes' files, as it is to become. The block's hash covers `applyTo` too, so that a change of
 * it by hand is noticed; a file of that name that isn't Headroom's counts as edited by hand as a whole.
 */
export function planInstructions(before: string | null, routes: readonly Route[]): TaughtFile {
  const file = instructionsFile
  const applyTo = routeGlobs(routes).join(',')
  const fresh = `---\napplyTo: ${quoted(applyTo)}\n---\n\n${blockText(lines, '\n', applyTo)}\n`
  if (before === null || before.trim() === '') return { file, before, after: fresh, state: 'missing' }
  const block = findBlock(before, file)
  const standing = applyToOf(before)
  if (block === null || standing === null || !startsBefore(before, block)) {
    return { file, before, after: fresh, state: 'edited' }
  }
  if (standing === applyTo && isCurrent(block, lines, applyTo)) {
    return { file, before, after: before, state: 'current' }
  }
  const isOurs = isSealed(block, standing) || (standing === applyTo && holds(block, lines))
  const replaced = replaceBlock(before, block, lines, applyTo)
  const after = standing === applyTo ? replaced : withApplyTo(replaced, applyTo)
  return { file, before, after, state: isOurs ? 'outdated' : 'edited' }
}

/** The globs that the front matter says, without quotes; null where it says none. */
function applyToOf(text: string): string | null {
  const [front = ''] = frontMatter.exec(text) ?? []
  const value = applyToLine.exec(front.replaceAll('\r\n', '\n'))?.[2]
  return value === undefined ? null : value.replace(/^(['"])(.*)\1$/, '$2')
}

/** Whether the front matter ends before the block begins. */
function startsBefore(text: string, { start }: Block): boolean {
  return (frontMatter.exec(text)?.[0].length ?? 0) <= start
}

function withApplyTo(text: string, applyTo: string): string {
  return text.replace(frontMatter, (front) =>
    front.replace(/^(applyTo:[ \t]*)[^\r\n]*/m, (_, key: string) => `${key}${quoted(applyTo)}`),
  )
}

/** In the quotes that formatters prefer; globs of routes hold none. */
function quoted(globs: string): string {
  return `"${globs}"`
}
