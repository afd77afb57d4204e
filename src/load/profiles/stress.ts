import * as l10n from '@vscode/l10n'
import type { Step } from '../../model/load-plan.ts'
import {
  coolDownStep,
  levelsOf,
  measuredStep,
  warmUpStep,
  type Profile,
  type StepOptions,
} from './profile.ts'

const defaultUsers = [50, 100, 200, 400, 800]
const defaultDurationSeconds = 10

/**
 * Twice as many users at each step and on past the breaking point: how it fails, and whether it comes back.
 *
 * ```
 * users
 *  800 ┤                       ┌─────┐
 *  400 ┤                 ┌─────┘     │
 *  200 ┤           ┌─────┘           │
 *  100 ┤     ┌─────┘                 │
 *   50 ┤┄┄┄┬─┘                       └─────┐ recovery
 *      │ warm-up                           └┄┄┄ cool-down
 *      └──────────────────────────────────────────▶ time
 * ```
 */
export const stress = {
  id: 'stress',
  title: l10n.t('Stress'),
  model: 'closed',
  description: l10n.t(
    'Far more users than it can take, on past the breaking point, then back again: whether it recovers.',
  ),
  stopsAtBreach: false,
  steps: stressSteps,
  refine: () => null,
} as const satisfies Profile

function stressSteps(options: StepOptions): Step[] {
  const levels = levelsOf(options.users, defaultUsers)
  const seconds = options.durationSeconds ?? defaultDurationSeconds
  const first = levels[0] ?? 1
  return [
    warmUpStep(first, seconds),
    ...levels.map((level) => measuredStep('ramp', level, seconds)),
    measuredStep('recovery', first, seconds),
    coolDownStep(first, seconds),
  ]
}
