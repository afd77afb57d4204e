/** A part of a text that was replaced; offsets are those before the event, in UTF-16 units. */
export interface TextChange {
  readonly start: number
  readonly removed: string
  readonly text: string
}

/**
 * One thing that happened to a file. Plain data, so that events can be recorded in a real editor and replayed; it lives in
 * memory only, because it holds code.
 */
export interface EditEvent {
  /** `document`: the editor changed its text. `disk`: somebody else changed the file, whether it is open (and read anew) or not. */
  readonly kind: 'document' | 'disk'
  /** Relative to the project, forward slashes. */
  readonly file: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** What the editor says of a change of its own; null for all others. */
  readonly reason: 'undo' | 'redo' | null
  /** Whether the document has unsaved changes after it. A reload from disk leaves none. */
  readonly isDirty: boolean
  /** In ascending order of `start`, none overlapping. */
  readonly changes: readonly TextChange[]
}

/** Changes that came one after the other, each where the last one ended: how an answer arrives, and how people type. */
export interface Stream {
  /** Changes that brought characters, but for those that repeated the one before, as a key that is held does. */
  readonly changes: number
  /** Lines that they brought characters to. */
  readonly lines: number
  /** Characters that aren't spaces, in all of them and in the largest one. */
  readonly characters: number
  readonly largest: number
  /** Milliseconds since 1970. */
  readonly firstAt: number
  readonly lastAt: number
}

/** What is known around an event when it is judged. */
export interface EventContext {
  /** Milliseconds between a move of HEAD or of git's index and the event, whichever came first; null where neither moved. */
  readonly gitMovedWithinMillis: number | null
  /** Whether the whole text after the event is that of the file in HEAD. */
  readonly equalsHead: boolean
  /** Whether the clipboard held the inserted text; null where it was not read. Compared by hashes. */
  readonly equalsClipboard: boolean | null
  /** Other files that changed on disk in the same two seconds: a checkout and a generator come in bursts. */
  readonly otherFilesChanged: number
  /** An inline completion that was accepted through Headroom's wrapped command, and by whom, as far as is known. */
  readonly acceptedInline: string | null
  /** An agent's hook that reported exactly this file within two seconds: `Claude Code hook`. */
  readonly hook: string | null
  /** The stream that the event belongs to, as far as it was seen; null where it belongs to none. */
  readonly stream: Stream | null
}
