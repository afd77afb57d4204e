/** A place in a source file. `file` is relative to the inspected folder, with forward slashes; lines and columns count from 1. */
export interface Location {
  readonly file: string
  readonly line: number
}

/** A range in a source file, end exclusive; lines and columns count from 1, columns in UTF-16 code units. */
export interface Span extends Location {
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** Replaces the UTF-16 offsets `start` (inclusive) to `end` (exclusive) of `file` by `text`. */
export interface FileEdit {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Text that stands in an editor but not on disk. `file` as in {@link Location}. */
export interface Overlay {
  readonly file: string
  readonly text: string
}
