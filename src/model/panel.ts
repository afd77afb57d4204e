import type { FailureData } from './failure.ts'
import type { Comparison } from './comparison.ts'
import type { LoadPlan, Step } from './load-plan.ts'
import type { Conditions, Preflight, Run, StepResult, Tick } from './run.ts'
import type { SeedProgress } from './seed-plan.ts'
import type { Verdict } from './verdict.ts'
import type { Volume } from './volume.ts'

/** Protocol 1 between the extension and the panel: the panel says `ready`, gets a `snapshot`, then deltas. */
export interface PanelSnapshot {
  readonly route: string
  /** An agent started it, so that the panel doesn't take the focus from whoever is typing. */
  readonly byAgent?: true
  readonly status: 'preparing' | 'running' | 'finished' | 'failed'
  /** What is being done now, while preparing: `Starting npm run dev`. */
  readonly activity: string
  readonly plan: LoadPlan | null
  readonly conditions: Conditions | null
  readonly preflight: Preflight | null
  /** What is measured now, which may be another step than planned. Left out while there is none. */
  readonly step?: Step
  readonly ticks: readonly Tick[]
  readonly steps: readonly StepResult[]
  readonly verdict: Verdict | null
  /** How latency grows with the rows, as far as it is known; a volume sweep's only. */
  readonly volume?: Volume
  readonly failure: FailureData | null
  readonly before: Run | null
  readonly comparison: Comparison | null
}

/** The state before anything has happened. */
export function emptySnapshot(route: string, before: Run | null): PanelSnapshot {
  return {
    route,
    status: 'preparing',
    activity: '',
    plan: null,
    conditions: null,
    preflight: null,
    ticks: [],
    steps: [],
    verdict: null,
    failure: null,
    before,
    comparison: null,
  }
}

/** The state at the end of a kept run, with the run before it where the two are compared. */
export function snapshotOfRun(run: Run, before: Run | null, comparison: Comparison | null): PanelSnapshot {
  const { route, plan, conditions, preflight, ticks, steps, verdict, volume } = run
  const grown = volume === undefined ? {} : { volume }
  const measured = { plan, conditions, preflight, ticks, steps, verdict, ...grown }
  return { ...emptySnapshot(route, before), status: 'finished', ...measured, comparison }
}

/** What happens during a load test, in order; the workflow emits these and every face renders them. */
export type RunEvent =
  | { readonly kind: 'activity'; readonly activity: string }
  | { readonly kind: 'plan'; readonly plan: LoadPlan; readonly conditions: Conditions }
  | { readonly kind: 'preflight'; readonly preflight: Preflight }
  | {
      readonly kind: 'step-started'
      readonly index: number
      readonly step: Step
      readonly secondsLeft: number
    }
  | { readonly kind: 'tick'; readonly tick: Tick }
  | { readonly kind: 'step'; readonly step: StepResult }
  /** Rows are added to the database, or taken back. */
  | { readonly kind: 'seeding'; readonly progress: SeedProgress }
  | { readonly kind: 'volume'; readonly volume: Volume }
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly comparison: Comparison | null }
  | { readonly kind: 'failure'; readonly failure: FailureData }

export type ToView =
  { readonly kind: 'snapshot'; readonly protocol: 1; readonly snapshot: PanelSnapshot } | RunEvent

export type FromView =
  | { readonly kind: 'ready'; readonly protocol: 1 }
  | { readonly kind: 'stop' }
  | { readonly kind: 'open-cause'; readonly file: string; readonly line: number }
  | { readonly kind: 'show-fix'; readonly file: string; readonly line: number; readonly fix: string }
  | { readonly kind: 'run-again' }
  /** Wants the run that is shown as Markdown on the clipboard. */
  | { readonly kind: 'copy-markdown' }
  /** A chart's picture that the page itself could not put on the clipboard: a PNG in base64, and a name for its file. */
  | { readonly kind: 'save-image'; readonly name: string; readonly png: string }
  /** Wants a report file of the run that is shown. */
  | { readonly kind: 'save-report' }
  | { readonly kind: 'set-budget' }
  /** Wants another run drawn before the one that is shown. */
  | { readonly kind: 'compare' }
  | { readonly kind: 'pin-baseline' }
  | { readonly kind: 'failure-action'; readonly id: string; readonly argument: string | null }
