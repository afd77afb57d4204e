import * as l10n from '@vscode/l10n'
import { Failure, type FailureData } from '../../../model/failure.ts'

/** What the server or the network said. Empty texts where it said nothing. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly detail: string
}

/**
 * A `Failure` for what the server or the network refused; a `Failure` itself, and what is neither, is given back
 * unchanged. `display` names the database; what it says never holds a password.
 */
export function explain(error: unknown, display: string): unknown {
  if (error instanceof Failure || !(error instanceof Error)) return error
  const refusal = refusalOf(error)
  const found = sentences.find(([pattern]) => pattern.test(refusal.code))
  if (found !== undefined) return new Failure(found[1], found[2](refusal, display), { cause: error })
  if (/connection terminated|terminating connection|not queryable|timeout expired/i.test(error.message)) {
    return new Failure('HR_DATABASE', lost(display), { cause: error })
  }
  if (/password must be a string/i.test(error.message)) {
    return new Failure('HR_DATABASE_PASSWORD', wrongPassword(refusal, display), { cause: error })
  }
  if (!/^[0-9A-Z]{5}$/.test(refusal.code)) return error
  return new Failure('HR_DATABASE', l10n.t('{0} refused to go on: {1}', display, sentence(error.message)), {
    cause: error,
  })
}

/** The server's code for a refusal (SQLSTATE), or the network's. */
export function codeOf(error: unknown): string {
  return refusalOf(error).code
}

type Sentence = readonly [RegExp, FailureData['code'], (refusal: Refusal, display: string) => string]

/** https://www.postgresql.org/docs/current/errcodes-appendix.html, and Node's names for the network's. */
const sentences: readonly Sentence[] = [
  [
    /^ECONNREFUSED$|^ENOENT$/,
    'HR_DATABASE_REFUSED',
    (_, display) => l10n.t('No PostgreSQL answers at {0}. Start it, then try again.', display),
  ],
  [
    /^ENOTFOUND$|^EAI_AGAIN$/,
    'HR_DATABASE_REFUSED',
    (_, display) => l10n.t('The host of {0} is not known. Check the URL.', display),
  ],
  [/^ECONNRESET$|^EPIPE$|^ETIMEDOUT$|^57P0[125]$|^08/, 'HR_DATABASE', (_, display) => lost(display)],
  [
    /^57P03$/,
    'HR_DATABASE',
    (_, display) => l10n.t('{0} is starting up or shutting down. Try again in a moment.', display),
  ],
  [/^28/, 'HR_DATABASE_PASSWORD', wrongPassword],
  [
    /^3D000$/,
    'HR_DATABASE_MISSING',
    (_, display) => l10n.t('There is no database at {0}. Create it, or check the URL.', display),
  ],
  [
    /^53100$|^58030$/,
    'HR_DATABASE_FULL',
    (_, display) =>
      l10n.t(
        'The disk of {0} is full. Free some space; the rows that it already got can be undone.',
        display,
      ),
  ],
  [
    /^53300$/,
    'HR_DATABASE',
    (_, display) =>
      l10n.t('{0} has no connection left. Close other programs that use it, then try again.', display),
  ],
  [
    /^53200$/,
    'HR_DATABASE',
    (_, display) =>
      l10n.t('The server of {0} has run out of memory. Give it more, or seed fewer rows.', display),
  ],
  [
    /^42501$/,
    'HR_DATABASE_PERMISSION',
    ({ message }, display) =>
      l10n.t('The user of {0} may not do this: {1} Use the owner of the tables.', display, sentence(message)),
  ],
  [/^25006$/, 'HR_DATABASE', (_, display) => l10n.t('{0} is read-only. Use the primary server.', display)],
  [
    /^55P03$|^40P01$/,
    'HR_DATABASE_LOCKED',
    (_, display) =>
      l10n.t(
        'Another program keeps a table of {0} locked. Finish what it is doing there, then try again.',
        display,
      ),
  ],
  [
    /^2BP01$/,
    'HR_DATABASE',
    ({ message, detail }, display) =>
      l10n.t('{0} refused to go on: {1} {2}', display, sentence(message), sentence(detail)),
  ],
  [
    /^23|^22/,
    'HR_DATABASE_CONSTRAINT',
    ({ message, detail }) =>
      detail === ''
        ? l10n.t('The database refused a generated row: {0}', sentence(message))
        : l10n.t('The database refused a generated row: {0} {1}', sentence(message), sentence(detail)),
  ],
]

function wrongPassword(_: Refusal, display: string): string {
  return l10n.t(
    '{0} did not accept the user name and password of its URL. Check them, then try again.',
    display,
  )
}

function lost(display: string): string {
  return l10n.t(
    'The connection to {0} was lost. Once the server runs again, the seeding can be resumed or undone.',
    display,
  )
}

/** What is behind an error or the `Failure` made of one. */
export function refusalOf(error: unknown): Refusal {
  const cause = error instanceof Failure && error.cause !== undefined ? error.cause : error
  if (!(cause instanceof Error)) return { code: '', message: String(cause), detail: '' }
  const inner = cause instanceof AggregateError ? cause.errors.find((each) => each instanceof Error) : cause
  const field = (name: string): string => {
    const value: unknown = Reflect.get(cause, name) ?? Reflect.get(inner ?? cause, name)
    return typeof value === 'string' ? value : ''
  }
  return { code: field('code'), message: cause.message, detail: field('detail') }
}

function sentence(text: string): string {
  const short = text.length > 300 ? `${text.slice(0, 300)}…` : text
  return /[.!?…]$/.test(short) ? short : `${short}.`
}
