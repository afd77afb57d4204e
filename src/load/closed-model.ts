import { performance } from 'node:perf_hooks'
import type { Step, ThinkTime } from '../model/load-plan.ts'
import type { Lanes, Pacing } from './pacing.ts'
import type { VirtualUser } from './virtual-user.ts'

/** So many connections are opened at once that a server's backlog (511 by default in Node.js) is not what is measured. */
const startsPerAdvance = 100
const restMillis = 100

/** Each user asks again as soon as it is answered, or when it has thought for a while. `random` draws 0..1. */
export function closedModel(
  step: Step,
  lanes: Lanes,
  thinkTime: ThinkTime | undefined,
  random: () => number,
): Pacing {
  const resting: VirtualUser[] = []
  let started = 0
  let restedAtMillis = performance.now()

  function think(user: VirtualUser, { minMillis, maxMillis }: ThinkTime): void {
    setTimeout(
      () => {
        if (lanes.isHeld()) lanes.send(user, null)
      },
      minMillis + random() * (maxMillis - minMillis),
    )
  }

  return {
    intervalMillis: 20,
    advance(nowMillis) {
      const until = Math.min(step.users, started + startsPerAdvance)
      while (started < until && lanes.isHeld()) {
        started += 1
        lanes.send(lanes.user(started - 1), null)
      }
      if (nowMillis - restedAtMillis < restMillis) return
      restedAtMillis = nowMillis
      for (const user of resting.splice(0)) lanes.send(user, null)
    },
    free(user, mustRest) {
      if (mustRest) resting.push(user)
      else if (thinkTime === undefined) lanes.send(user, null)
      else think(user, thinkTime)
    },
    release: () => undefined,
    waiting: () => 0,
    end: () => null,
  }
}
