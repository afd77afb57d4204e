import * as l10n from '@vscode/l10n'
import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb'
import { Failure, type FailureData } from '../../../model/failure.ts'

type Sentence = readonly [
  ReadonlySet<number>,
  FailureData['code'],
  (display: string, message: string) => string,
]

/** By the codes of https://www.mongodb.com/docs/manual/reference/error-codes/ */
const sentences: readonly Sentence[] = [
  [
    new Set([18]),
    'HR_DATABASE_PASSWORD',
    (display) =>
      l10n.t(
        '{0} did not accept the user name and password of its URL. Check them, and authSource, then try again.',
        display,
      ),
  ],
  [
    new Set([13]),
    'HR_DATABASE_PERMISSION',
    (display, message) =>
      l10n.t(
        'The user of {0} may not do this: {1} Grant it the role readWrite on the database, or give the URL a user.',
        display,
        message,
      ),
  ],
  [
    new Set([14031, 39]),
    'HR_DATABASE_FULL',
    (display) =>
      l10n.t(
        'The disk of {0} is full. Free some space; the rows that it already got can be undone.',
        display,
      ),
  ],
  [
    new Set([10107, 13435, 11602, 189]),
    'HR_DATABASE',
    (display) => l10n.t('{0} takes no writes any more. Use the primary server.', display),
  ],
]

/** A duplicate, or what a validator refuses. */
const rowRefusals: ReadonlySet<number> = new Set([11000, 121, 2, 17280])

/**
 * A `Failure` for what the server or the network refused; a `Failure` itself, and what is neither, is given back
 * unchanged. `display` names the database; what it says never holds a password. `wasOpen`: who does not answer now did before.
 */
export function explain(error: unknown, display: string, wasOpen = true): unknown {
  if (error instanceof Failure || !(error instanceof MongoError)) return error
  if (error instanceof MongoServerSelectionError && !wasOpen) {
    return new Failure(
      'HR_DATABASE_REFUSED',
      l10n.t('No MongoDB answers at {0}. Start it, then try again.', display),
      { cause: error },
    )
  }
  const isLost = error instanceof MongoNetworkError || error instanceof MongoServerSelectionError
  if (isLost || /topology is closed|connection .*closed/i.test(error.message)) {
    const sentence = l10n.t(
      'The connection to {0} was lost. Once the server runs again, the seeding can be resumed or undone.',
      display,
    )
    return new Failure('HR_DATABASE', sentence, { cause: error })
  }
  if (
    error instanceof MongoBulkWriteError &&
    error.code !== undefined &&
    rowRefusals.has(Number(error.code))
  ) {
    return new Failure(
      'HR_DATABASE_CONSTRAINT',
      l10n.t('The database refused a generated row: {0}', short(error)),
      { cause: error },
    )
  }
  const code = error instanceof MongoServerError ? Number(error.code) : Number.NaN
  const found = sentences.find(([codes]) => codes.has(code))
  const [, name, say] = found ?? ([null, 'HR_DATABASE', refused] as const)
  return new Failure(name, say(display, short(error)), { cause: error })
}

function refused(display: string, message: string): string {
  return l10n.t('{0} refused to go on: {1}', display, message)
}

function short({ message }: Error): string {
  const text = message.length > 300 ? `${message.slice(0, 300)}…` : message
  return /[.!?…]$/.test(text) ? text : `${text}.`
}
