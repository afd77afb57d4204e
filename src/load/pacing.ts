import type { Arrivals } from '../model/run.ts'
import type { VirtualUser } from './virtual-user.ts'

/** What decides when which user sends: the difference between the closed and the open model. */
export interface Pacing {
  /** How often {@link advance} wants to be called. */
  readonly intervalMillis: number
  /** Sends what is due. Called only while the load is held, or while {@link waiting} is not zero. */
  readonly advance: (nowMillis: number) => void
  /** A user is free again. `mustRest`: it got no answer at all, and would ask a dead server as fast as this machine can. */
  readonly free: (user: VirtualUser, mustRest: boolean) => void
  /** The load is no longer held: what is due by now is the last to begin. */
  readonly release: (nowMillis: number) => void
  /** Arrivals that are due but not sent yet. */
  readonly waiting: () => number
  /** Ends what waits; an open model's account of its arrivals. */
  readonly end: () => Arrivals | null
}

/** What a pacing may do. */
export interface Lanes {
  /** The user with this number, made on first use and kept from step to step. */
  readonly user: (number: number) => VirtualUser
  /**
   * Sends a user's next request, whose latency counts from `intendedAtMillis` where one is given. False where the run has
   * no requests left.
   */
  readonly send: (user: VirtualUser, intendedAtMillis: number | null) => boolean
  /** Whether users begin anything new. */
  readonly isHeld: () => boolean
}
