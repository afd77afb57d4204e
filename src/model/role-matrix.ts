/**
 * What became of one role's request: let in (below 400, without being led elsewhere), refused (401, 403, or led
 * elsewhere), not found (404: some applications refuse like that), rejected (another 4xx: let in, but the request wasn't
 * to its liking), failed (5xx or no answer).
 */
export const accessOutcomes = ['allowed', 'refused', 'not-found', 'rejected', 'failed'] as const
export type AccessOutcome = (typeof accessOutcomes)[number]

export interface AccessCell {
  readonly role: string
  readonly route: string
  readonly status: number | null
  readonly outcome: AccessOutcome
  /** What the committed matrix says; null where it says nothing of this role and route. */
  readonly before: AccessOutcome | null
}

/** The result of `headroom check-roles`. */
export interface RoleMatrix {
  readonly schema: 'headroom.roles/1'
  readonly roles: readonly string[]
  readonly routes: readonly string[]
  readonly cells: readonly AccessCell[]
  /** Routes that were not asked for, and why. */
  readonly notChecked: readonly { readonly route: string; readonly reason: string }[]
}

/** The matrix as it is committed: outcomes by route and role. */
export type AccessBaseline = Readonly<Record<string, Readonly<Record<string, AccessOutcome>>>>
