import type { EditEvent, EventContext } from './event.ts'

/** Something that an insertion by an assistant never is, whatever the signals say. */
export interface Veto {
  readonly id: string
  /** For the documentation: what is recognised. */
  readonly about: string
  readonly holds: (event: EditEvent, context: EventContext) => boolean
}
