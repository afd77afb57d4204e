import type { Step } from '../../model/load-plan.ts'
import type { StepResult } from '../../model/run.ts'
import { arrivalStep, measuredStep } from './profile.ts'

const maxBisections = 6
/** The least bad load is given as the breaking point: it is then at most this share above it. */
const enoughPrecision = 0.05

/**
 * The step halfway between the most load that was good and the least that was bad, or null when the two are within a
 * twentieth of each other (or one apart), when there is no such pair, or when it has been tried often enough.
 */
export function bisect(results: readonly StepResult[], breached: (step: StepResult) => boolean): Step | null {
  const judged = results.filter((step) => step.phase === 'ramp' || step.phase === 'bisect')
  if (judged.some((step) => !step.complete)) return null
  if (judged.filter((step) => step.phase === 'bisect').length >= maxBisections) return null
  const bad = Math.min(...judged.filter(breached).map(levelOf))
  const good = Math.max(...judged.map(levelOf).filter((level) => level < bad))
  if (!Number.isFinite(bad) || !Number.isFinite(good)) return null
  if (bad - good <= Math.max(1, bad * enoughPrecision)) return null
  const middle = between(good, bad)
  const seconds = heldSeconds(judged.filter((step) => !breached(step)))
  return judged[0]?.rate === undefined
    ? measuredStep('bisect', middle, seconds)
    : arrivalStep('bisect', middle, seconds)
}

function levelOf({ rate, users }: StepResult): number {
  return rate ?? users
}

/** A round number near the middle, strictly between: `between(100, 200)` is 150, `between(10, 25)` is 18. */
function between(good: number, bad: number): number {
  const middle = (good + bad) / 2
  const grain = bad - good > 100 ? 10 : bad - good > 20 ? 5 : 1
  const rounded = Math.round(middle / grain) * grain
  return rounded > good && rounded < bad ? rounded : Math.round(middle)
}

/** How long the plan's steps were meant to last: good ones don't end early, so the shortest was not prolonged. */
function heldSeconds(good: readonly StepResult[]): number {
  const shortest = Math.min(...good.map((step) => step.durationSeconds))
  return Math.max(1, Math.round(shortest))
}
