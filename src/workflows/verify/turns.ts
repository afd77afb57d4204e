import * as l10n from '@vscode/l10n'
import { watchServerApart } from '../../evidence/client.ts'
import { startLoadEngine, type LoadEngine } from '../../load/client.ts'
import { Failure, failureData } from '../../model/failure.ts'
import type { Flow, Step } from '../../model/load-plan.ts'
import type { Answer, StepResult } from '../../model/run.ts'
import { isBroken, judgeTurns, type TurnPair } from '../../verdict/interleaved.ts'
import type { CodeTrees, Side } from './before-tree.ts'
import { hold } from '../climb.ts'
import { flowToEndpoint } from '../flows.ts'
import type { LoadTestRequest } from '../load-test.ts'
import { checkPreflight } from '../preflight.ts'
import { isListening } from '../server-probe.ts'
import { takeTarget } from '../target-lock.ts'
import { bringUp, type Target } from '../target.ts'

/** What a verification is doing now, for people. `secondsLeft` is null where nobody knows yet. */
export interface VerifyProgress {
  readonly activity: string
  readonly secondsLeft: number | null
  /** The words of a server that did not do what it should. They may be anything, and are for people only. */
  readonly serverSaid?: string
}

export interface TurnsOrder {
  readonly root: string
  readonly target: Target
  readonly plan: LoadTestRequest['plan']
  readonly route: string
  readonly trees: CodeTrees
  /** What the server finds in its environment besides its port: the seeded copy of the database. */
  readonly environment: Readonly<Record<string, string>>
  readonly users: number
  readonly secondsPerTurn: number
  /** Turns of each side that are always taken; twice as many where they can't tell yet. */
  readonly rounds: number
}

export interface Turns {
  readonly pairs: readonly TurnPair[]
  readonly answers: Readonly<Record<Side, readonly (readonly Answer[])[]>>
  /** The side on which the server didn't come up, or didn't answer, which ended it all. */
  readonly failed: { readonly side: Side; readonly kind: 'start' | 'answer' } | null
}

interface Turn {
  readonly step: StepResult
  readonly answers: readonly Answer[]
}

interface FailedTurn {
  readonly failed: 'start' | 'answer'
}

const longestWarmUpSeconds = 1
/** What starting, asking and stopping take a turn, to foretell the time; measured as it goes. */
const usualOverheadSeconds = 3
/** All values together are asked for about so long. */
const askingMicros = 1_500_000
const serversFault: readonly string[] = ['HR_START_FAILED', 'HR_FLOW', 'HR_NO_ANSWER', 'HR_UNEXPECTED']
const mostValues = 20
const fewestValues = 2

/**
 * Starts the project's server in turn from its code before and after a change, and sends the same requests to each: first a
 * few that are looked at, then a short load. One server runs at a time, on the same port and with the same environment.
 * Throws what keeps the endpoint from being measured at all, and `HR_STOPPED` when `signal` aborts; the server and the load
 * generator are gone by then.
 */
export async function takeTurns(
  order: TurnsOrder,
  emit: (progress: VerifyProgress) => void,
  signal: AbortSignal,
): Promise<Turns> {
  const claim = await takeTarget(order.target.port)
  const engine = startLoadEngine()
  const stop = (): void => void engine.stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new TurnTaker(order, engine, emit, signal).take()
  } catch (error) {
    // A generator that is stopped ends whatever it was asked for.
    if (signal.aborted) throw stopped()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    await engine.dispose()
    await claim[Symbol.asyncDispose]()
  }
}

class TurnTaker {
  readonly #order: TurnsOrder
  readonly #engine: LoadEngine
  readonly #emit: (progress: VerifyProgress) => void
  readonly #signal: AbortSignal
  /** The flows to ask for, one for each value; known after the first answer. */
  #asked: readonly Flow[] | null = null
  #planned: number
  #taken = 0
  readonly #warmUpSeconds: number
  #secondsEach: number

  constructor(
    order: TurnsOrder,
    engine: LoadEngine,
    emit: (progress: VerifyProgress) => void,
    signal: AbortSignal,
  ) {
    this.#order = order
    this.#engine = engine
    this.#emit = emit
    this.#signal = signal
    this.#planned = order.rounds
    this.#warmUpSeconds = Math.min(longestWarmUpSeconds, order.secondsPerTurn)
    this.#secondsEach = order.secondsPerTurn + this.#warmUpSeconds + usualOverheadSeconds
  }

  async take(): Promise<Turns> {
    const pairs: TurnPair[] = []
    const answers: Record<Side, (readonly Answer[])[]> = { before: [], after: [] }
    while (pairs.length < this.#planned) {
      const turns: Partial<Record<Side, StepResult>> = {}
      // A B, B A, A B …: what drifts over the minutes weighs on both sides alike.
      for (const side of pairs.length % 2 === 0
        ? (['before', 'after'] as const)
        : (['after', 'before'] as const)) {
        const turn = await this.#turn(side)
        if ('failed' in turn) return { pairs, answers, failed: { side, kind: turn.failed } }
        turns[side] = turn.step
        answers[side].push(turn.answers)
      }
      const { before, after } = turns
      if (before !== undefined && after !== undefined) pairs.push({ before, after })
      if (isBroken(pairs)) break
      const { rounds } = this.#order
      if (pairs.length === rounds && judgeTurns(pairs).undecided) this.#planned = rounds * 2
    }
    return { pairs, answers, failed: null }
  }

  async #turn(side: Side): Promise<Turn | FailedTurn> {
    const { target, environment, trees } = this.#order
    const begun = performance.now()
    const folder = await trees.folder(side)
    this.#throwIfStopped()
    this.#tell(side)
    if (await isListening(target.host, target.port)) throw somebodyElses(target)
    const options = { start: true, signal: this.#signal, onActivity: () => undefined, environment }
    const up = await bringUp(folder, target, options).catch((error: unknown) =>
      this.#failedTurn('start', error, folder),
    )
    if ('failed' in up) return up
    if (up.server === null) throw somebodyElses(target)
    try {
      return await this.#measure(up.target, up.server.countsFolder)
    } catch (error) {
      return this.#failedTurn('answer', error, folder)
    } finally {
      await up.server.stop()
      this.#taken += 1
      const seconds = (performance.now() - begun) / 1000
      this.#secondsEach += (seconds - this.#secondsEach) / this.#taken
    }
  }

  /** What a server does wrong ends the turns; anything else is thrown on. */
  #failedTurn(failed: 'start' | 'answer', error: unknown, folder: string): FailedTurn {
    const { code, message } = failureData(error)
    if (this.#signal.aborted || !serversFault.includes(code)) throw error
    const activity =
      failed === 'start'
        ? l10n.t('The server does not start')
        : l10n.t('The server does not answer as it should')
    const serverSaid = message.replaceAll(folder, this.#order.root)
    this.#emit({ activity, secondsLeft: null, serverSaid })
    return { failed }
  }

  async #measure({ baseUrl, port }: Target, countsFolder: string): Promise<Turn> {
    const { users, secondsPerTurn } = this.#order
    const plan = { ...this.#order.plan, baseUrl }
    const watch = watchServerApart(port, countsFolder)
    try {
      this.#asked ??= await this.#firstAnswer(plan)
      const { transport, timeoutMillis, seed, thinkTime, flows, limits } = plan
      const answers = await this.#engine.askEach({ baseUrl, flows: this.#asked, transport, timeoutMillis })
      await this.#engine.open({ baseUrl, flows, transport, timeoutMillis, seed, thinkTime, limits })
      const warmUp = { phase: 'warm-up', users, ...held(this.#warmUpSeconds, 1) } as const
      await this.#engine.runStep(0, warmUp, () => undefined)
      this.#throwIfStopped()
      const run = {
        engine: this.#engine,
        watch,
        plan,
        ticks: [],
        emit: () => undefined,
        signal: this.#signal,
      }
      const measured: Step = { phase: 'ramp', users, ...held(secondsPerTurn, Math.max(20, users)) }
      const step = await hold(run, 1, measured, 0)
      this.#throwIfStopped()
      return { step, answers }
    } finally {
      watch.dispose()
    }
  }

  /** The very first request decides whether there is something to measure, and how many values there is time for. */
  async #firstAnswer(plan: LoadTestRequest['plan']): Promise<readonly Flow[]> {
    const { baseUrl, request, transport, timeoutMillis } = plan
    const flows = flowToEndpoint(plan.flows, request)
    const answer = await this.#engine.preflight({ baseUrl, flows, transport, timeoutMillis })
    const expected = request.expect?.status
    const { latencyMicros } = checkPreflight(answer, { route: this.#order.route, baseUrl, expected }, [])
    const affordable = Math.floor(askingMicros / Math.max(1, latencyMicros))
    return flowsByValue(flows, Math.min(mostValues, Math.max(fewestValues, affordable)))
  }

  #tell(side: Side): void {
    const turn = Math.floor(this.#taken / 2) + 1
    const activity =
      side === 'before'
        ? l10n.t('Measuring the code before, {0} of {1}', turn, this.#planned)
        : l10n.t('Measuring the code after, {0} of {1}', turn, this.#planned)
    const left = this.#planned * 2 - this.#taken
    this.#emit({ activity, secondsLeft: Math.round(left * this.#secondsEach) })
  }

  #throwIfStopped(): void {
    if (this.#signal.aborted) throw stopped()
  }
}

function held(seconds: number, minRequests: number) {
  return { durationSeconds: seconds, maxDurationSeconds: seconds * 3, minRequests }
}

/** The way to the endpoint once for each of its first values, so that both sides are asked for the very same things. */
function flowsByValue(flows: readonly Flow[], count: number): Flow[] {
  return flows.flatMap((flow) => {
    const last = flow.requests.at(-1)
    const parameters = Object.entries(last?.parameters ?? {})
    const most = Math.max(1, ...parameters.map(([, { values }]) => values.length))
    return Array.from({ length: Math.min(count, most) }, (_, at): Flow => {
      const one = parameters.map(([name, { values, source }]) => {
        const value = values[at % values.length]
        return [name, { values: value === undefined ? [] : [value], source }]
      })
      const requests = flow.requests.map((request) =>
        request === last ? { ...request, parameters: Object.fromEntries(one) } : request,
      )
      return { ...flow, requests }
    })
  })
}

function stopped(): Failure {
  return new Failure('HR_STOPPED', l10n.t('Stopped before the change was verified. Nothing was changed.'), {
    exitCode: 3,
  })
}

/** A server that Headroom didn't start serves one code only. */
export function somebodyElses({ host, port }: Target): Failure {
  return new Failure(
    'HR_NOT_OURS',
    l10n.t(
      'A server that Headroom did not start listens on {0}:{1}. Stop it, and Headroom starts the code before and after in turn.',
      host,
      port,
    ),
    { exitCode: 3 },
  )
}
