import type { Threshold } from './budget.ts'
import type { HttpMethod } from './route.ts'

/** `closed`: a virtual user waits for its answer before it asks again. `open`: arrivals continue whatever the server does. */
export type LoadModel = 'closed' | 'open'

/** One load level held for a while. */
export interface Step {
  readonly phase: 'warm-up' | 'ramp' | 'bisect' | 'cool-down'
  /** Virtual users, each on one connection of its own. */
  readonly users: number
  readonly durationSeconds: number
  /** A slow endpoint holds a step longer, up to this, until it has {@link minRequests} answers. */
  readonly maxDurationSeconds: number
  readonly minRequests: number
}

/** The values a path parameter is drawn from, and where they come from in words. */
export interface ParameterValues {
  readonly values: readonly string[]
  readonly source: string
}

export interface RequestTemplate {
  readonly method: Exclude<HttpMethod, 'ALL'>
  /** With parameters as `:name`; may carry a query string. */
  readonly path: string
  readonly parameters: Readonly<Record<string, ParameterValues>>
  /** Headers and body are never written to a run file or a log: they may hold secrets. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** Everything that decides what is sent; two runs with equal plans are comparable. */
export interface LoadPlan {
  /** The resolved target, loopback only: `http://127.0.0.1:3000`. */
  readonly baseUrl: string
  readonly request: RequestTemplate
  readonly profile: string
  readonly model: LoadModel
  readonly steps: readonly Step[]
  readonly budget: readonly Threshold[]
  readonly timeoutMillis: number
  /** Decides the order in which parameter values are drawn. */
  readonly seed: number
}
