import type { Step } from '../../model/load-plan.ts'
import type { StepResult } from '../../model/run.ts'
import { measuredStep, warmUpStep, type Profile, type StepOptions } from './profile.ts'

const defaultUsers = [10, 25, 50, 100, 200, 500]
const defaultDurationSeconds = 5
const maxBisections = 3
/** The breaking point is known well enough when it lies within a fifth of itself. */
const enoughPrecision = 0.2

/**
 * More and more users until the endpoint breaks, then halfway back to find out where.
 *
 * ```
 * users
 *  500 ┤                                   ┌─────┐
 *  200 ┤                             ┌─────┘     │
 *      │                             │           │  after a breach:
 *  100 ┤                       ┌─────┘           │    bad  ──┐
 *   50 ┤                 ┌─────┘                 │    75   ──┼─ bisect
 *   25 ┤           ┌─────┘                       │    good ──┘
 *   10 ┤     ┌─────┘                             │
 *    5 ┤┄┄┄┄┄┘ warm-up                           └───── 0
 *      └──────────────────────────────────────────────▶ time
 * ```
 */
export const progressive = {
  id: 'progressive',
  title: 'Progressive',
  model: 'closed',
  description:
    'More users step by step until the endpoint breaks, then between the last good and the first bad step.',
  steps: progressiveSteps,
  refine: bisect,
} as const satisfies Profile

function progressiveSteps(options: StepOptions): Step[] {
  const users = options.users === undefined || options.users.length === 0 ? defaultUsers : options.users
  const durationSeconds = options.durationSeconds ?? defaultDurationSeconds
  const levels = [...new Set(users)].toSorted((a, b) => a - b)
  const warmUp = warmUpStep(Math.min(5, levels[0] ?? 1), Math.min(2, durationSeconds))
  return [warmUp, ...levels.map((level) => measuredStep('ramp', level, durationSeconds))]
}

function bisect(results: readonly StepResult[], breached: (step: StepResult) => boolean): Step | null {
  const judged = results.filter((step) => step.phase === 'ramp' || step.phase === 'bisect')
  if (judged.some((step) => !step.complete)) return null
  if (judged.filter((step) => step.phase === 'bisect').length >= maxBisections) return null
  const bad = Math.min(...judged.filter(breached).map((step) => step.users))
  const good = Math.max(
    ...judged.filter((step) => !breached(step) && step.users < bad).map((step) => step.users),
  )
  if (!Number.isFinite(bad) || !Number.isFinite(good)) return null
  if (bad - good <= Math.max(2, bad * enoughPrecision)) return null
  return measuredStep('bisect', between(good, bad), heldSeconds(judged))
}

/** A round number of users near the middle, strictly between: `between(100, 200)` is 150, `between(10, 25)` is 18. */
function between(good: number, bad: number): number {
  const middle = (good + bad) / 2
  const grain = bad - good > 100 ? 10 : bad - good > 20 ? 5 : 1
  const rounded = Math.round(middle / grain) * grain
  return rounded > good && rounded < bad ? rounded : Math.round(middle)
}

/** How long the plan's steps were meant to last: none ends early, so the shortest was not prolonged. */
function heldSeconds(judged: readonly StepResult[]): number {
  const shortest = Math.min(...judged.map((step) => step.durationSeconds))
  return Math.max(1, Math.round(shortest))
}
