import type { EditEvent } from '../event.ts'
import type { Veto } from '../veto.ts'

/**
 * All that formatters add, take away or exchange: whitespace, quotes and their escapes, semicolons, commas, parentheses, and the
 * bar that begins a union of types on lines of their own.
 */
const format = /\{["']\s*["']\}|[\s'"`\\;,()|]/g

/** Compared as plain text over all of an event's changes, since editors cut what a formatter did into the smallest pieces. */
export const formatter: Veto = {
  id: 'formatter',
  about: 'The same text but for whitespace, quotes, semicolons, commas and parentheses.',
  holds: ({ changes }) => bare(changes, 'removed') === bare(changes, 'text'),
}

function bare(changes: EditEvent['changes'], side: 'removed' | 'text'): string {
  return changes.map((change) => change[side].replaceAll(format, '')).join('')
}
