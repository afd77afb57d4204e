import { availableParallelism } from 'node:os'
import process from 'node:process'
import * as l10n from '@vscode/l10n'
import { watchServerApart } from '../evidence/client.ts'
import { projectPorts } from '../evidence/project-ports.ts'
import { startLoadEngine, type LoadEngine } from '../load/client.ts'
import { Failure } from '../model/failure.ts'
import type { Finding } from '../model/finding.ts'
import type { LoadPlan, RequestTemplate } from '../model/load-plan.ts'
import type { RunEvent } from '../model/panel.ts'
import { parameterNames } from '../model/route.ts'
import type { Conditions, Preflight, Run, Tick } from '../model/run.ts'
import { growthRemark } from '../verdict/growth-remark.ts'
import { judge } from '../verdict/verdict.ts'
import { climb } from './climb.ts'
import { compare } from './compare.ts'
import { flowToEndpoint } from './flows.ts'
import { checkPreflight } from './preflight.ts'
import { withRowRules } from './row-rules.ts'
import { saveRun } from './runs.ts'
import { takeTarget } from './target-lock.ts'
import type { VolumeSweep } from './volume.ts'

/** Everything a load test needs, resolved; the faces make it with `prepareLoadTest`. */
export interface LoadTestRequest {
  readonly root: string
  readonly route: string
  readonly file: string | null
  readonly line: number | null
  readonly port: number
  readonly plan: LoadPlan & Required<Pick<LoadPlan, 'flows' | 'transport' | 'limits'>>
  readonly findings: readonly Finding[]
  /** Rows by table of the target's database, as far as known. */
  readonly rows: Readonly<Record<string, number>>
  /** An earlier run to compare with. */
  readonly before: Run | null
  /** What adds rows between the steps; a volume sweep's only. */
  readonly sweep?: VolumeSweep
  /** Where the server counts its own queries; left out where Headroom didn't start it. */
  readonly countsFolder?: string
}

type Emit = (event: RunEvent) => void

/**
 * Runs a load test: one preflight request, then step after step until a threshold is breached or the profile ends, then
 * the verdict. Emits what happens, keeps the run in `.headroom/runs`, and returns it. When `signal` aborts, the run ends
 * within half a second with the verdict `stopped` and what was measured. Throws a `Failure` when nothing can be measured
 * at all: no server, wrong application, not loopback.
 */
export async function runLoadTest(test: LoadTestRequest, emit: Emit, signal: AbortSignal): Promise<Run> {
  const claim = await takeTarget(test.port)
  try {
    if (signal.aborted) {
      throw new Failure('HR_STOPPED', l10n.t('Stopped before any load was sent.'), { exitCode: 3 })
    }
    return await runOnClaimed(test, emit, signal)
  } finally {
    await claim[Symbol.asyncDispose]()
  }
}

/** The load test itself, on a target that no other run loads. */
async function runOnClaimed(test: LoadTestRequest, emit: Emit, signal: AbortSignal): Promise<Run> {
  const conditions = conditionsOf(test)
  const engine = startLoadEngine()
  const watch = watchServerApart(test.port, test.countsFolder)
  const stop = (): void => void engine.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    emit({ kind: 'plan', plan: withoutSecrets(test.plan), conditions })
    emit({ kind: 'activity', activity: l10n.t('One request first') })
    const answer = await preflightOf(engine, test.plan)
    const preflight = checkPreflight(
      answer,
      { route: test.route, baseUrl: test.plan.baseUrl, expected: test.plan.request.expect?.status },
      answer.status === 404 ? await projectPorts(test.root) : [],
    )
    emit({ kind: 'preflight', preflight })
    const { sweep } = test
    // A sweep adds the very rows that answers would be held against.
    const { plan, notes } =
      preflight.status < 400 && sweep === undefined
        ? await withRowRules(engine, test.plan)
        : { plan: test.plan, notes: [] }
    for (const note of notes) emit({ kind: 'activity', activity: note })
    const ticks: Tick[] = []
    const run = { engine, watch, plan, ticks, emit, signal }
    const steps =
      preflight.status >= 500 ? [] : sweep === undefined ? await climb(run) : await sweep.measure(run)
    await sweep?.undo()
    const volume = sweep?.result(plan.budget)
    const verdict = judge({
      steps,
      budget: plan.budget,
      stopped: signal.aborted,
      preflight,
      findings: test.findings,
      routeKey: test.route,
      ...(volume === undefined ? {} : { remark: growthRemark(volume) }),
    })
    const result: Run = {
      schema: 'headroom.run/1',
      id: runId(conditions.startedAt, test.route),
      route: test.route,
      file: test.file,
      line: test.line,
      plan: withoutSecrets(plan),
      conditions: notes.length === 0 ? conditions : { ...conditions, verified: notes },
      preflight,
      ticks,
      steps,
      verdict,
      ...(volume === undefined ? {} : { volume }),
    }
    if (volume !== undefined) emit({ kind: 'volume', volume })
    await saveRun(test.root, result)
    emit({
      kind: 'verdict',
      verdict,
      comparison: test.before === null ? null : compare(test.before, result),
    })
    return result
  } finally {
    signal.removeEventListener('abort', stop)
    watch.dispose()
    await engine.dispose()
  }
}

/** The plan as others may see it: headers and bodies carry tokens and passwords, and so do the values put into them. */
function withoutSecrets(plan: LoadTestRequest['plan']): LoadPlan {
  const flows = plan.flows.map((flow) => ({ ...flow, requests: flow.requests.map(withoutContent) }))
  return { ...plan, request: withoutContent(plan.request), flows }
}

function withoutContent(request: RequestTemplate): RequestTemplate {
  const inPath = parameterNames(request.path)
  const parameters = Object.entries(request.parameters).map(([name, { values, source }]) => [
    name,
    { values: inPath.includes(name) ? values : values.map(() => '…'), source },
  ])
  return { ...request, parameters: Object.fromEntries(parameters), headers: {}, body: null }
}

function conditionsOf({ plan, rows }: LoadTestRequest): Conditions {
  return {
    startedAt: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    loadModel:
      plan.model === 'closed'
        ? l10n.t('closed: users wait for their answer')
        : l10n.t('open: arrivals continue'),
    rows,
  }
}

async function preflightOf(engine: LoadEngine, plan: LoadTestRequest['plan']): Promise<Preflight> {
  const { baseUrl, request, flows, transport, timeoutMillis } = plan
  return engine.preflight({ baseUrl, flows: flowToEndpoint(flows, request), transport, timeoutMillis })
}

function runId(startedAt: string, route: string): string {
  const name = route
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return `${startedAt.replaceAll(/[:.]/g, '-')}-${name || 'run'}`
}
