import type { BudgetSource, Threshold } from './budget.ts'
import type { HttpMethod } from './route.ts'
import type { VolumePlan } from './volume.ts'

/** `closed`: a virtual user waits for its answer before it asks again. `open`: arrivals continue whatever the server does. */
export type LoadModel = 'closed' | 'open'

/** One load level held for a while. */
export interface Step {
  /** `recovery` is ordinary load after too much of it: whether the server comes back. */
  readonly phase: 'warm-up' | 'ramp' | 'bisect' | 'recovery' | 'cool-down'
  /** Virtual users, each on one connection of its own. In an open model: the connections that arrivals may use. */
  readonly users: number
  /** Arrivals a second; an open model's only. */
  readonly rate?: number
  /** Rows that the table under test is grown to before; a volume sweep's only. */
  readonly rows?: number
  readonly durationSeconds: number
  /** A slow endpoint holds a step longer, up to this, until it has {@link minRequests} answers. */
  readonly maxDurationSeconds: number
  readonly minRequests: number
}

/** The values a path parameter is drawn from, and where they come from in words. */
export interface ParameterValues {
  readonly values: readonly string[]
  readonly source: string
  /** Rows that belong to each value, by its place, where they are known: a user's activities. A value nobody has owns 0. */
  readonly rows?: readonly number[]
  /** Values that nobody has; asked for where the answer to that is known. */
  readonly missing?: readonly string[]
}

/** How many rows an answer holds: those that belong to the drawn value of a parameter, or a page of them. */
export interface RowRule {
  readonly parameter: string
  readonly atMost: number | null
}

/** What an answer must be like to count as good; without it, any complete answer below 400 is. */
export interface Expectation {
  readonly status?: number
  /** The answer's rows, as the preflight counts them. */
  readonly rows?: { readonly min?: number; readonly max?: number }
  /** JSON paths (`$.items[0].id`) that must be there, with the value they must have where one is given. */
  readonly json?: readonly { readonly path: string; readonly equals?: string | number | boolean | null }[]
}

export interface RequestTemplate {
  readonly method: Exclude<HttpMethod, 'ALL'>
  /** With parameters as `:name`; may carry a query string. */
  readonly path: string
  /** Drawn for `:name` in the path and `{{name}}` in headers and body. */
  readonly parameters: Readonly<Record<string, ParameterValues>>
  /** Headers and body are never written to a run file or a log: they may hold secrets. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly expect?: Expectation
  /** Where it is known, an answer with other rows is an error of a kind of its own. */
  readonly rowRule?: RowRule
  /** Values for later requests of the same user, by name: the JSON path where the answer holds them. */
  readonly captures?: Readonly<Record<string, string>>
  /** Sent once by each user, such as a log-in, and left out when the user comes round again. */
  readonly once?: true
}

/** What one user does from beginning to end: requests in order. Users take flows by weight. */
export interface Flow {
  readonly name: string
  readonly weight: number
  readonly requests: readonly RequestTemplate[]
}

/** A pause between an answer and the same user's next request, drawn evenly between the two. */
export interface ThinkTime {
  readonly minMillis: number
  readonly maxMillis: number
}

/** How requests travel. `http2`: one request a connection all the same, so that a user stays a connection. */
export interface Transport {
  readonly protocol: 'http1' | 'http2'
  /** `new`: a connection for each request, as clients without keep-alive do. */
  readonly connection: 'keep-alive' | 'new'
}

/** Bounds that hold whatever a profile asks for. */
export interface SafetyLimits {
  /** Requests that wait for an answer at the same time. */
  readonly maxInFlight: number
  /** Requests of a whole run; it ends when they are sent. */
  readonly maxRequests: number
}

/** Everything that decides what is sent; two runs with equal plans are comparable. */
export interface LoadPlan {
  /** The resolved target, loopback only: `http://127.0.0.1:3000`. */
  readonly baseUrl: string
  /** The endpoint under test: what the preflight asks for, and what results are named after. */
  readonly request: RequestTemplate
  /** What users do; without it, they repeat `request`. */
  readonly flows?: readonly Flow[]
  readonly thinkTime?: ThinkTime
  readonly transport?: Transport
  readonly limits?: SafetyLimits
  readonly profile: string
  readonly model: LoadModel
  readonly steps: readonly Step[]
  readonly budget: readonly Threshold[]
  /** Where the budget came from; left out where it isn't known. */
  readonly budgetSource?: BudgetSource
  readonly timeoutMillis: number
  /** Decides the order in which parameter values are drawn. */
  readonly seed: number
  /** The table that grows from step to step; a volume sweep's only. */
  readonly volume?: VolumePlan
}
