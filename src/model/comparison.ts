/** What became of a number; `within-noise` where the same server, measured twice, could differ as much. */
export type Judgement = 'better' | 'worse' | 'within-noise'

/** One number before and after; `change` is after ÷ before, null where either was not measured. */
export interface Delta {
  readonly name: string
  readonly unit: 'micros' | 'per-second' | 'fraction' | 'users' | 'rows' | 'bytes'
  readonly before: number | null
  readonly after: number | null
  readonly change: number | null
  /** Null where it can't be told, or where there is nothing to tell, as with rows in an answer. */
  readonly judgement?: Judgement | null
  /** Why it can't be told, without full stop: `too few samples to tell from noise`. */
  readonly untold?: string
}

/** Two runs of the same route set side by side. */
export interface Comparison {
  readonly schema: 'headroom.comparison/1'
  readonly route: string
  readonly before: string
  readonly after: string
  /** False where the plans differ, so that numbers don't compare like with like; `differences` says in what. */
  readonly comparable: boolean
  readonly differences: readonly string[]
  readonly deltas: readonly Delta[]
}
