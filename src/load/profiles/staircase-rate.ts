import * as l10n from '@vscode/l10n'
import type { Step } from '../../model/load-plan.ts'
import { bisect } from './bisection.ts'
import { arrivalStep, levelsOf, type Profile, type StepOptions } from './profile.ts'

const defaultRates = [25, 50, 100, 200, 400, 800, 1600]
const defaultDurationSeconds = 5
const warmUpSeconds = 2

/**
 * More and more requests a second until the endpoint can't keep up, then halfway back: its capacity as a rate.
 *
 * ```
 * requests/s
 * 1600 ┤                                   ┌─────┐
 *  800 ┤                             ┌─────┘     │  after a breach,
 *  400 ┤                       ┌─────┘           │  bisection between
 *  200 ┤                 ┌─────┘                 │  good and bad
 *  100 ┤           ┌─────┘                       │
 *   50 ┤     ┌─────┘                             └── 0
 *      └──────────────────────────────────────────────▶ time
 * ```
 */
export const staircaseRate = {
  id: 'staircase-rate',
  title: l10n.t('Staircase of rates'),
  model: 'open',
  description: l10n.t(
    'More requests a second step by step until the endpoint no longer keeps up (open model).',
  ),
  stopsAtBreach: true,
  steps: staircaseSteps,
  refine: bisect,
} as const satisfies Profile

function staircaseSteps(options: StepOptions): Step[] {
  const rates = levelsOf(options.rates, defaultRates)
  const seconds = options.durationSeconds ?? defaultDurationSeconds
  return [
    arrivalStep('warm-up', Math.max(1, (rates[0] ?? 1) / 2), Math.min(warmUpSeconds, seconds)),
    ...rates.map((rate) => arrivalStep('ramp', rate, seconds)),
  ]
}
