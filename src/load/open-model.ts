import { performance } from 'node:perf_hooks'
import type { Step } from '../model/load-plan.ts'
import { Histogram } from './histogram.ts'
import type { Lanes, Pacing } from './pacing.ts'
import type { VirtualUser } from './virtual-user.ts'

/** A generator that notices arrivals later than this isn't measuring anything. */
const highestLagMicros = 10_000_000
/** Gaps in the queue's array are closed when this many of its entries are gone. */
const compactAfter = 1024

/**
 * Arrivals at even intervals, whatever the server does: `step.rate` a second, each over a connection that is free, else
 * in a queue, first come first served. Latency counts from the intended arrival, so that a stalled server is charged for
 * everyone it kept waiting (Gil Tene, "How NOT to measure latency"; wrk2). An arrival that has waited for longer than
 * the timeout without being sent is given up as unsent.
 *
 * Timers tick once a millisecond at best: everything that is due by then is sent together, and how late it was noticed
 * is kept as lag. A spinning loop would be more exact and take the core that the server needs.
 */
export function openModel(
  step: Step & { readonly rate: number },
  lanes: Lanes,
  timeoutMillis: number,
): Pacing {
  const beganAtMillis = performance.now()
  const gapMillis = 1000 / step.rate
  const lag = new Histogram(highestLagMicros)
  const idle: VirtualUser[] = []
  let made = 0
  let arrived = 0
  let unsent = 0
  const queue: number[] = []
  let head = 0

  /** The user that was free last: its connection is warm, and others may rest. */
  function freeUser(): VirtualUser | null {
    const user = idle.pop()
    if (user !== undefined) return user
    if (made === step.users) return null
    made += 1
    return lanes.user(made - 1)
  }

  function takeWaiting(nowMillis: number): number | null {
    while (head < queue.length) {
      const intended = queue[head] ?? 0
      head += 1
      if (head > compactAfter) {
        queue.splice(0, head)
        head = 0
      }
      if (nowMillis - intended <= timeoutMillis) return intended
      unsent += 1
    }
    return null
  }

  function sendWaiting(nowMillis: number): void {
    while (head < queue.length) {
      const user = freeUser()
      if (user === null) return
      const intended = takeWaiting(nowMillis)
      if (intended === null) return void idle.push(user)
      if (!send(user, intended)) return
    }
  }

  function send(user: VirtualUser, intended: number): boolean {
    const sent = lanes.send(user, intended)
    if (!sent) unsent += 1
    return sent
  }

  function arrive(nowMillis: number): void {
    const due = Math.floor((nowMillis - beganAtMillis) / gapMillis) + 1
    for (; arrived < due; arrived += 1) {
      const intended = beganAtMillis + arrived * gapMillis
      lag.record((nowMillis - intended) * 1000)
      queue.push(intended)
    }
  }

  return {
    intervalMillis: 1,
    advance(nowMillis) {
      if (lanes.isHeld()) arrive(nowMillis)
      sendWaiting(nowMillis)
    },
    free(user) {
      const intended = takeWaiting(performance.now())
      if (intended === null) idle.push(user)
      else send(user, intended)
    },
    release(nowMillis) {
      arrive(nowMillis)
      sendWaiting(nowMillis)
    },
    waiting: () => queue.length - head,
    end() {
      return {
        offered: arrived,
        unsent: unsent + queue.length - head,
        lagMicros: lag.latencies(),
      }
    },
  }
}
