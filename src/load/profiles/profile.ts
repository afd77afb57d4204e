import type { LoadModel, Step } from '../../model/load-plan.ts'
import type { StepResult } from '../../model/run.ts'

export interface StepOptions {
  /** Users at each load level, ascending; without it the profile's own. */
  readonly users?: readonly number[]
  /** How long each level is held; without it the profile's own. */
  readonly durationSeconds?: number
}

/**
 * One load model: which steps are run, in which order. A profile only plans: it sends nothing and knows no engine, no
 * budget and no clock.
 */
export interface Profile {
  /** What people type: `--profile progressive`. */
  readonly id: string
  readonly title: string
  readonly model: LoadModel
  readonly description: string
  /** The planned steps, from the options alone: the same options always give the same steps. */
  readonly steps: (options: StepOptions) => Step[]
  /**
   * The one step more that would narrow the breaking point down, given all results so far, or null when there is nothing
   * left to learn. `breached` says whether a result broke the budget.
   */
  readonly refine: (results: readonly StepResult[], breached: (step: StepResult) => boolean) => Step | null
}

/** A level that counts: held until everyone was answered once, and at least 20 times in all, up to three times its length. */
export function measuredStep(phase: 'ramp' | 'bisect', users: number, durationSeconds: number): Step {
  return {
    phase,
    users,
    durationSeconds,
    maxDurationSeconds: durationSeconds * 3,
    minRequests: Math.max(20, users),
  }
}

/** A short level at few users that wakes up caches, pools and compilers, and is never judged. */
export function warmUpStep(users: number, durationSeconds: number): Step {
  return { phase: 'warm-up', users, durationSeconds, maxDurationSeconds: durationSeconds * 3, minRequests: 1 }
}
