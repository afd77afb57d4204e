import * as l10n from '@vscode/l10n'
import type { Step } from '../../model/load-plan.ts'
import { levelsOf, measuredStep, warmUpStep, type Profile, type StepOptions } from './profile.ts'

const defaultRows = [100, 1000, 10_000, 100_000, 1_000_000]
const defaultUsers = [1]
const defaultDurationSeconds = 4
/** One user alone takes long for the twenty answers that a p95 needs, where an answer takes a second. */
const patience = 8

/**
 * The same few users, more and more rows: how latency grows with the data. Rows are added between the steps.
 *
 * ```
 * rows of the table
 *   1M ┤                                   ┌─────┐
 * 100k ┤                             ┌ + ──┘     │
 *  10k ┤                       ┌ + ──┘           │
 *   1k ┤                 ┌ + ──┘                 │
 *  100 ┤     ┌─────┬ + ──┘   one user            │
 *      │ ┄┄┄┄┘ warm-up                           └── the rows stay, or are taken back
 *      └──────────────────────────────────────────────▶ time
 * ```
 */
export const volume = {
  id: 'volume',
  title: l10n.t('Volume'),
  model: 'closed',
  description: l10n.t(
    'One user, while the table behind the endpoint grows from 100 to a million rows: how latency grows with the data.',
  ),
  stopsAtBreach: true,
  steps: volumeSteps,
  refine: () => null,
} as const satisfies Profile

/** Of several numbers of users the least is held: it is the rows that grow. */
function volumeSteps(options: StepOptions): Step[] {
  const users = levelsOf(options.users, defaultUsers)[0] ?? 1
  const seconds = options.durationSeconds ?? defaultDurationSeconds
  const levels = levelsOf(options.rows, defaultRows)
  return [
    { ...warmUpStep(users, seconds), ...rowsOf(levels[0]) },
    ...levels.map((rows) => ({
      ...measuredStep('ramp', users, seconds),
      maxDurationSeconds: seconds * patience,
      rows,
    })),
  ]
}

function rowsOf(rows: number | undefined): { readonly rows?: number } {
  return rows === undefined ? {} : { rows }
}
