import { insertedParts, type InsertedPart } from '../inserted.ts'
import type { Signal } from '../signal.ts'

const fewestLines = 3
const fewestCharacters = 80

/** Nobody types several lines in one change; what else inserts them is vetoed, or can't be told apart. */
export const insertionShape: Signal = {
  id: 'insertion-shape',
  weight: 0.4,
  about: `One change brought at least ${fewestLines} new lines with ${fewestCharacters} characters that aren't spaces.`,
  seen: (event) => {
    const blocks = [...insertedParts(event)].filter(([, parts]) => isBlock(parts)).map(([change]) => change)
    return blocks.length === 0 ? null : { source: 'block inserted at once', changes: blocks }
  },
}

function isBlock(parts: readonly InsertedPart[]): boolean {
  const lines = parts.flatMap((part) => part.lines)
  const characters = lines.reduce((sum, line) => sum + line.replaceAll(/\s/g, '').length, 0)
  return lines.length >= fewestLines && characters >= fewestCharacters
}
