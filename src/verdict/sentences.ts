import type { Threshold } from '../model/budget.ts'
import { formatMicros, formatPercent, formatRate } from '../model/format.ts'
import type { Measured } from '../model/measure.ts'

/** What was measured for a threshold: `p95 4.1 s`, `errors 12%`, `24 requests/s`. */
export function measuredText(threshold: Threshold, { value, atLeast }: Measured): string {
  const bound = atLeast ? 'at least ' : ''
  if (threshold.metric === 'rps') return `${bound}${formatRate(value)}`
  if (threshold.metric === 'errors') return `errors ${bound}${formatPercent(value)}`
  return `${threshold.metric} ${bound}${formatMicros(value)}`
}
