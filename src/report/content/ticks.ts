import { type ErrorCounts, errorKinds, noErrors, type Tick } from '../../model/run.ts'

/**
 * So few ticks that they can be kept, sent and drawn: about `most`, and one more for each step. Neighbours of the same step
 * become one as long as their time together is no more than the share of the whole that such a number leaves to each.
 * Counts add up; of percentiles, which can't be added, the worse ones stay. The same list where it is short enough.
 */
export function thinTicks(ticks: readonly Tick[], most: number): readonly Tick[] {
  if (ticks.length <= most) return ticks
  const whole = ticks.reduce((sum, tick) => sum + tick.intervalMillis, 0)
  // Intervals are never quite equal: what is but a little longer than its share fits as well.
  const share = (Math.ceil(ticks.length / most) * whole * 1.2) / ticks.length
  const thinned: Tick[] = []
  for (const tick of ticks) {
    const last = thinned.at(-1)
    const fits = last?.step === tick.step && last.intervalMillis + tick.intervalMillis <= share
    if (last !== undefined && fits) thinned[thinned.length - 1] = together(last, tick)
    else thinned.push(tick)
  }
  return thinned
}

/** In milliseconds: an interval at a step's end may be shorter still, and its rate says nothing. */
const shortestMillis = 100

/** Ticks whose slivers at the end of a step belong to the interval before. */
export function withoutSlivers(ticks: readonly Tick[]): readonly Tick[] {
  const kept: Tick[] = []
  for (const tick of ticks) {
    const last = kept.at(-1)
    const isSliver = tick.intervalMillis < shortestMillis && last?.step === tick.step
    if (last !== undefined && isSliver) kept[kept.length - 1] = together(last, tick)
    else kept.push(tick)
  }
  return kept
}

/** The one with the worse p95, or with the only one that is known; where none is, the one with the slowest answer. */
function worseOf(one: Tick, other: Tick): Tick {
  const [first, second] = [one.latencyMicros, other.latencyMicros]
  const metric = first.p95 === null && second.p95 === null ? 'max' : 'p95'
  return (first[metric] ?? -1) > (second[metric] ?? -1) ? one : other
}

/** Two neighbouring ticks as one of both times. */
function together(earlier: Tick, later: Tick): Tick {
  return {
    ...later,
    intervalMillis: earlier.intervalMillis + later.intervalMillis,
    requests: earlier.requests + later.requests,
    errors: added(earlier.errors, later.errors),
    bytes: earlier.bytes + later.bytes,
    latencyMicros: worseOf(earlier, later).latencyMicros,
    histogram: '',
  }
}

function added(one: ErrorCounts, other: ErrorCounts): ErrorCounts {
  const sum = noErrors()
  for (const kind of errorKinds) sum[kind] = one[kind] + other[kind]
  return sum
}
