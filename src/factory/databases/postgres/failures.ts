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
  return new Failure('HR_DATABASE', `${display} refused to go on: ${sentence(error.message)}`, {
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
    (_, display) => `No PostgreSQL answers at ${display}. Start it, then try again.`,
  ],
  [
    /^ENOTFOUND$|^EAI_AGAIN$/,
    'HR_DATABASE_REFUSED',
    (_, display) => `The host of ${display} is not known. Check the URL.`,
  ],
  [/^ECONNRESET$|^EPIPE$|^ETIMEDOUT$|^57P0[125]$|^08/, 'HR_DATABASE', (_, display) => lost(display)],
  [
    /^57P03$/,
    'HR_DATABASE',
    (_, display) => `${display} is starting up or shutting down. Try again in a moment.`,
  ],
  [/^28/, 'HR_DATABASE_PASSWORD', wrongPassword],
  [
    /^3D000$/,
    'HR_DATABASE_MISSING',
    (_, display) => `There is no database at ${display}. Create it, or check the URL.`,
  ],
  [
    /^53100$|^58030$/,
    'HR_DATABASE_FULL',
    (_, display) =>
      `The disk of ${display} is full. Free some space; the rows that it already got can be undone.`,
  ],
  [
    /^53300$/,
    'HR_DATABASE',
    (_, display) => `${display} has no connection left. Close other programs that use it, then try again.`,
  ],
  [
    /^53200$/,
    'HR_DATABASE',
    (_, display) => `The server of ${display} has run out of memory. Give it more, or seed fewer rows.`,
  ],
  [
    /^42501$/,
    'HR_DATABASE_PERMISSION',
    ({ message }, display) =>
      `The user of ${display} may not do this: ${sentence(message)} Use the owner of the tables.`,
  ],
  [/^25006$/, 'HR_DATABASE', (_, display) => `${display} is read-only. Use the primary server.`],
  [
    /^55P03$|^40P01$/,
    'HR_DATABASE_LOCKED',
    (_, display) =>
      `Another program keeps a table of ${display} locked. Finish what it is doing there, then try again.`,
  ],
  [
    /^2BP01$/,
    'HR_DATABASE',
    ({ message, detail }, display) => `${display} refused to go on: ${sentence(message)} ${sentence(detail)}`,
  ],
  [
    /^23|^22/,
    'HR_DATABASE_CONSTRAINT',
    ({ message, detail }) =>
      `The database refused a generated row: ${sentence(message)}${detail === '' ? '' : ` ${sentence(detail)}`}`,
  ],
]

function wrongPassword(_: Refusal, display: string): string {
  return `${display} did not accept the user name and password of its URL. Check them, then try again.`
}

function lost(display: string): string {
  return `The connection to ${display} was lost. Once the server runs again, the seeding can be resumed or undone.`
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
