import * as l10n from '@vscode/l10n'
import { loadOf } from '../model/load-level.ts'
import type { Run, StepResult } from '../model/run.ts'
import { beforeRun, type Format, reportedRun } from './format.ts'

/** One line of a log: an interval, its largest value, and its histogram as HdrHistogram's V2 encoding in base64. */
interface Interval {
  readonly tag: string
  readonly startMillis: number
  readonly lengthMillis: number
  readonly maxMicros: number
  readonly histogram: string
}

const units: Readonly<Record<ReturnType<typeof loadOf>['unit'], string>> = {
  users: 'users',
  'requests/s': 'per-second',
  rows: 'rows',
}

/** `50-users`, `warm-up-5-users`: what the reader plots apart. A tag may hold neither blanks nor commas. */
function tagOf(step: StepResult, prefix: string): string {
  const { value, unit } = loadOf(step)
  const phase = step.phase === 'ramp' || step.phase === 'bisect' ? '' : `${step.phase}-`
  return `${prefix}${phase}${value}-${units[unit]}`
}

/** The ticks of a run; the steps where a run, such as a baseline, has kept no histogram of its ticks. */
function intervalsOf(run: Run, prefix: string, offsetMillis: number): Interval[] {
  const ticks = run.ticks.flatMap((tick): Interval[] => {
    const step = run.steps[tick.step]
    if (step === undefined || tick.histogram === '') return []
    return [
      {
        tag: tagOf(step, prefix),
        startMillis: offsetMillis + Math.max(0, tick.atMillis - tick.intervalMillis),
        lengthMillis: tick.intervalMillis,
        maxMicros: tick.latencyMicros.max ?? 0,
        histogram: tick.histogram,
      },
    ]
  })
  return ticks.length > 0 ? ticks : stepIntervals(run.steps, prefix, offsetMillis)
}

function stepIntervals(steps: readonly StepResult[], prefix: string, offsetMillis: number): Interval[] {
  let startMillis = offsetMillis
  return steps.map((step) => {
    const lengthMillis = step.durationSeconds * 1000
    const interval = {
      tag: tagOf(step, prefix),
      startMillis,
      lengthMillis,
      maxMicros: step.latencyMicros.max ?? 0,
      histogram: step.histogram,
    }
    startMillis += lengthMillis
    return interval
  })
}

function startOf({ conditions }: Run): number {
  return Date.parse(conditions.startedAt)
}

function seconds(millis: number): string {
  return (millis / 1000).toFixed(3)
}

function line({ tag, startMillis, lengthMillis, maxMicros, histogram }: Interval): string {
  return `Tag=${tag},${seconds(startMillis)},${seconds(lengthMillis)},${(maxMicros / 1000).toFixed(3)},${histogram}`
}

/**
 * An HdrHistogram log, version 1.3, as HistogramLogWriter of the Java and JavaScript libraries writes it: every interval
 * of every step under the step's own tag; of two runs, the tags begin with `before-` and `after-`. Values are
 * microseconds, the column of largest values is in milliseconds.
 */
export const hlog = {
  id: 'hlog',
  title: l10n.t('HdrHistogram log, for its plotters'),
  extension: 'hlog',
  render({ runs }) {
    const run = reportedRun(runs)
    const before = beforeRun(runs)
    const start = Math.min(startOf(run), before === null ? Number.POSITIVE_INFINITY : startOf(before))
    const intervals = [
      ...(before === null ? [] : intervalsOf(before, 'before-', startOf(before) - start)),
      ...intervalsOf(run, before === null ? '' : 'after-', startOf(run) - start),
    ].toSorted((one, other) => one.startMillis - other.startMillis)
    return [
      '#[Latencies of good answers in microseconds, recorded by Headroom]',
      '#[Histogram log format version 1.3]',
      `#[StartTime: ${seconds(start)} (seconds since epoch), ${new Date(start).toISOString()}]`,
      '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
      ...intervals.map(line),
      '',
    ].join('\n')
  },
} as const satisfies Format
