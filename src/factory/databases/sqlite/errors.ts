import { Failure } from '../../../model/failure.ts'

/** SQLite's primary result codes: https://sqlite.org/rescode.html */
export const codes = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
}

/** The primary result code of what SQLite threw, or null for anything else. */
export function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}

/** A `Failure` for what SQLite refused; a `Failure` itself is given back unchanged. `display` names the file. */
export function explain(error: unknown, display: string): unknown {
  if (error instanceof Failure) return error
  const code = resultCode(error)
  if (code === null || !(error instanceof Error)) return error
  const message = sentences[code]?.(display, error.message)
  return new Failure(
    failureCodes[code] ?? 'HR_DATABASE',
    message ?? `SQLite refused to go on with ${display}: ${error.message}.`,
    { cause: error },
  )
}

const failureCodes: Readonly<Record<number, `HR_${string}`>> = {
  [codes.constraint]: 'HR_DATABASE_CONSTRAINT',
  [codes.full]: 'HR_DATABASE_FULL',
}

const sentences: Readonly<Record<number, (display: string, detail: string) => string>> = {
  [codes.busy]: (display) =>
    `Another program keeps ${display} locked. Finish what it is doing there, then try again.`,
  [codes.locked]: (display) =>
    `Another program keeps ${display} locked. Finish what it is doing there, then try again.`,
  [codes.readOnly]: (display) =>
    `${display} is read-only. Make the file and its folder writable, then try again.`,
  [codes.io]: (display) => `The disk refused to read or write ${display}. Check the disk, then try again.`,
  [codes.corrupt]: (display) => `${display} is damaged. Restore it or let the app create it again.`,
  [codes.full]: (display) =>
    `The disk is full. Free some space; then resume or undo what ${display} already got.`,
  [codes.cannotOpen]: (display) => `${display} cannot be opened. Check its permissions.`,
  [codes.constraint]: (_, detail) => `The database refused a generated row: ${detail}.`,
  [codes.notADatabase]: (display) => `${display} is not a SQLite database, or it is encrypted.`,
}
