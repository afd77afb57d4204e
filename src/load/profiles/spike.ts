import * as l10n from '@vscode/l10n'
import type { Step } from '../../model/load-plan.ts'
import { levelsOf, measuredStep, warmUpStep, type Profile, type StepOptions } from './profile.ts'

const defaultUsers = [10, 200]
const defaultDurationSeconds = 10

/**
 * An ordinary day, a sudden crowd, and an ordinary day again.
 *
 * ```
 * users
 *  200 ┤           ┌─────┐
 *      │           │     │
 *   10 ┤     ┌─────┘     └─────┐
 *    5 ┤┄┄┄┄┄┘ warm-up         └── recovery ends
 *      └──────────────────────────▶ time
 * ```
 */
export const spike = {
  id: 'spike',
  title: l10n.t('Spike'),
  model: 'closed',
  description: l10n.t(
    'A few users, suddenly very many, then a few again: whether it survives that, and recovers.',
  ),
  stopsAtBreach: false,
  steps: spikeSteps,
  refine: () => null,
} as const satisfies Profile

/** Of the levels given, the lowest is the ordinary day and the highest the crowd. */
function spikeSteps(options: StepOptions): Step[] {
  const levels = levelsOf(options.users, defaultUsers)
  const seconds = options.durationSeconds ?? defaultDurationSeconds
  const crowd = levels.at(-1) ?? 1
  const ordinary = levels.length > 1 ? (levels[0] ?? 1) : Math.max(1, Math.round(crowd / 20))
  return [
    warmUpStep(ordinary, seconds),
    measuredStep('ramp', ordinary, seconds),
    measuredStep('ramp', crowd, seconds),
    measuredStep('recovery', ordinary, seconds),
  ]
}
