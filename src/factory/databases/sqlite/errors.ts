import * as l10n from '@vscode/l10n'
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
    message ?? l10n.t('SQLite refused to go on with {0}: {1}.', display, error.message),
    { cause: error },
  )
}

const failureCodes: Readonly<Record<number, `HR_${string}`>> = {
  [codes.constraint]: 'HR_DATABASE_CONSTRAINT',
  [codes.full]: 'HR_DATABASE_FULL',
}

const sentences: Readonly<Record<number, (display: string, detail: string) => string>> = {
  [codes.busy]: (display) =>
    l10n.t('Another program keeps {0} locked. Finish what it is doing there, then try again.', display),
  [codes.locked]: (display) =>
    l10n.t('Another program keeps {0} locked. Finish what it is doing there, then try again.', display),
  [codes.readOnly]: (display) =>
    l10n.t('{0} is read-only. Make the file and its folder writable, then try again.', display),
  [codes.io]: (display) =>
    l10n.t('The disk refused to read or write {0}. Check the disk, then try again.', display),
  [codes.corrupt]: (display) => l10n.t('{0} is damaged. Restore it or let the app create it again.', display),
  [codes.full]: (display) =>
    l10n.t('The disk is full. Free some space; then resume or undo what {0} already got.', display),
  [codes.cannotOpen]: (display) => l10n.t('{0} cannot be opened. Check its permissions.', display),
  [codes.constraint]: (_, detail) => l10n.t('The database refused a generated row: {0}.', detail),
  [codes.notADatabase]: (display) => l10n.t('{0} is not a SQLite database, or it is encrypted.', display),
}
