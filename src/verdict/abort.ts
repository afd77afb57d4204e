import type { LatencyMetric, Threshold } from '../model/budget.ts'
import type { Step } from '../model/load-plan.ts'
import { fewestSamples } from '../model/measure.ts'
import { failedRequests, type Tick } from '../model/run.ts'
import type { Counts } from '../model/histogram.ts'
import { countFrom, latenciesOf, mergeCounts, recordedTogether } from './histogram.ts'

export type AbortOptions = Pick<Step, 'durationSeconds' | 'minRequests'> & {
  /** Nothing is ended before; without it two seconds, or half the step where that is shorter. */
  readonly delaySeconds?: number
}

const usualDelaySeconds = 2
/** How much faster than in its best interval a server is thought to be able to answer for the rest of a step. */
const hopefulFactor = 2
const fewestRequests = 20

/** The share of good answers that may lie above the limit for the percentile to stay below it. */
const shareAbove: Readonly<Record<LatencyMetric, number>> = {
  p50: 0.5,
  p90: 0.1,
  p95: 0.05,
  p99: 0.01,
  p999: 0.001,
  max: 0,
}

/**
 * The threshold that a step has breached beyond hope, so that it may be ended early; null while there is hope. `ticks` are
 * those of the step so far, a list that only ever grows; `budget` is the run's.
 *
 * A step that could still pass is never ended: what has gone wrong so far stays in the step's result, so it is held
 * against all that the step could still get. For `p95<300ms`: the answers of 300 ms and more so far must be over 5 % of
 * all answers at the end, even if every one to come were fast, and came twice as quickly as in the best interval so far.
 * `errors` likewise. Besides, what was measured so far must itself show the breach, with samples enough for the
 * percentile, because that is what the step's result will say. `rps` ends no step: it is judged over the whole run.
 */
export function shouldAbort(
  ticks: readonly Tick[],
  budget: readonly Threshold[],
  options: AbortOptions,
): Threshold | null {
  const elapsed = ticks.reduce((sum, tick) => sum + tick.intervalMillis, 0) / 1000
  const delay = options.delaySeconds ?? Math.min(usualDelaySeconds, options.durationSeconds / 2)
  const requests = ticks.reduce((sum, tick) => sum + tick.requests, 0)
  if (elapsed < delay || requests < fewestRequests) return null
  const atMost = Math.max(
    requests + mostToCome(ticks, options.durationSeconds - elapsed),
    options.minRequests,
  )
  const failed = ticks.reduce((sum, tick) => sum + failedRequests(tick.errors), 0)
  const answers = answersOf(ticks)
  const isHopeless = ({ metric, limit }: Threshold): boolean => {
    if (metric === 'rps') return false
    if (metric === 'errors') return failed >= limit * atMost
    return answers !== null && isAbove(answers, metric, limit, atMost - failed)
  }
  return budget.find(isHopeless) ?? null
}

/** Requests that the rest of a step could bring, and those that are in flight. */
function mostToCome(ticks: readonly Tick[], secondsLeft: number): number {
  const best = Math.max(...ticks.map((tick) => tick.requests / Math.max(1, tick.intervalMillis)))
  return best * hopefulFactor * Math.max(0, secondsLeft) * 1000 + (ticks.at(-1)?.inFlight ?? 0)
}

function isAbove(answers: Counts, metric: LatencyMetric, limit: number, atMost: number): boolean {
  if (answers.total < fewestSamples[metric]) return false
  const soFar = latenciesOf(answers)[metric]
  const above = countFrom(answers, limit)
  return soFar !== null && soFar >= limit && above > Math.ceil(shareAbove[metric] * atMost)
}

const read = new WeakMap<readonly Tick[], { readonly ticks: number; readonly answers: Counts | null }>()

/** All good answers so far; null where a histogram is missing. Of a list that grows, only what is new is read. */
function answersOf(ticks: readonly Tick[]): Counts | null {
  const before = read.get(ticks) ?? { ticks: 0, answers: { total: 0, buckets: [] } }
  const added = recordedTogether(ticks.slice(before.ticks))
  const answers = before.answers === null || added === null ? null : mergeCounts([before.answers, added])
  read.set(ticks, { ticks: ticks.length, answers })
  return answers
}
