/** What a fix is held to, whoever proposed it. */
export const fixChecks = [
  'parses',
  'rule-gone',
  'no-new-diagnostics',
  'contract',
  'no-new-errors',
  'faster',
] as const
export type FixCheckId = (typeof fixChecks)[number]

/** `declared`: what clients get changes, and the fix says so. */
export type FixCheckOutcome = 'passed' | 'declared' | 'failed' | 'not-measured'

export interface FixCheck {
  readonly id: FixCheckId
  readonly outcome: FixCheckOutcome
  /** One sentence with the figures: `p95 913 ms → 41 ms at 50 users, four rounds in turn`. */
  readonly message: string
}

/** Whether a fix did what it is for. `refuted` where any check failed; `not-measured` where none failed and load could not be measured. */
export interface Verification {
  readonly schema: 'headroom.verification/1'
  readonly verdict: 'verified' | 'refuted' | 'not-measured'
  readonly route: string | null
  readonly checks: readonly FixCheck[]
}
