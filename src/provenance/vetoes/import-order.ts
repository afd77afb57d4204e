import type { EditEvent } from '../event.ts'
import type { Veto } from '../veto.ts'

const importStatement = /\b(?:import|export)\b[\w\s{},*$]*(?:'[^'\n]*'|"[^"\n]*")[ \t]*;?/g
const longestText = 20_000

/** Sorting and joining imports writes whole lines anew, of which each word was there before. */
export const importOrder: Veto = {
  id: 'import-order',
  about: 'Imports were sorted, joined or taken away; none is new.',
  holds: ({ changes }) => {
    const inserted = joined(changes, 'text')
    if (inserted.length > longestText || inserted.replaceAll(importStatement, '').trim() !== '') return false
    const before = new Set(words(joined(changes, 'removed')))
    return words(inserted).every((word) => before.has(word))
  },
}

function joined(changes: EditEvent['changes'], side: 'removed' | 'text'): string {
  return changes.map((change) => change[side]).join('\n')
}

/** Names and module names. */
function words(text: string): string[] {
  return text.match(/[\w$./@:-]+/g) ?? []
}
