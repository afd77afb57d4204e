import type { FixSummary } from './finding.ts'
import type { Location } from './source.ts'

const verdictKinds = ['holds', 'breaks', 'fails-before-load', 'not-measured', 'stopped'] as const
export type VerdictKind = (typeof verdictKinds)[number]

export interface BreakingPoint {
  /** Most users at which every threshold was met; null when the first step already broke. */
  readonly lastGoodUsers: number | null
  /** Fewest users at which a threshold was breached. */
  readonly users: number
  /** An open model's: most arrivals a second at which every threshold was met, and fewest at which one was breached. */
  readonly lastGoodRate?: number | null
  readonly rate?: number
  /** A volume sweep's: most rows at which every threshold was met, and fewest at which one was breached. */
  readonly lastGoodRows?: number | null
  readonly rows?: number
  /** The clause that broke, as written: `p95<2s`. */
  readonly threshold: string
  /** What was measured, in the clause's own unit (microseconds, fraction, requests a second). */
  readonly measured: number
}

/** Why it probably breaks. Always carries what speaks for it. */
export interface Cause extends Location {
  readonly rule: string
  readonly message: string
  readonly confidence: 'low' | 'medium' | 'high'
  readonly evidence: readonly string[]
  readonly fixes: readonly FixSummary[]
}

export interface Verdict {
  readonly kind: VerdictKind
  /** One sentence with the numbers: `Breaks at 120 users: p95 4.1 s, budget p95<2s.` */
  readonly sentence: string
  readonly breakingPoint: BreakingPoint | null
  readonly reasons: readonly string[]
  readonly causes: readonly Cause[]
}
