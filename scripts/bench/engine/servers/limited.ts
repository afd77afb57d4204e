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
 * Answers after times that are distributed exponentially, so that users who all began at once don't march in step and their requests
 * come at a steady rate from the first one on; what the bucket has no room for when it arrives gets 503. Timers are late, more
 * so on a busy machine: what they were late of late is taken off, so that the mean is right.
 */
function bucket(perSecond: number, burst: number, serviceMillis: number): (reply: Reply) => void {
  let level = 0
  let drainedAt = performance.now()
  let usuallyLate = 0.5
  const nextFactor = exponentialFactors()
  return (reply) => {
    const now = performance.now()
    level = Math.max(0, level - ((now - drainedAt) / 1000) * perSecond)
    drainedAt = now
    const fits = level + 1 <= burst
    if (fits) level += 1
    const due = now + serviceMillis * nextFactor()
    const early = usuallyLate
    setTimeout(
      () => {
        reply(fits ? ok : unavailable)
        usuallyLate += (performance.now() - due + early - usuallyLate) / 100
      },
      due - now - early,
    )
  }
}

/** Exponentially distributed factors with a mean of exactly 1 in each hundred: quantiles, shuffled anew each time round. */
function exponentialFactors(): () => number {
  const quantiles = Array.from({ length: 100 }, (_, index) => -Math.log(1 - (index + 0.5) / 100))
  const mean = quantiles.reduce((sum, quantile) => sum + quantile, 0) / quantiles.length
  let deck: number[] = []
  return () => {
    if (deck.length === 0) {
      const shuffled = quantiles.map((quantile) => ({ quantile, place: Math.random() }))
      deck = shuffled.toSorted((a, b) => a.place - b.place).map(({ quantile }) => quantile / mean)
    }
    return deck.pop() ?? 1
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
