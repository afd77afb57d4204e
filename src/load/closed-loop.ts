import { performance, type EventLoopUtilization } from 'node:perf_hooks'
import type { Step } from '../model/load-plan.ts'
import { noServerCounters, type ErrorKind, type StepResult, type Tick } from '../model/run.ts'
import type { Recorder } from './recorder.ts'
import type { AnswerSink, VirtualUser } from './virtual-user.ts'

/** What a step needs of the engine that runs it. */
export interface StepSurroundings {
  readonly recorder: Recorder
  readonly timeoutMillis: number
  /** The virtual user with this number, made on first use and kept from step to step. */
  readonly user: (number: number) => VirtualUser
  /** The run's start on performance.now's clock. */
  readonly startedAtMillis: number
  readonly onTick: (tick: Tick) => void
}

const tickMillis = 250
const sweepMillis = 20
/** So many connections are opened at once that a server's backlog (511 by default in Node.js) is not what is measured. */
const startsPerSweep = 100
/** A server that refuses or resets would otherwise be asked as fast as this machine can. */
const restMillis = 100

/**
 * One step of the closed model: each user asks again as soon as it is answered.
 *
 * The load is held for the step's duration, and longer until there are `minRequests` answers or `maxDurationSeconds` are
 * over. Then nobody asks again, and what is in flight is waited for (at most the timeout), so that the slowest answers
 * count too. `durationSeconds` and `achievedRate` of the result cover the time in which load was held.
 */
export class ClosedLoop implements AnswerSink {
  readonly result: Promise<StepResult>
  readonly #index: number
  readonly #step: Step
  readonly #around: StepSurroundings
  readonly #startedAtMillis = performance.now()
  readonly #timers: NodeJS.Timeout[]
  readonly #resting: VirtualUser[] = []
  #resolve: (result: StepResult) => void = () => undefined
  #reject: (error: Error) => void = () => undefined
  #started = 0
  #inFlight = 0
  #restedAtMillis = 0
  #held: { readonly millis: number; readonly requests: number } | null = null
  #finished = false
  #tickedAtMillis: number
  readonly #utilizationAtStart: EventLoopUtilization = performance.eventLoopUtilization()
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
    this.#timers = [
      setInterval(() => this.#sweep(), sweepMillis),
      setInterval(() => this.#tick(), tickMillis),
    ]
  }

  /** Lets the users begin; apart from the constructor because they report here. */
  begin(): void {
    this.#startUsers()
  }

  answered(user: VirtualUser, status: number, latencyMicros: number, bytes: number): void {
    this.#inFlight -= 1
    this.#around.recorder.answer(status, latencyMicros, bytes)
    this.#next(user)
  }

  failed(user: VirtualUser, kind: ErrorKind, status: number | null, message: string, bytes: number): void {
    this.#inFlight -= 1
    this.#around.recorder.failure(kind, status, message, bytes)
    if (status === null) this.#resting.push(user)
    else this.#next(user)
  }

  wantsSample(kind: ErrorKind): boolean {
    return !this.#around.recorder.hasSample(kind)
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
    this.#around.recorder.cancel(this.#inFlight)
    this.#inFlight = 0
    this.#finish(false)
  }

  #next(user: VirtualUser): void {
    if (this.#finished) return
    if (this.#held === null) this.#send(user)
    else if (this.#inFlight === 0) this.#finish(true)
  }

  #send(user: VirtualUser): void {
    this.#inFlight += 1
    user.send()
  }

  #startUsers(): void {
    const until = Math.min(this.#step.users, this.#started + startsPerSweep)
    while (this.#started < until && !this.#finished) {
      this.#started += 1
      this.#send(this.#around.user(this.#started - 1))
    }
  }

  #sweep(): void {
    const now = performance.now()
    this.#timeOutLate(now)
    if (this.#finished) return
    if (this.#held === null && this.#isHeldLongEnough(now)) {
      this.#held = { millis: now - this.#startedAtMillis, requests: this.#around.recorder.requests() }
    }
    if (this.#held === null) {
      this.#startUsers()
      this.#wakeResting(now)
    } else if (this.#inFlight === 0) {
      this.#finish(true)
    }
  }

  #timeOutLate(now: number): void {
    for (let number = 0; number < this.#started; number += 1) {
      const user = this.#around.user(number)
      if (user.askedAtMillis > 0 && now - user.askedAtMillis > this.#around.timeoutMillis) user.timeOut()
    }
  }

  #wakeResting(now: number): void {
    if (now - this.#restedAtMillis < restMillis) return
    this.#restedAtMillis = now
    for (const user of this.#resting.splice(0)) this.#send(user)
  }

  #isHeldLongEnough(now: number): boolean {
    const seconds = (now - this.#startedAtMillis) / 1000
    if (seconds < this.#step.durationSeconds) return false
    return (
      seconds >= this.#step.maxDurationSeconds || this.#around.recorder.requests() >= this.#step.minRequests
    )
  }

  #tick(): void {
    const now = performance.now()
    const utilization = performance.eventLoopUtilization()
    const { requests, errors, bytes, latencyMicros, histogram } = this.#around.recorder.takeInterval()
    this.#around.onTick({
      atMillis: now - this.#around.startedAtMillis,
      intervalMillis: now - this.#tickedAtMillis,
      step: this.#index,
      users: this.#step.users,
      requests,
      errors,
      bytes,
      latencyMicros,
      histogram,
      inFlight: this.#inFlight,
      generatorUtilization: performance.eventLoopUtilization(utilization, this.#utilizationAtTick)
        .utilization,
      server: noServerCounters,
    })
    this.#tickedAtMillis = now
    this.#utilizationAtTick = utilization
  }

  #end(): void {
    this.#finished = true
    for (const timer of this.#timers) clearInterval(timer)
  }

  #finish(complete: boolean): void {
    this.#end()
    const utilization = performance.eventLoopUtilization(this.#utilizationAtStart).utilization
    const held = this.#held ?? {
      millis: performance.now() - this.#startedAtMillis,
      requests: this.#around.recorder.requests(),
    }
    this.#tick()
    const recorded = this.#around.recorder.takeStep()
    this.#resolve({
      phase: this.#step.phase,
      users: this.#step.users,
      durationSeconds: held.millis / 1000,
      offeredRate: null,
      achievedRate: held.requests / Math.max(0.001, held.millis / 1000),
      ...recorded,
      server: noServerCounters,
      generatorUtilization: utilization,
      complete,
    })
  }
}
