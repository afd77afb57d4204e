import type { LoadModel, Step } from '../../model/load-plan.ts'
import type { StepResult } from '../../model/run.ts'

export interface StepOptions {
  /** Users at each load level, ascending; without it the profile's own. */
  readonly users?: readonly number[]
  /** Arrivals a second at each level of an open model; without it the profile's own. */
  readonly rates?: readonly number[]
  /** Rows of the table under test at each step, for a profile that grows it; without it the profile's own. */
  readonly rows?: readonly number[]
  /** How long each level is held; without it the profile's own. */
  readonly durationSeconds?: number
  /** How long the whole lasts, for a profile that has one length; without it the profile's own. */
  readonly totalSeconds?: number
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
  /** Whether the rest of the plan is left out once the budget is broken; only what recovers and cools down is still run. */
  readonly stopsAtBreach: boolean
  /** The planned steps, from the options alone: the same options always give the same steps. */
  readonly steps: (options: StepOptions) => Step[]
  /**
   * The one step more that would narrow the breaking point down, given all results so far, or null when there is nothing
   * left to learn. `breached` says whether a result broke the budget.
   */
  readonly refine: (results: readonly StepResult[], breached: (step: StepResult) => boolean) => Step | null
}

/** A level that counts: held until everyone was answered once, and at least 20 times in all, up to three times its length. */
export function measuredStep(
  phase: 'ramp' | 'bisect' | 'recovery',
  users: number,
  durationSeconds: number,
): Step {
  return {
    phase,
    users,
    durationSeconds,
    maxDurationSeconds: durationSeconds * 3,
    minRequests: Math.max(20, users),
  }
}

/** Connections that arrivals may use: opened only as they are needed. */
const openConnections = 500

/** A level of arrivals at even intervals; its length is its length, whatever is answered. */
export function arrivalStep(phase: Step['phase'], rate: number, durationSeconds: number): Step {
  return {
    phase,
    users: openConnections,
    rate,
    durationSeconds,
    maxDurationSeconds: durationSeconds,
    minRequests: 0,
  }
}

const warmUpUsers = 5
const warmUpSeconds = 2

/** A short level at few users that wakes up caches, pools and compilers, and is never judged. */
export function warmUpStep(firstUsers: number, durationSeconds: number): Step {
  const seconds = Math.min(warmUpSeconds, durationSeconds)
  return {
    phase: 'warm-up',
    users: Math.min(warmUpUsers, firstUsers),
    durationSeconds: seconds,
    maxDurationSeconds: seconds * 3,
    minRequests: 1,
  }
}

/** A short level at the end, never judged: shows on the curve whether the server lets go of what it was given. */
export function coolDownStep(firstUsers: number, durationSeconds: number): Step {
  return { ...warmUpStep(firstUsers, durationSeconds), phase: 'cool-down' }
}

/** Given levels without repetition, ascending; the profile's own where none are given. */
export function levelsOf(given: readonly number[] | undefined, own: readonly number[]): number[] {
  const levels = given === undefined || given.length === 0 ? own : given
  return [...new Set(levels)].toSorted((a, b) => a - b)
}
