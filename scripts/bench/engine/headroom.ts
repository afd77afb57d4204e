import { startLoadEngine, type LoadEngine } from '../../../src/load/client.ts'
import type { Step } from '../../../src/model/load-plan.ts'
import { failedRequests, type StepResult } from '../../../src/model/run.ts'
import { generatorCore, pin } from './pinned.ts'

/** Headroom's load engine as the product starts it: a child process of low priority, here on the generator's core. */
export interface PinnedEngine extends AsyncDisposable {
  readonly pid: number
  readonly runStep: (step: Step) => Promise<StepResult>
}

const timeoutMillis = 10_000

/** Starts the engine for one URL; nothing has been sent yet. `signal` stops it. */
export async function openEngine(url: string, signal: AbortSignal): Promise<PinnedEngine> {
  const engine = startLoadEngine()
  const stop = (): void => void engine.stop()
  try {
    await open(engine, url)
  } catch (error) {
    await engine.dispose()
    throw error
  }
  signal.addEventListener('abort', stop, { once: true })
  let index = 0
  return {
    pid: pidOf(engine),
    async runStep(step) {
      const result = await engine.runStep(index, step, () => undefined)
      index += 1
      signal.throwIfAborted()
      return result
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', stop)
      await engine.dispose()
    },
  }
}

async function open(engine: LoadEngine, url: string): Promise<void> {
  const { origin, pathname } = new URL(url)
  const request = { method: 'GET', path: pathname, parameters: {}, headers: {}, body: null } as const
  await engine.open({
    baseUrl: origin,
    flows: [{ name: 'bench', weight: 1, requests: [request] }],
    transport: { protocol: 'http1', connection: 'keep-alive' },
    timeoutMillis,
    seed: 1,
    thinkTime: undefined,
    limits: { maxInFlight: 10_000, maxRequests: 1e12 },
  })
  await pin(pidOf(engine), generatorCore)
}

function pidOf({ pid }: LoadEngine): number {
  if (pid === undefined) throw new Error('The load child did not start.')
  return pid
}

/** A step of exactly so many seconds; with a rate, of the open model. */
export function stepOf(users: number, seconds: number, rate?: number): Step {
  return {
    phase: 'ramp',
    users,
    durationSeconds: seconds,
    maxDurationSeconds: seconds,
    minRequests: 0,
    ...(rate === undefined ? {} : { rate }),
  }
}

/** Good answers of a step. Throws where a request failed: what was measured then is not what was asked for. */
export function goodAnswers(result: StepResult): number {
  const failed = failedRequests(result.errors)
  if (failed > 0) {
    const [sample] = result.samples
    throw new Error(`${failed} of ${result.requests} requests failed, for example: ${sample?.message ?? ''}`)
  }
  return result.requests
}
