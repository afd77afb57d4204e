import { hasMarker } from '../markers.ts'
import type { Signal } from '../signal.ts'

/** Rare, and a person may copy one along. */
export const codeMarker: Signal = {
  id: 'code-marker',
  weight: 0.5,
  about: 'A comment in the inserted text says that an assistant wrote it.',
  seen: ({ changes }) => {
    const marked = changes.filter(({ text }) => hasMarker(text))
    return marked.length === 0 ? null : { source: 'code marker', changes: marked }
  },
}
