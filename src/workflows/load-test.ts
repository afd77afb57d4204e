import { availableParallelism } from 'node:os'
import process from 'node:process'
import { watchServerApart } from '../evidence/client.ts'
import type { ServerWatch } from '../evidence/process-counters.ts'
import { projectPorts } from '../evidence/project-ports.ts'
import { startLoadEngine, type LoadEngine } from '../load/client.ts'
import { findProfile, profiles, type Profile } from '../load/profiles/index.ts'
import type { Threshold } from '../model/budget.ts'
import type { Finding } from '../model/finding.ts'
import type { LoadPlan, RequestTemplate, Step } from '../model/load-plan.ts'
import type { RunEvent } from '../model/panel.ts'
import type { Conditions, Preflight, Run, ServerCounters, StepResult, Tick } from '../model/run.ts'
import { compareRuns } from '../verdict/compare.ts'
import { breaches, judge } from '../verdict/verdict.ts'
import { checkPreflight } from './preflight.ts'
import { saveRun } from './runs.ts'

/** Everything a load test needs, resolved; the faces make it with `prepareLoadTest`. */
export interface LoadTestRequest {
  readonly root: string
  readonly route: string
  readonly file: string | null
  readonly line: number | null
  readonly baseUrl: string
  readonly port: number
  readonly request: RequestTemplate
  readonly profile: string
  readonly users: readonly number[]
  readonly stepSeconds: number
  readonly budget: readonly Threshold[]
  readonly timeoutMillis: number
  readonly seed: number
  readonly findings: readonly Finding[]
  /** Rows by table of the target's database, as far as known. */
  readonly rows: Readonly<Record<string, number>>
  /** An earlier run to compare with. */
  readonly before: Run | null
}

/** The ids of all load profiles, as `--profile` takes them. */
export const profileIds: readonly string[] = profiles.map(({ id }) => id)

type Emit = (event: RunEvent) => void

/**
 * Runs a load test: one preflight request, then step after step until a threshold is breached or the profile ends, then
 * the verdict. Emits what happens, keeps the run in `.headroom/runs`, and returns it. When `signal` aborts, the run ends
 * within half a second with the verdict `stopped` and what was measured. Throws a `Failure` when nothing can be measured
 * at all: no server, wrong application, not loopback.
 */
export async function runLoadTest(test: LoadTestRequest, emit: Emit, signal: AbortSignal): Promise<Run> {
  const profile = findProfile(test.profile)
  const plan = planLoad(test, profile)
  const conditions = conditionsOf(test, plan)
  const engine = startLoadEngine()
  const watch = watchServerApart(test.port)
  const stop = (): void => void engine.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    emit({ kind: 'plan', plan: withoutSecrets(plan), conditions })
    emit({ kind: 'activity', activity: 'One request first' })
    const answer = await preflightOf(engine, plan)
    const preflight = checkPreflight(answer, test, answer.status === 404 ? await projectPorts(test.root) : [])
    emit({ kind: 'preflight', preflight })
    const ticks: Tick[] = []
    const climbs = { engine, watch, plan, profile, ticks, emit, signal }
    const steps = preflight.status < 500 ? await climb(climbs) : []
    const verdict = judge({
      steps,
      budget: plan.budget,
      stopped: signal.aborted,
      preflight,
      findings: test.findings,
      routeKey: test.route,
    })
    const run: Run = {
      schema: 'headroom.run/1',
      id: runId(conditions.startedAt, test.route),
      route: test.route,
      file: test.file,
      line: test.line,
      plan: withoutSecrets(plan),
      conditions,
      preflight,
      ticks,
      steps,
      verdict,
    }
    await saveRun(test.root, run)
    emit({
      kind: 'verdict',
      verdict,
      comparison: test.before === null ? null : compareRuns(test.before, run),
    })
    return run
  } finally {
    signal.removeEventListener('abort', stop)
    watch.dispose()
    await engine.dispose()
  }
}

function planLoad(test: LoadTestRequest, profile: Profile): LoadPlan {
  return {
    baseUrl: test.baseUrl,
    request: test.request,
    profile: profile.id,
    model: profile.model,
    steps: profile.steps({ users: [...test.users], durationSeconds: test.stepSeconds }),
    budget: test.budget,
    timeoutMillis: test.timeoutMillis,
    seed: test.seed,
  }
}

/** The plan as others may see it: headers and bodies carry tokens and passwords. */
function withoutSecrets(plan: LoadPlan): LoadPlan {
  return { ...plan, request: { ...plan.request, headers: {}, body: null } }
}

function conditionsOf(test: LoadTestRequest, plan: LoadPlan): Conditions {
  return {
    startedAt: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    loadModel: plan.model === 'closed' ? 'closed: users wait for their answer' : 'open: arrivals continue',
    rows: test.rows,
  }
}

async function preflightOf(engine: LoadEngine, plan: LoadPlan): Promise<Preflight> {
  const { baseUrl, request, timeoutMillis } = plan
  return engine.preflight({ baseUrl, request, timeoutMillis })
}

interface Climb {
  readonly engine: LoadEngine
  readonly watch: ServerWatch
  readonly plan: LoadPlan
  readonly profile: Profile
  readonly ticks: Tick[]
  readonly emit: Emit
  readonly signal: AbortSignal
}

/** The planned steps up to the first breach, then the profile's refinement around it. */
async function climb(run: Climb): Promise<StepResult[]> {
  const { engine, plan, profile, signal } = run
  const { baseUrl, request, timeoutMillis, seed } = plan
  await engine.open({ baseUrl, request, timeoutMillis, seed })
  const breached = (step: StepResult): boolean =>
    step.phase !== 'warm-up' && breaches(step, plan.budget).length > 0
  const results: StepResult[] = []
  try {
    for (const [index, step] of plan.steps.entries()) {
      if (signal.aborted) return results
      results.push(await hold(run, results.length, step, secondsOf(plan.steps.slice(index))))
      if (results.some(breached)) break
    }
    for (;;) {
      const next = signal.aborted ? null : profile.refine(results, breached)
      if (next === null) return results
      results.push(await hold(run, results.length, next, next.durationSeconds))
    }
  } catch (error) {
    // A generator too busy to stop in time is killed, and its step with it; what came before stays.
    if (signal.aborted) return results
    throw error
  }
}

function secondsOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + step.durationSeconds, 0)
}

async function hold(run: Climb, index: number, step: Step, secondsLeft: number): Promise<StepResult> {
  run.emit({ kind: 'step-started', index, step, secondsLeft })
  const samples: ServerCounters[] = []
  const sampler = setInterval(() => {
    void run.watch.sample().then((counters) => samples.push(counters))
  }, 500)
  try {
    const bare = await run.engine.runStep(index, step, (tick) => {
      const measured = { ...tick, server: samples.at(-1) ?? tick.server }
      run.ticks.push(measured)
      run.emit({ kind: 'tick', tick: measured })
    })
    const result: StepResult = { ...bare, server: summarize(samples, bare.server) }
    run.emit({ kind: 'step', step: result })
    return result
  } finally {
    clearInterval(sampler)
  }
}

/** Over a step: the median CPU, which ignores start and end, and the highest memory. */
function summarize(samples: readonly ServerCounters[], nothing: ServerCounters): ServerCounters {
  const cpu = samples.flatMap((sample) => sample.cpu ?? []).toSorted((a, b) => a - b)
  const rss = samples.flatMap((sample) => sample.rssBytes ?? [])
  return {
    ...nothing,
    cpu: cpu[Math.floor(cpu.length / 2)] ?? null,
    rssBytes: rss.length === 0 ? null : Math.max(...rss),
  }
}

function runId(startedAt: string, route: string): string {
  const name = route
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return `${startedAt.replaceAll(/[:.]/g, '-')}-${name || 'run'}`
}
