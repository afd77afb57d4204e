import * as l10n from '@vscode/l10n'
import type { Threshold } from '../../model/budget.ts'
import { formatMicros, formatPercent, formatRate } from '../../model/format.ts'
import { evaluate, measure } from '../../model/measure.ts'
import type { StepResult } from '../../model/run.ts'

/** Whether a step by itself breaches a threshold. `rps` is judged over the whole run: few users can't ask for much. */
export function breaches(step: StepResult, threshold: Threshold): boolean {
  return threshold.metric !== 'rps' && evaluate(threshold, step) === 'breached'
}

/** What a step says about a threshold, as people read it: `2.2 s`, or `at least 2.2 s` where only a bound is known. */
export function formatKnown(step: StepResult, threshold: Threshold): string {
  const measured = measure(threshold, step)
  const value = measured?.value ?? null
  const text = formatMetric(threshold, value)
  return measured?.atLeast === true ? l10n.t('at least {0}', text) : text
}

function formatMetric({ metric }: Threshold, value: number | null): string {
  if (metric === 'errors') return formatPercent(value)
  return metric === 'rps' ? formatRate(value) : formatMicros(value)
}
