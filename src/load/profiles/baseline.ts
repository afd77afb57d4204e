import type { Step } from '../../model/load-plan.ts'
import { measuredStep, warmUpStep, type Profile, type StepOptions } from './profile.ts'

const defaultUsers = [10]
const defaultDurationSeconds = 30

/**
 * Few users for a while: what the endpoint does on an ordinary day, to compare with later.
 *
 * ```
 * users
 *   10 ┤     ┌───────────────────────────────┐
 *    5 ┤┄┄┄┄┄┘ warm-up                       └── 0
 *      └─────────────────────────────────────────▶ time
 * ```
 */
export const baseline = {
  id: 'baseline',
  title: 'Baseline',
  model: 'closed',
  description: 'A few users for half a minute: the number that later changes are compared with.',
  steps: baselineSteps,
  refine: () => null,
} as const satisfies Profile

function baselineSteps(options: StepOptions): Step[] {
  const users = options.users === undefined || options.users.length === 0 ? defaultUsers : options.users
  const durationSeconds = options.durationSeconds ?? defaultDurationSeconds
  const levels = [...new Set(users)].toSorted((a, b) => a - b)
  const warmUp = warmUpStep(Math.min(5, levels[0] ?? 1), Math.min(2, durationSeconds))
  return [warmUp, ...levels.map((level) => measuredStep('ramp', level, durationSeconds))]
}
