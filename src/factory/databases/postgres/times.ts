import * as l10n from '@vscode/l10n'
import { Failure } from '../../../model/failure.ts'
import type { SqlValue } from '../../sql-value.ts'

const dayMillis = 86_400_000
/** PostgreSQL counts from the first of January 2000. */
const epochMillis = Date.UTC(2000, 0, 1)
const epochDay = epochMillis / dayMillis

type Value = Exclude<SqlValue, null>

/** Microseconds since 2000 of a moment in milliseconds since 1970, or of a text, which is UTC unless it says otherwise. */
export function microsOf(value: Value): number {
  return Math.round(((typeof value === 'number' ? value : millisOf(value)) - epochMillis) * 1000)
}

/** Days since 2000. */
export function dayOf(value: Value): number {
  return Math.floor((typeof value === 'number' ? value : millisOf(value)) / dayMillis) - epochDay
}

/** Microseconds since midnight of `12:34:56.789`. */
export function timeMicros(text: string): number {
  const [, hours, minutes, seconds] = /^\s*(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d*)?))?/.exec(text) ?? []
  if (hours === undefined) throw notATime(text)
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0)) * 1_000_000)
}

/** Milliseconds since 1970. */
export function millisOf(value: Value): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  const text = typeof value === 'string' ? value.trim() : ''
  if (/^-?\d+(?:\.\d+)?$/.test(text) && text.length > 8) return Number(text)
  const hasZone = /(?:z|[+-]\d{2}(?::?\d{2})?)$/i.test(text) && text.length > 10
  const millis = Date.parse(
    hasZone
      ? text.replace(/([+-]\d{2})$/, '$1:00')
      : `${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`,
  )
  if (Number.isNaN(millis)) throw notATime(text)
  return millis
}

function notATime(text: string): Failure {
  return new Failure(
    'HR_DATABASE_CONSTRAINT',
    l10n.t('`{0}` was generated for a column of dates or times.', text.slice(0, 40)),
  )
}
