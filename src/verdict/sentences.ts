import * as l10n from '@vscode/l10n'
import type { Threshold } from '../model/budget.ts'
import { formatMicros, formatPercent, formatRate } from '../model/format.ts'
import type { Measured } from '../model/measure.ts'

/** What was measured for a threshold: `p95 4.1 s`, `errors 12%`, `24 requests/s`. */
export function measuredText(threshold: Threshold, { value, atLeast }: Measured): string {
  if (threshold.metric === 'rps') {
    return atLeast ? l10n.t('at least {0}', formatRate(value)) : formatRate(value)
  }
  if (threshold.metric === 'errors') {
    const share = formatPercent(value)
    return atLeast ? l10n.t('errors at least {0}', share) : l10n.t('errors {0}', share)
  }
  const time = formatMicros(value)
  return atLeast ? l10n.t('{0} at least {1}', threshold.metric, time) : `${threshold.metric} ${time}`
}
