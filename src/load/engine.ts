import { performance } from 'node:perf_hooks'
import { Failure } from '../model/failure.ts'
import type { Step } from '../model/load-plan.ts'
import type { StepResult, Tick } from '../model/run.ts'
import { ClosedLoop } from './closed-loop.ts'
import { resolveTarget, type Lookup } from './loopback.ts'
import type { OpenRequest } from './protocol.ts'
import { createRecorder } from './recorder.ts'
import { requestSource } from './request-source.ts'
import { VirtualUser, type AnswerSink } from './virtual-user.ts'

/** Sends load to one endpoint, step by step, in this process. */
export interface Engine {
  /**
   * Runs one step and resolves with what was measured. `onTick` is called about four times a second. Rejects with
   * `HR_BUSY` while another step runs.
   */
  readonly runStep: (index: number, step: Step, onTick: (tick: Tick) => void) => Promise<StepResult>
  /** Ends the step in progress at once; it resolves with `complete: false`, and so does every later one. */
  readonly stop: () => void
}

/**
 * An engine for one endpoint. The target's name is resolved here, once. Throws what `resolveTarget` and `requestSource`
 * throw. `lookup` is the resolver, the system's by default.
 */
export async function openEngine(open: OpenRequest, lookup?: Lookup): Promise<Engine> {
  const target = await resolveTarget(open.baseUrl, lookup)
  const { request, timeoutMillis } = open
  const source = requestSource(request, target.pathPrefix, open.seed)
  // Above the timeout, which is checked every few milliseconds only.
  const recorder = createRecorder(timeoutMillis * 2000)
  const startedAtMillis = performance.now()
  const users: VirtualUser[] = []
  let loop: ClosedLoop | null = null
  let stopped = false

  const sink: AnswerSink = {
    answered: (user, status, latencyMicros, bytes) => loop?.answered(user, status, latencyMicros, bytes),
    failed: (user, kind, status, message, bytes) => loop?.failed(user, kind, status, message, bytes),
    wantsSample: (kind) => loop?.wantsSample(kind) ?? false,
    broken: (error) => loop?.broken(error),
  }
  const user = (number: number): VirtualUser =>
    (users[number] ??= new VirtualUser({ target, request, timeoutMillis, source, sink }))

  return {
    async runStep(index, step, onTick) {
      if (loop !== null) throw new Failure('HR_BUSY', 'A load step is running already. Stop it first.')
      loop = new ClosedLoop(index, step, { recorder, timeoutMillis, user, startedAtMillis, onTick })
      try {
        if (stopped) loop.stop()
        else loop.begin()
        return await loop.result
      } finally {
        loop = null
      }
    },
    stop() {
      stopped = true
      loop?.stop()
      for (const client of users.splice(0)) client.close()
    },
  }
}
