import * as l10n from '@vscode/l10n'
import type { Step } from '../../model/load-plan.ts'
import { levelsOf, measuredStep, warmUpStep, type Profile, type StepOptions } from './profile.ts'

const defaultUsers = [1]
const defaultDurationSeconds = 30

/**
 * One user for a while: what the endpoint does when nobody else asks, to compare with later.
 *
 * ```
 * users
 *    1 ┤┄┄┄┄┄┬───────────────────────────────┐
 *      │ warm-up                             └── 0
 *      └─────────────────────────────────────────▶ time
 * ```
 */
export const baseline = {
  id: 'baseline',
  title: l10n.t('Baseline'),
  model: 'closed',
  description: l10n.t('One user for half a minute: the number that everything later is compared with.'),
  stopsAtBreach: false,
  steps: baselineSteps,
  refine: () => null,
} as const satisfies Profile

function baselineSteps(options: StepOptions): Step[] {
  const levels = levelsOf(options.users, defaultUsers)
  const seconds = options.durationSeconds ?? defaultDurationSeconds
  return [warmUpStep(levels[0] ?? 1, seconds), ...levels.map((level) => measuredStep('ramp', level, seconds))]
}
