import type { ServerWatch } from '../evidence/process-counters.ts'
import type { LoadEngine } from '../load/client.ts'
import { findProfile } from '../load/profiles/index.ts'
import type { Step } from '../model/load-plan.ts'
import type { RunEvent } from '../model/panel.ts'
import type { ServerCounters, StepResult, Tick } from '../model/run.ts'
import { shouldAbort } from '../verdict/abort.ts'
import { breaches } from '../verdict/breach.ts'
import type { LoadTestRequest } from './load-test.ts'

/** What the steps of a run need. `ticks` is filled as they come. */
export interface Climb {
  readonly engine: LoadEngine
  readonly watch: ServerWatch
  readonly plan: LoadTestRequest['plan']
  readonly ticks: Tick[]
  readonly emit: (event: RunEvent) => void
  readonly signal: AbortSignal
}

const sampleMillis = 500

/**
 * Runs the planned steps, where the profile wants it only up to the first breach and then its refinement around it, and
 * at last what recovers and cools down. Ends early when the signal aborts or the run's requests are used up.
 */
export async function climb(run: Climb): Promise<StepResult[]> {
  const { plan, signal } = run
  await openEngine(run)
  const profile = findProfile(plan.profile)
  const breached = (step: StepResult): boolean => isJudged(step) && breaches(step, plan.budget).length > 0
  const results: StepResult[] = []
  const isOver = (): boolean => signal.aborted || results.at(-1)?.complete === false
  const climbing = plan.steps.filter(({ phase }) => !isAfterwards(phase))
  const afterwards = plan.steps.filter(({ phase }) => isAfterwards(phase))
  const carryOut = async (step: Step, ahead: readonly Step[]): Promise<void> => {
    results.push(await hold(run, results.length, step, secondsOf([step, ...ahead])))
  }
  try {
    for (const [index, step] of climbing.entries()) {
      if (isOver()) return results
      await carryOut(step, [...climbing.slice(index + 1), ...afterwards])
      if (profile.stopsAtBreach && results.some(breached)) break
    }
    for (;;) {
      const next = isOver() ? null : profile.refine(results, breached)
      if (next === null) break
      await carryOut(next, afterwards)
    }
    for (const [index, step] of afterwards.entries()) {
      if (isOver()) return results
      await carryOut(step, afterwards.slice(index + 1))
    }
    return results
  } catch (error) {
    // A generator too busy to stop in time is killed, and its step with it; what came before stays.
    if (signal.aborted) return results
    throw error
  }
}

/** Sets what the steps of a run ask for. */
export async function openEngine({ engine, plan }: Climb): Promise<void> {
  const { baseUrl, flows, transport, timeoutMillis, seed, thinkTime, limits } = plan
  await engine.open({ baseUrl, flows, transport, timeoutMillis, seed, thinkTime, limits })
}

function isAfterwards(phase: Step['phase']): boolean {
  return phase === 'recovery' || phase === 'cool-down'
}

function isJudged({ phase }: StepResult): boolean {
  return phase === 'ramp' || phase === 'bisect'
}

function secondsOf(steps: readonly Step[]): number {
  return steps.reduce((sum, step) => sum + step.durationSeconds, 0)
}

/** Holds one step's load, ends it early where its budget is broken beyond hope, and gives what was measured. */
export async function hold(run: Climb, index: number, step: Step, secondsLeft: number): Promise<StepResult> {
  run.emit({ kind: 'step-started', index, step, secondsLeft })
  const samples: ServerCounters[] = []
  const restartsBefore = await run.watch.restarts()
  await run.watch.queriesPerRequest()
  const sampler = setInterval(() => {
    void run.watch.sample().then((counters) => samples.push(counters))
  }, sampleMillis)
  try {
    let released = !mayEndEarly(run.plan.profile, step)
    const ticks: Tick[] = []
    const bare = await run.engine.runStep(index, step, (tick) => {
      const measured = { ...tick, server: samples.at(-1) ?? tick.server }
      run.ticks.push(measured)
      ticks.push(measured)
      run.emit({ kind: 'tick', tick: measured })
      if (released || shouldAbort(ticks, run.plan.budget, step) === null) return
      released = true
      // A generator that died meanwhile rejects the step as well.
      run.engine.release().catch(() => undefined)
    })
    const restarted = (await run.watch.restarts()) > restartsBefore
    const queriesPerRequest = await run.watch.queriesPerRequest()
    const server = { ...summarize(samples, bare.server), queriesPerRequest }
    const result: StepResult = {
      ...bare,
      ...(step.rows === undefined ? {} : { rows: step.rows }),
      server,
      ...(restarted ? { serverRestarted: true } : {}),
    }
    run.emit({ kind: 'step', step: result })
    return result
  } finally {
    clearInterval(sampler)
  }
}

/** A step that has broken its budget beyond hope has nothing more to say, where the profile would stop there anyway. */
function mayEndEarly(profile: string, { phase }: Step): boolean {
  return findProfile(profile).stopsAtBreach && (phase === 'ramp' || phase === 'bisect')
}

/** Over a step: medians, which ignore start and end, and the highest memory. */
function summarize(samples: readonly ServerCounters[], nothing: ServerCounters): ServerCounters {
  const rss = samples.flatMap((sample) => sample.rssBytes ?? [])
  return {
    ...nothing,
    cpu: medianOf(samples.flatMap(({ cpu }) => cpu ?? [])),
    eventLoopDelayMicros: medianOf(samples.flatMap(({ eventLoopDelayMicros }) => eventLoopDelayMicros ?? [])),
    rssBytes: rss.reduce<number | null>((most, bytes) => Math.max(most ?? 0, bytes), null),
  }
}

function medianOf(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null
}
