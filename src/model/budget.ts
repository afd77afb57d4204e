export const latencyMetrics = ['p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const
export type LatencyMetric = (typeof latencyMetrics)[number]

/** One clause of a budget. Latency limits are in microseconds, `errors` is a fraction 0..1, `rps` is requests a second. */
export interface Threshold {
  readonly metric: LatencyMetric | 'errors' | 'rps'
  readonly comparison: '<' | '>'
  readonly limit: number
  /** As the user wrote it, for messages: `p95<2s`. */
  readonly text: string
}

/** Where a run's budget came from: said for this run, or `headroom.config.json`'s for the route, its class, or all. */
export type BudgetSource = 'order' | 'route' | 'auth' | 'search' | 'list' | 'write' | 'project'
