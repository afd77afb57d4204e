import * as l10n from '@vscode/l10n'
import { formatCount, formatRate } from './format.ts'
import type { Step } from './load-plan.ts'

/**
 * How much is asked of the server: arrivals a second in an open model, virtual users in a closed one, and in a volume sweep,
 * whose users stay the same, the rows of the table that grows.
 */
export interface LoadLevel {
  readonly value: number
  readonly unit: 'users' | 'requests/s' | 'rows'
}

/** What tells a step's load. */
export type Loaded = Pick<Step, 'users' | 'rate' | 'rows'>

/** A planned or a measured step's load. In an open model `users` are only the connections that arrivals may use. */
export function loadOf({ users, rate, rows }: Loaded): LoadLevel {
  if (rows !== undefined) return { value: rows, unit: 'rows' }
  return rate === undefined ? { value: users, unit: 'users' } : { value: rate, unit: 'requests/s' }
}

/** A step's load in words: `1 user`, `120 users`, `400 requests/s`, `10,000 rows`. */
export function loadText(step: Loaded): string {
  return levelText(loadOf(step))
}

/** A load in words: `1 user`, `120 users`, `400 requests/s`, `10,000 rows`. */
export function levelText({ value, unit }: LoadLevel): string {
  if (unit === 'rows') return value === 1 ? l10n.t('1 row') : l10n.t('{0} rows', formatCount(value))
  return unit === 'users' ? usersText(value) : formatRate(value)
}

/** `1 user`, `120 users`. */
function usersText(users: number): string {
  return users === 1 ? l10n.t('1 user') : l10n.t('{0} users', formatCount(users))
}
