import { Failure, type FailureData } from '../../../model/failure.ts'

type Sentence = readonly [RegExp, FailureData['code'], (display: string, message: string) => string]

/** https://mariadb.com/kb/en/mariadb-error-code-reference/ by mysql2's names, and Node's names for the network's. */
const sentences: readonly Sentence[] = [
  [
    /^ECONNREFUSED$|^ENOENT$/,
    'HR_DATABASE_REFUSED',
    (display) => `No MySQL or MariaDB answers at ${display}. Start it, then try again.`,
  ],
  [
    /^ENOTFOUND$|^EAI_AGAIN$/,
    'HR_DATABASE_REFUSED',
    (display) => `The host of ${display} is not known. Check the URL.`,
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
      `${display} did not accept the user name and password of its URL. Check them, then try again.`,
  ],
  [
    /^ER_BAD_DB_ERROR$/,
    'HR_DATABASE_MISSING',
    (display) => `There is no database at ${display}. Create it, or check the URL.`,
  ],
  [
    /^ER_(?:DBACCESS|TABLEACCESS|COLUMNACCESS|SPECIFIC_ACCESS)_DENIED_ERROR$|^ER_PROCACCESS_DENIED_ERROR$/,
    'HR_DATABASE_PERMISSION',
    (display, message) =>
      `The user of ${display} may not do this: ${message} Grant it all privileges on the database.`,
  ],
  [
    /^ER_SECURE_TRANSPORT_REQUIRED$/,
    'HR_DATABASE',
    (display) =>
      `${display} takes encrypted connections only. Add ssl=true to its URL, or turn require_secure_transport off.`,
  ],
  [
    /^ER_DISK_FULL$|^ER_RECORD_FILE_FULL$|^ER_ENGINE_OUT_OF_MEMORY$/,
    'HR_DATABASE_FULL',
    (display) =>
      `The disk of ${display} is full. Free some space; the rows that it already got can be undone.`,
  ],
  [
    /^ER_LOCK_WAIT_TIMEOUT$|^ER_LOCK_DEADLOCK$|^ER_LOCK_ABORTED$/,
    'HR_DATABASE_LOCKED',
    (display) =>
      `Another program keeps a table of ${display} locked. Finish what it is doing there, then try again.`,
  ],
  [
    /^ER_CON_COUNT_ERROR$|^ER_TOO_MANY_USER_CONNECTIONS$|^ER_USER_LIMIT_REACHED$/,
    'HR_DATABASE',
    (display) => `${display} has no connection left. Close other programs that use it, then try again.`,
  ],
  [
    /^ER_OPTION_PREVENTS_STATEMENT$|^ER_READ_ONLY_MODE$|^ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION$|^ER_OPEN_AS_READONLY$/,
    'HR_DATABASE',
    (display) => `${display} is read-only. Use the primary server.`,
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
      `The disk of ${display} is full. Free some space; the rows that it already got can be undone.`,
      {
        cause: error,
      },
    )
  }
  if (rowRefusal.test(code) || rowRefusal.test(String(numberOf(error))))
    return refusedRow(error.message, error)
  if (numberOf(error) === null) return error
  return new Failure('HR_DATABASE', `${display} refused to go on: ${message}`, { cause: error })
}

/** The failure for a generated row that the server doesn't take; `message` is the server's. */
export function refusedRow(message: string, cause?: unknown): Failure {
  return new Failure(
    'HR_DATABASE_CONSTRAINT',
    `The database refused a generated row: ${sentence(message)}`,
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
  return `The connection to ${display} was lost. Once the server runs again, the seeding can be resumed or undone.`
}

function sentence(text: string): string {
  const short = text.length > 300 ? `${text.slice(0, 300)}…` : text
  return /[.!?…]$/.test(short) ? short : `${short}.`
}
