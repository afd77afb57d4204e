import type { Signal } from '../signal.ts'

/** The agent itself says so. */
export const hook: Signal = {
  id: 'hook',
  weight: 1,
  about: "An agent's hook called `headroom hook` for exactly this file.",
  seen: ({ changes }, context) => (context.hook === null ? null : { source: context.hook, changes }),
}
