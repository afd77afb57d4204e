import type { EventContext } from '../../src/provenance/event.ts'

/** The context of an event around which nothing is known. */
export const nothingKnown: EventContext = {
  gitMovedWithinMillis: null,
  equalsHead: false,
  equalsClipboard: null,
  otherFilesChanged: 0,
  acceptedInline: null,
  hook: null,
  stream: null,
}
