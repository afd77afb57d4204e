import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { ok, serveRaw, unavailable, type Reply } from './raw-http.ts'

/** What a server can take: one of these limits. */
export type Limit =
  | { readonly kind: 'semaphore'; readonly slots: number; readonly serviceMillis: number }
  | {
      readonly kind: 'bucket'
      readonly perSecond: number
      readonly burst: number
      readonly serviceMillis: number
    }
  | { readonly kind: 'collapse'; readonly users: number; readonly serviceMillis: number }
  | { readonly kind: 'none'; readonly serviceMillis: number }

function serverOf(limit: Limit): (reply: Reply) => void {
  switch (limit.kind) {
    case 'semaphore':
      return semaphore(limit.slots, limit.serviceMillis)
    case 'bucket':
      return bucket(limit.perSecond, limit.burst, limit.serviceMillis)
    case 'collapse':
      return collapse(limit.users, limit.serviceMillis)
    default:
      return (reply) => after(limit.serviceMillis, () => reply(ok))
  }
}

function after(millis: number, act: () => void): void {
  setTimeout(act, Math.ceil(millis))
}

/**
 * So many requests are served at a time, first in, first out. A slot's next request begins when its last one was due, not
 * when a timer noticed, so that the capacity is exactly slots / serviceMillis.
 */
function semaphore(slots: number, serviceMillis: number): (reply: Reply) => void {
  const freeAt = Array.from({ length: slots }, () => 0)
  return (reply) => {
    const now = performance.now()
    const first = freeAt.indexOf(Math.min(...freeAt))
    const end = Math.max(now, freeAt[first] ?? now) + serviceMillis
    freeAt[first] = end
    after(end - now, () => reply(ok))
  }
}

/**
 * Answers everything after the same time on average, evenly between half and one and a half of it so that users don't march
 * in step; what the bucket has no room for when it arrives gets 503.
 */
function bucket(perSecond: number, burst: number, serviceMillis: number): (reply: Reply) => void {
  let level = 0
  let drainedAt = performance.now()
  return (reply) => {
    const now = performance.now()
    level = Math.max(0, level - ((now - drainedAt) / 1000) * perSecond)
    drainedAt = now
    const fits = level + 1 <= burst
    if (fits) level += 1
    // The timer's own lateness of half a millisecond is taken off, so that the mean is right.
    setTimeout(() => reply(fits ? ok : unavailable), serviceMillis * (0.5 + Math.random()) - 0.5)
  }
}

/** Beyond `users` requests at a time, each further tenth of that doubles what a request takes, up to twenty times. */
function collapse(users: number, serviceMillis: number): (reply: Reply) => void {
  let inFlight = 0
  return (reply) => {
    inFlight += 1
    const factor = Math.min(20, 2 ** Math.max(0, (inFlight - users) / (users / 10)))
    after(serviceMillis * factor, () => {
      inFlight -= 1
      reply(ok)
    })
  }
}

const limit: Limit = JSON.parse(process.argv[2] ?? '{}')
serveRaw(serverOf(limit), () => null)
