import { mergeLatencies } from '../load/merged-latencies.ts'
import type { RunEvent } from '../model/panel.ts'
import type { LatencyMicros } from '../model/run.ts'

/** Follows a run's events: after each, the percentiles of the step in progress so far, or null before its first answer. */
export function followLatencies(): (event: RunEvent) => LatencyMicros | null {
  let merged = mergeLatencies()
  let soFar: LatencyMicros | null = null
  return (event) => {
    if (event.kind === 'step-started') {
      merged = mergeLatencies()
      soFar = null
    }
    if (event.kind === 'tick') soFar = merged.add(event.tick.histogram)
    return soFar
  }
}
