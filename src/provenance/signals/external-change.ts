import type { Signal } from '../signal.ts'

/** So many files at once are a generator, a synchronisation, or a whole tree that was exchanged. */
const burstFiles = 10

/** Agents in a terminal write files; so do other editors and scripts, which is why it weighs little. */
export const externalChange: Signal = {
  id: 'external-change',
  weight: 0.4,
  about: `The file changed on disk, without a git operation, and not with ${burstFiles} others at once.`,
  // Whoever makes events says `disk` of a document that was read anew, too: its own first change leaves it clean for a moment.
  seen: ({ kind, changes }, { otherFilesChanged }) =>
    kind === 'disk' && otherFilesChanged < burstFiles ? { source: 'external tool', changes } : null,
}
