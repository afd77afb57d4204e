import * as l10n from '@vscode/l10n'
import { formatMicros } from '../../model/format.ts'
import { loadOf, loadText } from '../../model/load-level.ts'
import type { LoadPlan } from '../../model/load-plan.ts'
import { countedSteps } from '../../model/measure.ts'
import type { StepResult } from '../../model/run.ts'
import { headlineMetric } from './summary.ts'

/**
 * What the shown latencies leave out, in one sentence: in a closed model a stalled server is asked less, so that fewer slow
 * answers are counted than a steady stream of people would get. Empty where no corrected latency was measured.
 */
export function correctionSentence(plan: LoadPlan, steps: readonly StepResult[]): string {
  if (plan.model === 'open') {
    return l10n.t(
      'Latency counts from the moment a request should have been sent, so time spent waiting for its turn is in it and nothing needs correcting.',
    )
  }
  const metric = headlineMetric(plan)
  const step = countedSteps(steps)
    .filter(({ correctedMicros }) => correctedMicros?.[metric] != null)
    .toSorted((one, other) => loadOf(other).value - loadOf(one).value)[0]
  const corrected = step?.correctedMicros?.[metric] ?? null
  if (step === undefined || corrected === null) return ''
  const [raw, steady] = [formatMicros(step.latencyMicros[metric]), formatMicros(corrected)]
  return l10n.t(
    'At {0} {1} was {2} as users waited (raw), and {3} as a steady stream of requests would have seen it (corrected for those that were not sent while the server was slow).',
    loadText(step),
    metric,
    raw,
    steady,
  )
}
