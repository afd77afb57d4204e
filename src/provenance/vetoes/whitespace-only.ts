import type { Veto } from '../veto.ts'

export const whitespaceOnly: Veto = {
  id: 'whitespace-only',
  about: 'Nothing but whitespace was inserted, or nothing at all.',
  holds: ({ changes }) => changes.every(({ text }) => text.trim() === ''),
}
