import * as l10n from '@vscode/l10n'
import type { LatencyMetric, Threshold } from '../../model/budget.ts'
import {
  formatBytes,
  formatCount,
  formatMicros,
  formatPercent,
  formatRateFigure,
} from '../../model/format.ts'
import { failedRequests, type StepResult } from '../../model/run.ts'
import { loadText } from '../../model/load-level.ts'
import { breaches, formatKnown } from './thresholds.ts'

export interface StepCell {
  readonly text: string
  readonly measured: boolean
  /** True where this value breaks a threshold of the budget. */
  readonly breached: boolean
}

export interface StepRow {
  /** `100 users`, with the phase where the step doesn't count and "cut short" where it wasn't finished. */
  readonly heading: string
  readonly cells: readonly StepCell[]
}

/** The curve as a table, the same in every face. Columns that no step measured are left out and named in `notMeasured`. */
export interface StepTable {
  readonly columns: readonly string[]
  readonly rows: readonly StepRow[]
  readonly notMeasured: readonly string[]
}

interface Column {
  readonly heading: string
  /** Left out without a word where the run's kind has no such number. */
  readonly optional: boolean
  readonly metric: Threshold['metric'] | null
  value(step: StepResult): number | null
  format(value: number | null, step: StepResult): string
}

function latencyColumn(metric: LatencyMetric): Column {
  return {
    heading: metric,
    optional: false,
    metric,
    value: (step) => step.latencyMicros[metric],
    format: formatMicros,
  }
}

function formatFailed(failed: number | null, step: StepResult): string {
  if (failed === null || failed === 0 || step.requests === 0) return formatCount(failed)
  return `${formatCount(failed)} (${formatPercent(failed / step.requests)})`
}

function streamColumns(): Column[] {
  return [
    {
      heading: l10n.t('first chunk p95'),
      optional: true,
      metric: null,
      value: (step) => step.stream?.firstChunkMicros.p95 ?? null,
      format: formatMicros,
    },
    {
      heading: l10n.t('gap p95'),
      optional: true,
      metric: null,
      value: (step) => step.stream?.gapMicros.p95 ?? null,
      format: formatMicros,
    },
    {
      heading: l10n.t('tokens/s'),
      optional: true,
      metric: null,
      value: ({ stream, durationSeconds }) =>
        stream?.tokens == null ? null : stream.tokens / durationSeconds,
      format: formatRateFigure,
    },
  ]
}

function columnsFor(budget: readonly Threshold[]): Column[] {
  const latencies: LatencyMetric[] = ['p50', 'p95', 'p99']
  for (const { metric } of budget) {
    if (metric !== 'errors' && metric !== 'rps' && !latencies.includes(metric)) latencies.push(metric)
  }
  const plain = { optional: false, metric: null }
  return [
    { ...plain, heading: l10n.t('requests'), value: (step) => step.requests, format: formatCount },
    {
      ...plain,
      heading: l10n.t('requests/s'),
      metric: 'rps',
      value: (step) => step.achievedRate,
      format: formatRateFigure,
    },
    {
      heading: l10n.t('never sent'),
      optional: true,
      metric: null,
      value: (step) => step.arrivals?.unsent || null,
      format: (unsent, { arrivals }) => formatCount(unsent ?? arrivals?.unsent ?? null),
    },
    ...latencies.map(latencyColumn),
    ...streamColumns(),
    {
      ...plain,
      heading: l10n.t('failed'),
      metric: 'errors',
      value: (step) => failedRequests(step.errors),
      format: formatFailed,
    },
    {
      ...plain,
      heading: l10n.t('queries/request'),
      value: (step) => step.server.queriesPerRequest,
      format: formatQueries,
    },
    { ...plain, heading: l10n.t('CPU'), value: (step) => step.server.cpu, format: formatPercent },
    { ...plain, heading: l10n.t('memory'), value: (step) => step.server.rssBytes, format: formatBytes },
    {
      ...plain,
      heading: l10n.t('loop delay'),
      value: (step) => step.server.eventLoopDelayMicros,
      format: formatMicros,
    },
  ]
}

/** Queries a request to text: `501`, `1.5`, or `not measured`. */
export function formatQueries(queries: number | null): string {
  if (queries === null) return l10n.t('not measured')
  return queries < 10 ? String(Number(queries.toFixed(1))) : formatCount(queries)
}

function phaseName(phase: StepResult['phase']): string {
  if (phase === 'warm-up') return l10n.t('warm-up')
  if (phase === 'recovery') return l10n.t('recovery')
  return phase === 'cool-down' ? l10n.t('cool-down') : phase
}

/** A step's name: `100 users`, `1 user (warm-up)`, `50 users (cut short)`. */
function stepHeading(step: Pick<StepResult, 'users' | 'rate' | 'phase' | 'complete'>): string {
  const load = loadText(step)
  const notes = [
    step.phase === 'ramp' || step.phase === 'bisect' ? '' : phaseName(step.phase),
    step.complete ? '' : l10n.t('cut short'),
  ]
  const note = notes.filter((part) => part !== '').join(', ')
  return note === '' ? load : `${load} (${note})`
}

/** What warms up and cools down is shown, and never held against the endpoint. */
function isJudged({ phase }: StepResult): boolean {
  return phase !== 'warm-up' && phase !== 'cool-down'
}

/** The steps as a table of texts, in the order they ran, with what broke the budget marked. */
export function stepTable(steps: readonly StepResult[], budget: readonly Threshold[]): StepTable {
  const all = columnsFor(budget)
  const isMeasured = (column: Column): boolean => steps.some((step) => column.value(step) !== null)
  const shown = all.filter((column) => isMeasured(column))
  const cell = (column: Column, step: StepResult): StepCell => {
    const value = column.value(step)
    const breached = budget.find(
      (threshold) => threshold.metric === column.metric && breaches(step, threshold),
    )
    const bound = value === null && breached !== undefined
    return {
      text: bound ? formatKnown(step, breached) : column.format(value, step),
      measured: value !== null || bound,
      breached: breached !== undefined && isJudged(step),
    }
  }
  return {
    columns: shown.map((column) => column.heading),
    rows: steps.map((step) => ({
      heading: stepHeading(step),
      cells: shown.map((column) => cell(column, step)),
    })),
    notMeasured: all
      .filter((column) => !column.optional && !isMeasured(column))
      .map((column) => column.heading),
  }
}

/** What a column's short heading stands for, where it doesn't say so itself. */
function fullName(heading: string): string {
  const names = new Map([
    [l10n.t('queries/request'), l10n.t('queries per request')],
    [l10n.t('CPU'), l10n.t('server CPU')],
    [l10n.t('memory'), l10n.t('server memory')],
    [l10n.t('loop delay'), l10n.t('event-loop delay')],
  ])
  return names.get(heading) ?? heading
}

/** What could not be measured at all, as one sentence, and why where the reason is known; empty where nothing is missing. */
export function notMeasuredSentence(table: StepTable): string {
  if (table.rows.length === 0 || table.notMeasured.length === 0) return ''
  const missing = table.notMeasured.map(fullName).join(', ')
  return table.notMeasured.includes('p99')
    ? l10n.t('Not measured: {0} (p99 needs 1,000 answers in a step).', missing)
    : l10n.t('Not measured: {0}.', missing)
}
