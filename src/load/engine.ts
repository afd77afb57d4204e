import { performance } from 'node:perf_hooks'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Step } from '../model/load-plan.ts'
import type { StepResult, Tick } from '../model/run.ts'
import { resolveTarget, type Lookup } from './loopback.ts'
import { openConnections } from './opening.ts'
import type { OpenRequest } from './protocol.ts'
import { Recorder } from './recorder.ts'
import { compileScenario } from './scenario.ts'
import { StepRun } from './step-run.ts'
import { VirtualUser, type AnswerSink } from './virtual-user.ts'

/** Sends load to one server, step by step, in this process. */
export interface Engine {
  /**
   * Runs one step and resolves with what was measured. `onTick` is called up to four times a second. Rejects with
   * `HR_BUSY` while another step runs.
   */
  readonly runStep: (index: number, step: Step, onTick: (tick: Tick) => void) => Promise<StepResult>
  /** Holds the load of the step in progress no longer; it resolves, complete, when what is in flight is answered. */
  readonly release: () => void
  /** Ends the step in progress at once; it resolves with `complete: false`, and so does every later one. */
  readonly stop: () => void
}

/**
 * An engine for one server. The target's name is resolved here, once. Throws what `resolveTarget` and `compileScenario`
 * throw. `lookup` is the resolver, the system's by default.
 */
export async function openEngine(open: OpenRequest, lookup?: Lookup): Promise<Engine> {
  const target = await resolveTarget(open.baseUrl, lookup)
  const { flows, transport, timeoutMillis, thinkTime, limits } = open
  const scenario = compileScenario(flows, target.pathPrefix, open.seed)
  // Above the timeout, which is checked every few milliseconds only, and which an arrival may have waited for before.
  const recorder = new Recorder(
    timeoutMillis * 3000,
    scenario.requests.map(({ name }) => name),
  )
  const startedAtMillis = performance.now()
  const users: VirtualUser[] = []
  let requestsLeft = limits.maxRequests
  let run: StepRun | null = null
  let busy = false
  let stopped = false

  const sink: AnswerSink = {
    answered: (user) => run?.answered(user),
    failed: (user, kind, status, message) => run?.failed(user, kind, status, message),
    wantsSample: (kind) => run?.wantsSample(kind) ?? false,
    chunk: (isFirst, micros) => run?.chunk(isFirst, micros),
    tokens: (count) => run?.tokens(count),
    broken: (error) => run?.broken(error),
  }
  const user = (number: number): VirtualUser =>
    (users[number] ??= new VirtualUser({ target, transport, scenario, timeoutMillis, sink }))
  /** The users of a closed step keep their connections; in an open model as many are opened as arrivals need. */
  const keepsConnections = (step: Step): boolean =>
    step.rate === undefined && transport.connection === 'keep-alive'
  function* usersOf(step: Step): Generator<VirtualUser> {
    for (let number = 0; number < step.users; number += 1) {
      if (stopped) return
      yield user(number)
    }
  }
  const takeRequest = (): boolean => {
    if (requestsLeft === 0) return false
    requestsLeft -= 1
    return true
  }

  return {
    async runStep(index, step, onTick) {
      if (busy) throw new Failure('HR_BUSY', l10n.t('A load step is running already. Stop it first.'))
      const around = { recorder, timeoutMillis, thinkTime, user, takeRequest, startedAtMillis, onTick }
      busy = true
      try {
        const newest = keepsConnections(step) ? await openConnections(usersOf(step)) : null
        run = new StepRun(index, step, { ...around, random: scenario.random })
        if (stopped) run.stop()
        else run.begin(step.users > 1 ? newest : null)
        return await run.result
      } finally {
        run = null
        busy = false
      }
    },
    release: () => run?.release(),
    stop() {
      stopped = true
      run?.stop()
      for (const client of users.splice(0)) client.close()
    },
  }
}
