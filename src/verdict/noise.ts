import * as l10n from '@vscode/l10n'
import type { Judgement } from '../model/comparison.ts'
import { failedRequests, type Tick } from '../model/run.ts'
import { percentileOf } from '../model/histogram.ts'
import { recordedTogether } from './histogram.ts'
import {
  autocorrelation,
  differenceOf,
  differsFromZero,
  meanOfEstimates,
  meanOfTied,
  withKnownError,
  type Estimate,
} from './statistics.ts'

export type NoiseMetric = 'p50' | 'p95' | 'p99' | 'rps' | 'errors'

/** The ticks of one load in two runs, in the order they were measured. */
export interface TickPair {
  readonly before: readonly Tick[]
  readonly after: readonly Tick[]
}

export interface NoiseTest {
  readonly judgement: Judgement | null
  /** Why nothing can be told; without full stop. */
  readonly untold?: string
}

const wantedBatches = 10
const fewestBatches = 5
/** A tick at a step's end may last some milliseconds only; it belongs to the batch before. */
const shortestTickMillis = 100
const percentiles = { p50: 50, p95: 95, p99: 99 } as const
/** Good answers a batch needs, so that its percentile isn't just its largest value. */
const samplesPerBatch = { p50: 5, p95: 20, p99: 100, rps: 0, errors: 0 } as const
/** Standard deviation by which a server differs from one start to the next, throughout a run. */
const startSpread = 0.02
/** A change below a tenth is never called one. */
const leastRatio = 1.1
/** Shares of errors are compared by difference, because no errors at all is a share too. */
const leastShare = 0.01

/**
 * Whether a number changed by more than noise at the first of `loads`, of which `change` is the effect. Two conditions
 * must hold:
 *
 * 1. **It is no chance**: Welch's t-test on batch means. Answers of neighbouring moments resemble each other (a queue, a
 *    collection of garbage, another program's burst), so single requests are no independent samples, and a test on them
 *    calls almost everything a change. The method of batch means (Law, *Simulation Modeling and Analysis*, on the output
 *    of one run) cuts the time at one load into ten stretches whose figures are nearly independent; what still ties
 *    neighbours together is estimated from the ticks at all loads of both runs, and widens the error. Percentiles and
 *    rates are compared as logarithms, which evens out their long right tail and makes a change a ratio. The ranks of
 *    Mann and Whitney, or a permutation, would need fewer assumptions about the shape, but suppose independent values
 *    and can't take into account what ties them. The test is made twice, each at 0.5 %: at the load itself, which
 *    sees what happens only there, and over all loads that both runs held, each a repetition of the comparison, which
 *    sees smaller changes; how much the loads disagree among each other counts as error. A server differs by some
 *    percent from one start to the next (memory layout, compiled code; Kalibera and Jones, *Rigorous Benchmarking in
 *    Reasonable Time*, 2013), which one run can't see, so 2 % for each run enter the error as well.
 * 2. **It matters**: the shown figures, and the estimate that is no chance, differ by a tenth at least (errors: by one
 *    percentage point). Without this a long run would make a few percent a change.
 *
 * Fewer than five batches with enough answers tell nothing. What no test of two runs can see is another program that
 * takes the CPU during one of them for longer than a step: on a busy machine, compare several runs.
 */
export function testForNoise(
  metric: NoiseMetric,
  loads: readonly TickPair[],
  change: number | null,
): NoiseTest {
  if (loads.length === 0 || change === null) return { judgement: null }
  const tied = autocorrelation(
    loads.flatMap(({ before, after }) => [pace(before), pace(after)]),
    startSpread,
  )
  const differences = loads.map((pair) => differenceAt(metric, pair, tied))
  const [shown] = differences
  if (shown === undefined || shown === null) {
    return { judgement: null, untold: l10n.t('too few samples to tell it from noise') }
  }
  const effect = metric === 'errors' ? change : Math.log(Math.max(Number.MIN_VALUE, change))
  const least = metric === 'errors' ? leastShare : Math.log(leastRatio)
  const overall = meanOfEstimates(differences.filter((difference) => difference !== null))
  // Starts differ as a whole, so this doesn't shrink with the number of loads. Shares of errors have no such scale.
  const starts = metric === 'errors' ? 0 : 2 * startSpread ** 2
  const seen = [withKnownError(shown, starts), withKnownError(overall, starts)].some(
    (estimate) =>
      differsFromZero(estimate) &&
      Math.abs(estimate.value) >= least &&
      Math.sign(estimate.value) === Math.sign(effect),
  )
  if (!seen || Math.abs(effect) < least) return { judgement: 'within-noise' }
  return { judgement: effect > 0 === (metric === 'rps') ? 'better' : 'worse' }
}

function differenceAt(metric: NoiseMetric, { before, after }: TickPair, tied: number): Estimate | null {
  const [earlier, later] = [before, after].map((ticks) => {
    const figures = batchFigures(metric, ticks)
    if (figures === null) return null
    return meanOfTied(figures, Math.max(1, Math.round(fullTicks(ticks) / figures.length)), tied)
  })
  return earlier === undefined || later === undefined || earlier === null || later === null
    ? null
    : differenceOf(later, earlier)
}

/** How fast the server answered in each tick: what shows best that neighbouring ticks resemble each other. */
function pace(ticks: readonly Tick[]): number[] {
  return ticks.flatMap(({ intervalMillis, latencyMicros: { p50 } }) =>
    intervalMillis < shortestTickMillis || p50 === null ? [] : [Math.log(Math.max(1, p50))],
  )
}

function fullTicks(ticks: readonly Tick[]): number {
  return ticks.filter(({ intervalMillis }) => intervalMillis >= shortestTickMillis).length
}

/** One figure for each stretch of equal time; null where there are too few stretches with enough answers. */
function batchFigures(metric: NoiseMetric, ticks: readonly Tick[]): number[] | null {
  for (let count = Math.min(wantedBatches, fullTicks(ticks)); count >= fewestBatches; count -= 1) {
    const figures = batchesOf(ticks, count).map((batch) => figureOf(metric, batch))
    const known = figures.filter((figure) => figure !== null)
    if (known.length === count) return known
  }
  return null
}

/** The ticks in so many stretches of about equal time. */
function batchesOf(ticks: readonly Tick[], count: number): Tick[][] {
  const total = ticks.reduce((sum, tick) => sum + tick.intervalMillis, 0)
  const batches = Array.from({ length: count }, (): Tick[] => [])
  let elapsed = 0
  for (const tick of ticks) {
    const middle = elapsed + tick.intervalMillis / 2
    batches[Math.min(count - 1, Math.floor((middle / total) * count))]?.push(tick)
    elapsed += tick.intervalMillis
  }
  return batches
}

function figureOf(metric: NoiseMetric, batch: readonly Tick[]): number | null {
  const requests = batch.reduce((sum, tick) => sum + tick.requests, 0)
  if (requests === 0) return null
  if (metric === 'errors') {
    return batch.reduce((sum, tick) => sum + failedRequests(tick.errors), 0) / requests
  }
  if (metric === 'rps') {
    return Math.log(requests / batch.reduce((sum, tick) => sum + tick.intervalMillis, 0))
  }
  const counts = recordedTogether(batch)
  if (counts === null || counts.total < samplesPerBatch[metric]) return null
  const value = percentileOf(counts, percentiles[metric])
  return value === null ? null : Math.log(Math.max(1, value))
}
