import * as l10n from '@vscode/l10n'
import { type LatencyMetric, latencyMetrics } from '../../model/budget.ts'
import { formatBytes, formatCount, formatMicros, formatPercent, formatRate } from '../../model/format.ts'
import { failedRequests, type LatencyMicros, type StepResult } from '../../model/run.ts'
import { errorGroups } from './errors.ts'
import { formatQueries } from './step-table.ts'

type Fact = [term: string, text: string]

function metricLabel(metric: LatencyMetric): string {
  if (metric === 'max') return l10n.t('slowest')
  return metric === 'p999' ? 'p99.9' : metric
}

/** Known percentiles in a row: `p50 12 ms, p95 180 ms, slowest 1.2 s`. */
function latencies(micros: LatencyMicros | undefined): string {
  if (micros === undefined) return ''
  const known = latencyMetrics.filter((metric) => micros[metric] !== null)
  return known.map((metric) => `${metricLabel(metric)} ${formatMicros(micros[metric])}`).join(', ')
}

function measured<Value extends number>(
  value: Value | null | undefined,
  format: (value: Value) => string,
): string {
  return value === null || value === undefined ? '' : format(value)
}

function answered(step: StepResult): string {
  const rate = formatRate(step.achievedRate)
  return step.offeredRate === null ? rate : l10n.t('{0} of {1} asked for', rate, formatRate(step.offeredRate))
}

function failures(step: StepResult): string {
  const failed = failedRequests(step.errors)
  if (failed === 0) return l10n.t('none')
  const kinds = errorGroups([step]).map(({ title, count }) => `${title} ${formatCount(count)}`)
  return `${formatCount(failed)} (${formatPercent(failed / Math.max(1, step.requests))}): ${kinds.join(', ')}`
}

/** Everything that one step measured, as pairs of a term and its text; what was not measured is left out. */
export function stepFacts(step: StepResult): Fact[] {
  const { server, stream, arrivals } = step
  const facts: Fact[] = [
    [
      l10n.t('Requests'),
      l10n.t('{0} in {1} s', formatCount(step.requests), Number(step.durationSeconds.toFixed(1))),
    ],
    [l10n.t('Answered'), answered(step)],
    [l10n.t('Never sent'), measured(arrivals?.unsent || null, formatCount)],
    [l10n.t('Latency'), latencies(step.latencyMicros)],
    [l10n.t('Corrected'), latencies(step.correctedMicros)],
    [l10n.t('First byte'), latencies(step.firstByteMicros)],
    [l10n.t('First chunk'), latencies(stream?.firstChunkMicros)],
    [l10n.t('Failed'), failures(step)],
    [
      l10n.t('Answers'),
      Object.entries(step.statuses)
        .map(([status, count]) => `${status} × ${formatCount(count)}`)
        .join(', '),
    ],
    [l10n.t('Bytes'), formatBytes(step.bytes)],
    [l10n.t('Queries per request'), measured(server.queriesPerRequest, formatQueries)],
    [l10n.t('Server CPU'), measured(server.cpu, formatPercent)],
    [l10n.t('Server memory'), measured(server.rssBytes, formatBytes)],
    [l10n.t('Event-loop delay'), measured(server.eventLoopDelayMicros, formatMicros)],
    [
      l10n.t('Load generator'),
      measured(step.generatorCpu ?? null, (cpu) => l10n.t('CPU {0}', formatPercent(cpu))),
    ],
    [l10n.t('Cut short'), step.complete ? '' : l10n.t('the step did not run to its end')],
  ]
  return facts.filter(([, text]) => text !== '')
}
