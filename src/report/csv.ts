import * as l10n from '@vscode/l10n'
import { latencyMetrics } from '../model/budget.ts'
import { errorKinds, failedRequests, type Run, type StepResult } from '../model/run.ts'
import type { Format } from './format.ts'

type Value = string | number | boolean | null

const stepColumns: Readonly<Record<string, (step: StepResult, run: Run) => Value>> = {
  run: (_, run) => run.id,
  route: (_, run) => run.route,
  phase: (step) => step.phase,
  users: (step) => (step.rate === undefined ? step.users : null),
  rows: (step) => step.rows ?? null,
  complete: (step) => step.complete,
  duration_seconds: (step) => step.durationSeconds,
  offered_per_second: (step) => step.offeredRate,
  never_sent: (step) => step.arrivals?.unsent ?? null,
  achieved_per_second: (step) => step.achievedRate,
  requests: (step) => step.requests,
  failed: (step) => failedRequests(step.errors),
  ...Object.fromEntries(
    errorKinds.map((kind) => [
      `failed_${kind.replaceAll('-', '_')}`,
      (step: StepResult) => step.errors[kind],
    ]),
  ),
  ...Object.fromEntries(
    latencyMetrics.map((metric) => [`${metric}_micros`, (step: StepResult) => step.latencyMicros[metric]]),
  ),
  bytes: (step) => step.bytes,
  server_cpu_cores: (step) => step.server.cpu,
  server_rss_bytes: (step) => step.server.rssBytes,
  server_event_loop_delay_micros: (step) => step.server.eventLoopDelayMicros,
  server_queries_per_request: (step) => step.server.queriesPerRequest,
  generator_utilization: (step) => step.generatorUtilization,
  first_chunk_p95_micros: (step) => step.stream?.firstChunkMicros.p95 ?? null,
  chunk_gap_p95_micros: (step) => step.stream?.gapMicros.p95 ?? null,
  tokens: (step) => step.stream?.tokens ?? null,
}

/** What a measurement is worth knowing to. */
const decimals = 6

/** A value as RFC 4180 has it. Text that a spreadsheet would take for a formula gets a quote before it; null is an empty field. */
function field(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(Number(value.toFixed(decimals)))
  if (typeof value !== 'string') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Every step of every run as one line of plain numbers, units in the headings; an empty field was not measured. */
export const csv = {
  id: 'csv',
  title: l10n.t('CSV, one line a step'),
  extension: 'csv',
  render({ runs }) {
    const lines = runs.flatMap((run) =>
      run.steps.map((step) => Object.values(stepColumns).map((value) => field(value(step, run)))),
    )
    return [Object.keys(stepColumns), ...lines].map((line) => `${line.join(',')}\r\n`).join('')
  },
} as const satisfies Format
