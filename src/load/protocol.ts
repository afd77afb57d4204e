import type { FailureData } from '../model/failure.ts'
import type { Flow, SafetyLimits, Step, ThinkTime, Transport } from '../model/load-plan.ts'
import type { Answer, Preflight, StepResult, Tick } from '../model/run.ts'

/** What the generator needs to ask once. */
export interface PreflightRequest {
  readonly baseUrl: string
  readonly flows: readonly Flow[]
  readonly transport: Transport
  /** A request that takes longer than this, connecting included, counts as `timeout`. */
  readonly timeoutMillis: number
}

export interface OpenRequest extends PreflightRequest {
  /** Decides the order in which parameter values are drawn. */
  readonly seed: number
  readonly thinkTime: ThinkTime | undefined
  readonly limits: SafetyLimits
}

export interface StepRequest {
  readonly index: number
  readonly step: Step
}

/** What the load child can be asked for, and what it answers. */
export interface LoadCalls {
  readonly preflight: { readonly input: PreflightRequest; readonly output: Preflight }
  readonly 'ask-each': { readonly input: PreflightRequest; readonly output: readonly Answer[] }
  readonly open: { readonly input: OpenRequest; readonly output: null }
  readonly 'run-step': { readonly input: StepRequest; readonly output: StepResult }
  readonly release: { readonly input: null; readonly output: null }
  readonly stop: { readonly input: null; readonly output: null }
}

export type LoadCall = {
  [Name in keyof LoadCalls]: { readonly call: Name; readonly input: LoadCalls[Name]['input'] }
}[keyof LoadCalls]

/** Messages to the load child; each is answered by one `reply` or `failed` with the same id. */
export type ToLoadChild = LoadCall & { readonly id: number }

export type LoadReply = {
  [Name in keyof LoadCalls]: { readonly call: Name; readonly output: LoadCalls[Name]['output'] }
}[keyof LoadCalls]

export type FromLoadChild =
  | (LoadReply & { readonly kind: 'reply'; readonly id: number })
  | { readonly kind: 'failed'; readonly id: number; readonly failure: FailureData }
  | { readonly kind: 'tick'; readonly id: number; readonly tick: Tick }
