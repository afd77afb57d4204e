import type { Signal } from '../signal.ts'

/** Misses what is accepted word by word, and is on only where the user wants it. */
export const acceptedInline: Signal = {
  id: 'accepted-inline',
  weight: 0.95,
  about: "An inline completion was accepted through Headroom's command.",
  seen: ({ kind, changes }, context) =>
    kind === 'disk' || context.acceptedInline === null ? null : { source: 'inline completion', changes },
}
