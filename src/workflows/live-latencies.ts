import type { RunEvent } from '../model/panel.ts'
import type { LatencyMicros } from '../model/run.ts'
import type { Counts } from '../model/histogram.ts'
import { decodeHistogram, latenciesOf, mergeCounts } from '../verdict/histogram.ts'

const nothing: Counts = { total: 0, buckets: [] }

/**
 * Follows a run's events: after each, the percentiles of the step in progress so far, or null before its first answer.
 * The intervals' histograms are merged, since percentiles can't be.
 */
export function followLatencies(): (event: RunEvent) => LatencyMicros | null {
  let counts = nothing
  return (event) => {
    if (event.kind === 'step-started') counts = nothing
    if (event.kind === 'tick')
      counts = mergeCounts([counts, decodeHistogram(event.tick.histogram) ?? nothing])
    return counts.total === 0 ? null : latenciesOf(counts)
  }
}
