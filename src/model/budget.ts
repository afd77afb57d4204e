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

const sourceWords: Readonly<Record<BudgetSource, string>> = {
  order: 'said for this run',
  route: "the route's own",
  auth: 'of auth routes',
  search: 'of search routes',
  list: 'of list routes',
  write: 'of writing routes',
  project: 'of all routes without their own',
}

/** A budget's origin in words, to stand behind it in brackets: `of list routes`. */
export function budgetSourceText(source: BudgetSource): string {
  return sourceWords[source]
}
