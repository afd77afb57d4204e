import { formatRate } from './format.ts'
import type { Step } from './load-plan.ts'

/** How much is asked of the server at once: arrivals a second in an open model, virtual users in a closed one. */
export interface LoadLevel {
  readonly value: number
  readonly unit: 'users' | 'requests/s'
}

/** A planned or a measured step's load. In an open model `users` are only the connections that arrivals may use. */
export function loadOf({ users, rate }: Pick<Step, 'users' | 'rate'>): LoadLevel {
  return rate === undefined ? { value: users, unit: 'users' } : { value: rate, unit: 'requests/s' }
}

/** A step's load in words: `1 user`, `120 users`, `400 requests/s`. */
export function loadText(step: Pick<Step, 'users' | 'rate'>): string {
  return levelText(loadOf(step))
}

/** A load in words: `1 user`, `120 users`, `400 requests/s`. */
export function levelText({ value, unit }: LoadLevel): string {
  return unit === 'users' ? usersText(value) : formatRate(value)
}

/** `1 user`, `120 users`. */
function usersText(users: number): string {
  return users === 1 ? '1 user' : `${users} users`
}
