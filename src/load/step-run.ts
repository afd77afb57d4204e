import { performance, type EventLoopUtilization } from 'node:perf_hooks'
import process from 'node:process'
import type { Step, ThinkTime } from '../model/load-plan.ts'
import { noServerCounters, type ErrorKind, type StepResult, type Tick } from '../model/run.ts'
import { closedModel } from './closed-model.ts'
import { coreWaitMillis } from './core-wait.ts'
import { openModel } from './open-model.ts'
import type { Lanes, Pacing } from './pacing.ts'
import type { Recorder } from './recorder.ts'
import type { AnswerSink, VirtualUser } from './virtual-user.ts'

/** What a step needs of the engine that runs it. */
export interface StepSurroundings {
  readonly recorder: Recorder
  readonly timeoutMillis: number
  readonly thinkTime: ThinkTime | undefined
  readonly random: () => number
  /** The virtual user with this number, made on first use and kept from step to step. */
  readonly user: (number: number) => VirtualUser
  /** Takes one of the run's requests; false when there are none left. */
  readonly takeRequest: () => boolean
  /** The run's start on performance.now's clock. */
  readonly startedAtMillis: number
  readonly onTick: (tick: Tick) => void
}

const tickMillis = 250
/** A step of hours ticks less often: a run keeps all its ticks, and the faces draw them. */
const mostTicks = 4000
const sweepMillis = 20
/** How long the first answer on a step's newest connection is waited for before the others begin regardless. */
const firstAnswerMillis = 2000

/**
 * One step: users send as their load model says.
 *
 * The load is held for the step's duration, and longer until there are `minRequests` answers or `maxDurationSeconds` are
 * over. Then nobody asks again, and what is in flight is waited for (at most the timeout), so that the slowest answers
 * count too. `durationSeconds` and `achievedRate` of the result cover the time in which load was held.
 */
export class StepRun implements AnswerSink {
  readonly result: Promise<StepResult>
  readonly #index: number
  readonly #step: Step
  readonly #around: StepSurroundings
  readonly #pacing: Pacing
  readonly #startedAtMillis = performance.now()
  /** The load is held since then; null while the user on the newest connection is alone. */
  #heldSinceMillis: number | null = null
  #answeredBeforeHold = 0
  #first: VirtualUser | null = null
  readonly #timers: NodeJS.Timeout[]
  /** Users with a request in flight. */
  readonly #busy = new Set<VirtualUser>()
  /** In flight and answered at each tick: whether more and more is in flight. */
  readonly #course: { readonly inFlight: number; readonly answered: number }[] = []
  #resolve: (result: StepResult) => void = () => undefined
  #reject: (error: Error) => void = () => undefined
  #sent = 0
  #held: { readonly millis: number; readonly requests: number } | null = null
  #cutShort = false
  #finished = false
  #tickedAtMillis: number
  readonly #utilizationAtStart: EventLoopUtilization = performance.eventLoopUtilization()
  readonly #cpuAtStart = process.cpuUsage()
  readonly #waitAtStart = coreWaitMillis()
  #utilizationAtTick = this.#utilizationAtStart

  constructor(index: number, step: Step, around: StepSurroundings) {
    this.#index = index
    this.#step = step
    this.#around = around
    this.#tickedAtMillis = this.#startedAtMillis
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const lanes: Lanes = {
      user: around.user,
      send: (user, intendedAtMillis) => this.#send(user, intendedAtMillis),
      isHeld: () => this.#held === null && !this.#finished,
    }
    const { rate } = step
    this.#pacing =
      rate === undefined
        ? closedModel(step, lanes, around.thinkTime, around.random)
        : openModel({ ...step, rate }, lanes, around.timeoutMillis)
    this.#timers = [
      setInterval(() => this.#pace(), this.#pacing.intervalMillis),
      setInterval(() => this.#sweep(), sweepMillis),
      setInterval(() => this.#tick(), Math.max(tickMillis, (step.durationSeconds * 1000) / mostTicks)),
    ]
  }

  /**
   * Lets the users begin; apart from the constructor because they report here. The others wait for the first answer to
   * `first`, where there is one, so that the load isn't held before it can reach the server on all connections.
   */
  begin(first: VirtualUser | null): void {
    this.#first = first
    if (first === null) this.#hold()
    else this.#send(first, null)
  }

  #hold(): void {
    this.#first = null
    this.#heldSinceMillis = performance.now()
    this.#answeredBeforeHold = this.#around.recorder.requests
    this.#pace()
  }

  answered(user: VirtualUser): void {
    this.#busy.delete(user)
    const { latencyMicros, firstByteMicros, status, bytes } = user
    const request = user.request?.index ?? 0
    this.#around.recorder.answer({ request, status, latencyMicros, firstByteMicros, bytes })
    this.#free(user, false)
  }

  failed(user: VirtualUser, kind: ErrorKind, status: number | null, message: string): void {
    this.#busy.delete(user)
    this.#around.recorder.failure(user.request?.index ?? 0, { kind, status, message }, user.bytes)
    this.#free(user, status === null)
  }

  wantsSample(kind: ErrorKind): boolean {
    return !this.#around.recorder.hasSample(kind)
  }

  chunk(isFirst: boolean, micros: number): void {
    if (isFirst) this.#around.recorder.firstChunk(micros)
    else this.#around.recorder.gap(micros)
  }

  tokens(count: number): void {
    this.#around.recorder.tokens(count)
  }

  broken(error: Error): void {
    if (this.#finished) return
    this.#end()
    this.#around.recorder.takeStep()
    this.#reject(error)
  }

  /** Ends the step now: what is in flight is cancelled, and the result says that it is not complete. */
  stop(): void {
    if (this.#finished) return
    this.#around.recorder.cancel(this.#busy.size)
    this.#busy.clear()
    this.#finish(false)
  }

  /** Holds the load no longer: what is in flight is waited for, and the result is complete. */
  release(): void {
    if (!this.#finished) this.#release(performance.now())
  }

  #free(user: VirtualUser, mustRest: boolean): void {
    if (this.#finished) return
    if (user === this.#first && this.#held === null) this.#hold()
    else if (this.#held === null || this.#waits()) this.#pacing.free(user, mustRest)
    this.#finishWhenIdle()
  }

  #finishWhenIdle(): void {
    if (this.#finished || this.#held === null) return
    if (this.#busy.size === 0 && !this.#waits()) this.#finish(!this.#cutShort)
  }

  #waits(): boolean {
    return this.#pacing.waiting() > 0 && !this.#cutShort
  }

  #send(user: VirtualUser, intendedAtMillis: number | null): boolean {
    // The user that began alone may still wait for its first answer when all others begin.
    if (this.#busy.has(user)) return true
    if (!this.#around.takeRequest()) {
      this.#cutShort = true
      this.#release(performance.now())
      return false
    }
    this.#sent += 1
    this.#busy.add(user)
    user.send(intendedAtMillis)
    return true
  }

  #pace(): void {
    if (this.#finished || this.#first !== null || (this.#held !== null && !this.#waits())) return
    this.#pacing.advance(performance.now())
  }

  #sweep(): void {
    const now = performance.now()
    this.#timeOutLate(now)
    if (this.#first !== null && now - this.#startedAtMillis > firstAnswerMillis) this.#hold()
    if (this.#held === null && this.#isHeldLongEnough(now)) this.#release(now)
    this.#finishWhenIdle()
  }

  #release(nowMillis: number): void {
    if (this.#held !== null) return
    const millis = nowMillis - (this.#heldSinceMillis ?? this.#startedAtMillis)
    this.#first = null
    this.#held = { millis, requests: this.#around.recorder.requests - this.#answeredBeforeHold }
    this.#pacing.release(nowMillis)
    // In an open model that keeps up, what is in flight was achieved too: it isn't slower for being watched to the end.
    const keepsUp = this.#step.rate !== undefined && !this.#waits() && !this.#fallsBehind()
    if (keepsUp) this.#held = { millis, requests: this.#sent }
  }

  /** Whether connections take in what the server can't answer: far more is in flight than was halfway. */
  #fallsBehind(): boolean {
    const halfway = this.#course[Math.floor((this.#course.length - 1) / 2)]
    if (halfway === undefined || halfway.answered === 0) return false
    return this.#busy.size > Math.max(halfway.inFlight * 1.5 + 2, this.#sent * 0.02)
  }

  #timeOutLate(now: number): void {
    for (const user of this.#busy) {
      if (user.askedAtMillis > 0 && now - user.askedAtMillis > this.#around.timeoutMillis) user.timeOut()
    }
  }

  #isHeldLongEnough(now: number): boolean {
    if (this.#heldSinceMillis === null) return false
    const seconds = (now - this.#heldSinceMillis) / 1000
    if (seconds < this.#step.durationSeconds) return false
    return (
      seconds >= this.#step.maxDurationSeconds || this.#around.recorder.requests >= this.#step.minRequests
    )
  }

  #tick(): void {
    const now = performance.now()
    const utilization = performance.eventLoopUtilization()
    const { users, rate } = this.#step
    this.#around.onTick({
      ...this.#around.recorder.takeInterval(),
      atMillis: now - this.#around.startedAtMillis,
      intervalMillis: now - this.#tickedAtMillis,
      step: this.#index,
      users,
      ...(rate === undefined ? {} : { rate }),
      inFlight: this.#busy.size,
      generatorUtilization: performance.eventLoopUtilization(utilization, this.#utilizationAtTick)
        .utilization,
      server: noServerCounters,
    })
    this.#course.push({ inFlight: this.#busy.size, answered: this.#around.recorder.requests })
    this.#tickedAtMillis = now
    this.#utilizationAtTick = utilization
  }

  #waited(elapsedMillis: number): Pick<StepResult, 'generatorWaited'> {
    const now = coreWaitMillis()
    if (now === null || this.#waitAtStart === null) return {}
    return { generatorWaited: (now - this.#waitAtStart) / Math.max(1, elapsedMillis) }
  }

  #end(): void {
    this.#finished = true
    for (const timer of this.#timers) clearInterval(timer)
  }

  #finish(complete: boolean): void {
    this.#end()
    const { recorder } = this.#around
    const { phase, users, rate } = this.#step
    const utilization = performance.eventLoopUtilization(this.#utilizationAtStart).utilization
    const { user, system } = process.cpuUsage(this.#cpuAtStart)
    const elapsedMillis = performance.now() - this.#startedAtMillis
    const held = this.#held ?? { millis: elapsedMillis, requests: recorder.requests }
    this.#tick()
    const arrivals = this.#pacing.end()
    const answersEvery = (held.millis * 1000 * users) / Math.max(1, held.requests)
    const corrected =
      arrivals === null ? { correctedMicros: recorder.correctedMicros(answersEvery) } : { arrivals }
    this.#resolve({
      phase,
      users,
      ...(rate === undefined ? {} : { rate }),
      durationSeconds: held.millis / 1000,
      offeredRate: rate ?? null,
      achievedRate: held.requests / Math.max(0.001, held.millis / 1000),
      sent: this.#sent,
      ...corrected,
      ...recorder.takeStep(),
      server: noServerCounters,
      generatorUtilization: utilization,
      generatorCpu: (user + system) / 1000 / Math.max(1, elapsedMillis),
      ...this.#waited(elapsedMillis),
      complete,
    })
  }
}
