/** How a latency grows with the rows of a table, the simplest first. */
export const growthClasses = ['constant', 'logarithmic', 'linear', 'quadratic'] as const
export type GrowthClass = (typeof growthClasses)[number]

/** What is held against the rows. `queries` are those of one request. */
export type GrowthMetric = 'p50' | 'p95' | 'queries'

/**
 * How one number of an endpoint grows with the rows: `value = intercept + slope · f(rows)`, where f is 0 (constant), the
 * natural logarithm, the rows themselves, or their square. Values are microseconds, or queries.
 */
export interface Growth {
  readonly metric: GrowthMetric
  /** Null where it is not clear; `unclear` then says why, without full stop. */
  readonly class: GrowthClass | null
  readonly unclear: string | null
  /** Classes that grow faster and explain the measurements as well: the class is the simplest that does. */
  readonly alsoPossible: readonly GrowthClass[]
  readonly intercept: number
  readonly slope: number
  /** Share of the variation over the levels that the fit explains, of logarithms; null where there is nothing to explain. */
  readonly r2: number | null
  /** What was fitted, ascending. */
  readonly points: readonly { readonly rows: number; readonly value: number }[]
  /** What the fit says of more rows than were measured; null where it grows too little to matter, or isn't clear. */
  readonly beyond: { readonly rows: number; readonly value: number } | null
  /** The rows at which the budget's limit is reached, where that lies beyond what was measured and not far. */
  readonly budget: { readonly threshold: string; readonly rows: number } | null
}

/** What a run of the profile `volume` set out to do: the table that grows, and to how many rows. */
export interface VolumePlan {
  readonly table: string
  readonly levels: readonly number[]
}

/** What it did. */
export interface Volume extends VolumePlan {
  /** What was measured: how many rows the table had, and the run's step that measured them. */
  readonly measured: readonly { readonly rows: number; readonly step: number }[]
  /** Why it ended before the last level, in a sentence; null where it didn't. */
  readonly ended: string | null
  readonly growth: readonly Growth[]
  /** Rows that were added to all tables, and are still there. */
  readonly rowsLeft: number
}

const functions: Readonly<Record<GrowthClass, (rows: number) => number>> = {
  constant: () => 0,
  logarithmic: (rows) => Math.log(rows),
  linear: (rows) => rows,
  quadratic: (rows) => rows ** 2,
}

/** The class's function of the rows, without its coefficients. */
export function growthFunction(name: GrowthClass, rows: number): number {
  return functions[name](rows)
}

/** What a fit says at so many rows; null where it has no class. */
export function grownTo(growth: Pick<Growth, 'class' | 'intercept' | 'slope'>, rows: number): number | null {
  if (growth.class === null) return null
  return growth.intercept + growth.slope * growthFunction(growth.class, rows)
}
