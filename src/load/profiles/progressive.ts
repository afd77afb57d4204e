import * as l10n from '@vscode/l10n'
import type { Step } from '../../model/load-plan.ts'
import { bisect } from './bisection.ts'
import {
  coolDownStep,
  levelsOf,
  measuredStep,
  warmUpStep,
  type Profile,
  type StepOptions,
} from './profile.ts'

const defaultUsers = [10, 25, 50, 100, 200, 500]
const defaultDurationSeconds = 5

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
 *    5 ┤┄┄┄┄┄┘ warm-up                           └┄┄┄┄┄ cool-down
 *      └──────────────────────────────────────────────▶ time
 * ```
 */
export const progressive = {
  id: 'progressive',
  title: l10n.t('Progressive'),
  model: 'closed',
  description: l10n.t(
    'More users step by step until the endpoint breaks, then between the last good and the first bad step.',
  ),
  stopsAtBreach: true,
  steps: progressiveSteps,
  refine: bisect,
} as const satisfies Profile

function progressiveSteps(options: StepOptions): Step[] {
  const levels = levelsOf(options.users, defaultUsers)
  const seconds = options.durationSeconds ?? defaultDurationSeconds
  const first = levels[0] ?? 1
  return [
    warmUpStep(first, seconds),
    ...levels.map((level) => measuredStep('ramp', level, seconds)),
    coolDownStep(first, seconds),
  ]
}
