import { createHash } from 'node:crypto'
import { basename, isAbsolute } from 'node:path'
import type { LoadPlan, RequestTemplate } from '../model/load-plan.ts'
import { countedSteps } from '../model/measure.ts'
import {
  type ErrorCounts,
  noErrors,
  noServerCounters,
  type Run,
  type StepResult,
  type Tick,
} from '../model/run.ts'
import { decodeHistogram, latenciesOf } from '../verdict/histogram.ts'

/** What a baseline keeps of a step's ticks: what the comparison's test for noise reads, and no more. */
interface KeptTick {
  readonly step: number
  readonly atMillis: number
  readonly intervalMillis: number
  readonly requests: number
  readonly errors?: Partial<ErrorCounts>
  readonly histogram: string
}

type KeptStep = Pick<
  StepResult,
  | 'phase'
  | 'users'
  | 'rate'
  | 'rows'
  | 'durationSeconds'
  | 'offeredRate'
  | 'achievedRate'
  | 'requests'
  | 'latencyMicros'
> & { readonly errors?: Partial<ErrorCounts>; readonly histogram: string }

/**
 * A run as it stands in `headroom.baselines.json`, which is committed: enough to compare with. Answers' texts, parameter
 * values and what was measured before the load are left out; values leave a fingerprint.
 */
export interface Baseline {
  readonly id: string
  readonly route: string
  readonly file: string | null
  readonly line: number | null
  readonly verdict: Pick<Run['verdict'], 'kind' | 'sentence' | 'breakingPoint'>
  readonly plan: LoadPlan
  readonly conditions: Run['conditions']
  readonly preflight: Run['preflight']
  readonly steps: readonly KeptStep[]
  readonly ticks: readonly KeptTick[]
}

/** A run without what a baseline doesn't need. Steps that count and ran to the end are kept. */
export function baselineFrom(run: Run): Baseline {
  const steps = countedSteps(run.steps).filter(({ complete }) => complete)
  const { kind, sentence, breakingPoint } = run.verdict
  return {
    id: run.id,
    route: run.route,
    file: run.file,
    line: run.line,
    verdict: { kind, sentence, breakingPoint },
    plan: withFingerprints(run).plan,
    conditions: run.conditions,
    preflight: run.preflight,
    steps: steps.map(keptStep),
    ticks: run.ticks.flatMap((tick) => {
      const step = steps.findIndex((each) => run.steps[tick.step] === each)
      return step < 0 ? [] : [keptTick(tick, step)]
    }),
  }
}

/** The run that a baseline stands for. Ticks' percentiles are read from their histograms; what was left out is "not measured". */
export function runFrom(baseline: Baseline): Run {
  const { steps, ticks, verdict, ...rest } = baseline
  return {
    schema: 'headroom.run/1',
    ...rest,
    verdict: { ...verdict, reasons: [], causes: [] },
    steps: steps.map((step) => ({
      ...notKept,
      ...step,
      statuses: {},
      samples: [],
      complete: true,
      errors: { ...noErrors(), ...step.errors },
    })),
    ticks: ticks.map((tick) => ({
      ...notKept,
      ...tick,
      users: steps[tick.step]?.users ?? 0,
      inFlight: 0,
      errors: { ...noErrors(), ...tick.errors },
      latencyMicros: latenciesOf(decodeHistogram(tick.histogram) ?? { total: 0, buckets: [] }),
    })),
  }
}

const notKept = { bytes: 0, generatorUtilization: 0, server: noServerCounters } as const

function keptStep(step: StepResult): KeptStep {
  const { phase, users, rate, rows, durationSeconds, offeredRate, achievedRate, requests } = step
  return {
    phase,
    users,
    ...(rate === undefined ? {} : { rate }),
    ...(rows === undefined ? {} : { rows }),
    durationSeconds,
    offeredRate,
    achievedRate,
    requests,
    ...keptErrors(step.errors),
    latencyMicros: step.latencyMicros,
    histogram: step.histogram,
  }
}

function keptTick({ atMillis, intervalMillis, requests, errors, histogram }: Tick, step: number): KeptTick {
  return { step, atMillis, intervalMillis, requests, ...keptErrors(errors), histogram }
}

/** The kinds that there were, where there were any. */
function keptErrors(errors: ErrorCounts): { errors?: Partial<ErrorCounts> } {
  const some = Object.entries(errors).filter(([, count]) => count > 0)
  return some.length === 0 ? {} : { errors: Object.fromEntries(some) }
}

const fingerprint = /^sha256:[0-9a-f]{64}$/

/** Whether a run's parameter values have been replaced by their fingerprints. */
export function isFingerprinted({ plan }: Run): boolean {
  return requestsOf(plan).some(({ parameters }) =>
    Object.values(parameters).some(({ values }) => values.length === 1 && fingerprint.test(values[0] ?? '')),
  )
}

/** A run that names no parameter value: for each list, a fingerprint that tells whether another list is the same. */
export function withFingerprints(run: Run): Run {
  const { plan } = run
  const flows = plan.flows?.map((flow) => ({ ...flow, requests: flow.requests.map(withoutValues) }))
  return {
    ...run,
    plan: { ...plan, request: withoutValues(plan.request), ...(flows === undefined ? {} : { flows }) },
  }
}

function withoutValues(request: RequestTemplate): RequestTemplate {
  const parameters = Object.entries(request.parameters).map(([name, { values, source }]) => [
    name,
    {
      values: fingerprint.test(values[0] ?? '') ? values : [fingerprintOf(values)],
      source: isAbsolute(source) ? basename(source) : source,
    },
  ])
  return { ...request, parameters: Object.fromEntries(parameters) }
}

function fingerprintOf(values: readonly string[]): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(values)).digest('hex')}`
}

function requestsOf({ request, flows = [] }: LoadPlan): RequestTemplate[] {
  return [request, ...flows.flatMap(({ requests }) => requests)]
}
