import * as l10n from '@vscode/l10n'
import type { Step } from '../../model/load-plan.ts'
import { levelsOf, measuredStep, warmUpStep, type Profile, type StepOptions } from './profile.ts'

const defaultUsers = [25]
const defaultTotalSeconds = 600
/** The time is cut into parts, so that what grows from one to the next is seen. */
const parts = 10

/**
 * The same load for a long time: memory that grows, pools that run dry, logs that fill up.
 *
 * ```
 * users
 *   25 ┤     ┌───┬───┬───┬───┬───┬───┬───┬───┬───┬───┐
 *    5 ┤┄┄┄┄┄┘   ten parts of one minute             └── 0
 *      └─────────────────────────────────────────────────▶ time
 * ```
 */
export const soak = {
  id: 'soak',
  title: l10n.t('Soak'),
  model: 'closed',
  description: l10n.t('The same users for ten minutes: whether memory grows, or it gets slower.'),
  stopsAtBreach: true,
  steps: soakSteps,
  refine: () => null,
} as const satisfies Profile

/** Of several levels the highest is held. A step's length doesn't matter here: ten minutes are ten minutes. */
function soakSteps(options: StepOptions): Step[] {
  const users = levelsOf(options.users, defaultUsers).at(-1) ?? 1
  const seconds = (options.totalSeconds ?? defaultTotalSeconds) / parts
  return [
    warmUpStep(users, seconds),
    ...Array.from({ length: parts }, () => measuredStep('ramp', users, seconds)),
  ]
}
