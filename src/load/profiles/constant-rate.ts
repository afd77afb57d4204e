import * as l10n from '@vscode/l10n'
import type { Step } from '../../model/load-plan.ts'
import { arrivalStep, levelsOf, type Profile, type StepOptions } from './profile.ts'

const defaultRates = [50]
const defaultDurationSeconds = 30
const warmUpSeconds = 2

/**
 * Requests at even intervals, whatever the server does: latency as people who don't wait for each other see it.
 *
 * ```
 * requests/s
 *   50 ┤     ┌───────────────────────────────┐
 *   25 ┤┄┄┄┄┄┘ warm-up                       └── 0
 *      └─────────────────────────────────────────▶ time
 * ```
 */
export const constantRate = {
  id: 'constant-rate',
  title: l10n.t('Constant rate'),
  model: 'open',
  description: l10n.t('So many requests a second, whether the server keeps up or not (open model).'),
  stopsAtBreach: false,
  steps: constantRateSteps,
  refine: () => null,
} as const satisfies Profile

function constantRateSteps(options: StepOptions): Step[] {
  const rates = levelsOf(options.rates, defaultRates)
  const seconds = options.durationSeconds ?? defaultDurationSeconds
  return [
    arrivalStep('warm-up', Math.max(1, (rates[0] ?? 1) / 2), Math.min(warmUpSeconds, seconds)),
    ...rates.map((rate) => arrivalStep('ramp', rate, seconds)),
  ]
}
