import * as l10n from '@vscode/l10n'
import { Failure, type FailureData } from '../../../model/failure.ts'

type Sentence = readonly [RegExp, FailureData['code'], (display: string, message: string) => string]

/** https://mariadb.com/kb/en/mariadb-error-code-reference/ by mysql2's names, and Node's names for the network's. */
const sentences: readonly Sentence[] = [
  [
    /^ECONNREFUSED$|^ENOENT$/,
    'HR_DATABASE_REFUSED',
    (display) => l10n.t('No MySQL or MariaDB answers at {0}. Start it, then try again.', display),
  ],
  [
    /^ENOTFOUND$|^EAI_AGAIN$/,
    'HR_DATABASE_REFUSED',
    (display) => l10n.t('The host of {0} is not known. Check the URL.', display),
  ],
  [
    /^ECONNRESET$|^EPIPE$|^ETIMEDOUT$|^PROTOCOL_CONNECTION_LOST$|^ER_SERVER_SHUTDOWN$|^ER_CONNECTION_KILLED$|^1927$/,
    'HR_DATABASE',
    lost,
  ],
  [
    /^ER_ACCESS_DENIED_ERROR$|^ER_ACCESS_DENIED_NO_PASSWORD_ERROR$|^AUTH_SWITCH_PLUGIN_ERROR$/,
    'HR_DATABASE_PASSWORD',
    (display) =>
      l10n.t(
        '{0} did not accept the user name and password of its URL. Check them, then try again.',
        display,
      ),
  ],
  [
    /^ER_BAD_DB_ERROR$/,
    'HR_DATABASE_MISSING',
    (display) => l10n.t('There is no database at {0}. Create it, or check the URL.', display),
  ],
  [
    /^ER_(?:DBACCESS|TABLEACCESS|COLUMNACCESS|SPECIFIC_ACCESS)_DENIED_ERROR$|^ER_PROCACCESS_DENIED_ERROR$/,
    'HR_DATABASE_PERMISSION',
    (display, message) =>
      l10n.t(
        'The user of {0} may not do this: {1} Grant it all privileges on the database.',
        display,
        message,
      ),
  ],
  [
    /^ER_SECURE_TRANSPORT_REQUIRED$/,
    'HR_DATABASE',
    (display) =>
      l10n.t(
        '{0} takes encrypted connections only. Add ssl=true to its URL, or turn require_secure_transport off.',
        display,
      ),
  ],
  [
    /^ER_DISK_FULL$|^ER_RECORD_FILE_FULL$|^ER_ENGINE_OUT_OF_MEMORY$/,
    'HR_DATABASE_FULL',
    (display) =>
      l10n.t(
        'The disk of {0} is full. Free some space; the rows that it already got can be undone.',
        display,
      ),
  ],
  [
    /^ER_LOCK_WAIT_TIMEOUT$|^ER_LOCK_DEADLOCK$|^ER_LOCK_ABORTED$/,
    'HR_DATABASE_LOCKED',
    (display) =>
      l10n.t(
        'Another program keeps a table of {0} locked. Finish what it is doing there, then try again.',
        display,
      ),
  ],
  [
    /^ER_CON_COUNT_ERROR$|^ER_TOO_MANY_USER_CONNECTIONS$|^ER_USER_LIMIT_REACHED$/,
    'HR_DATABASE',
    (display) =>
      l10n.t('{0} has no connection left. Close other programs that use it, then try again.', display),
  ],
  [
    /^ER_OPTION_PREVENTS_STATEMENT$|^ER_READ_ONLY_MODE$|^ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION$|^ER_OPEN_AS_READONLY$/,
    'HR_DATABASE',
    (display) => l10n.t('{0} is read-only. Use the primary server.', display),
  ],
]

/** What a generated row can break: uniqueness, CHECKs, lengths, ranges, formats, NOT NULL, references. */
const rowRefusal =
  /^ER_(?:DUP_ENTRY\w*|CONSTRAINT_FAILED|CHECK_CONSTRAINT_VIOLATED|DATA_TOO_LONG|WARN_DATA_OUT_OF_RANGE|TRUNCATED_WRONG_VALUE\w*|WARN_DATA_TRUNCATED|BAD_NULL_ERROR|NO_DEFAULT_FOR_FIELD|NO_REFERENCED_ROW\w*|ROW_IS_REFERENCED\w*|INVALID_JSON_TEXT\w*|WRONG_VALUE\w*|SIGNAL_EXCEPTION|DATA_OUT_OF_RANGE|CANT_CREATE_GEOMETRY_OBJECT|INVALID_CHARACTER_STRING)$|^4025$|^3819$/

/**
 * A `Failure` for what the server or the network refused; a `Failure` itself, and what is neither, is given back
 * unchanged. `display` names the database; what it says never holds a password.
 */
export function explain(error: unknown, display: string): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error
  const code = codeOf(error)
  const found = sentences.find(([pattern]) => pattern.test(code))
  const message = sentence(error.message)
  if (found !== undefined) return new Failure(found[1], found[2](display, message), { cause: error })
  if (/closed state|Connection lost/i.test(error.message)) {
    return new Failure('HR_DATABASE', lost(display), { cause: error })
  }
  if (/No space left on device|Errcode: 28|is full/i.test(error.message)) {
    return new Failure(
      'HR_DATABASE_FULL',
      l10n.t(
        'The disk of {0} is full. Free some space; the rows that it already got can be undone.',
        display,
      ),
      { cause: error },
    )
  }
  if (rowRefusal.test(code) || rowRefusal.test(String(numberOf(error))))
    return refusedRow(error.message, error)
  if (numberOf(error) === null) return error
  return new Failure('HR_DATABASE', l10n.t('{0} refused to go on: {1}', display, message), { cause: error })
}

/** The failure for a generated row that the server doesn't take; `message` is the server's. */
export function refusedRow(message: string, cause?: unknown): Failure {
  return new Failure(
    'HR_DATABASE_CONSTRAINT',
    l10n.t('The database refused a generated row: {0}', sentence(message)),
    cause === undefined ? {} : { cause },
  )
}

/** mysql2's name for the server's refusal, or Node's for the network's; also of what a failure was made from. */
export function codeOf(error: unknown): string {
  const cause = error instanceof Failure && error.cause !== undefined ? error.cause : error
  if (!(cause instanceof Error)) return ''
  const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause
  const code: unknown = inner instanceof Error ? Reflect.get(inner, 'code') : ''
  return typeof code === 'string' ? code : ''
}

function numberOf(error: Error): number | null {
  const number: unknown = Reflect.get(error, 'errno')
  return typeof number === 'number' && number > 0 ? number : null
}

function lost(display: string): string {
  return l10n.t(
    'The connection to {0} was lost. Once the server runs again, the seeding can be resumed or undone.',
    display,
  )
}

function sentence(text: string): string {
  const short = text.length > 300 ? `${text.slice(0, 300)}…` : text
  return /[.!?…]$/.test(short) ? short : `${short}.`
}
