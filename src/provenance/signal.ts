import type { EditEvent, EventContext, TextChange } from './event.ts'

/** What a signal saw: where the text came from, in words, and the changes it speaks of. */
export interface Seen {
  readonly source: string
  readonly changes: readonly TextChange[]
}

/** Something about an edit that speaks for a machine having made it. */
export interface Signal {
  readonly id: string
  /** How sure it alone makes it, from 0 to 1. */
  readonly weight: number
  /** For the documentation: what is seen. */
  readonly about: string
  /** What of the event it speaks of, or null where it says nothing. Pure. */
  readonly seen: (event: EditEvent, context: EventContext) => Seen | null
}
