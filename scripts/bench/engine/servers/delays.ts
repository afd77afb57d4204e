import { performance } from 'node:perf_hooks'
import { ok, serveRaw } from './raw-http.ts'

/**
 * A server whose delays are planned, and measured where they arise. It reports what each answer since the last report really
 * took, in milliseconds, from the request being read to the answer being written.
 */
const delaysMillis = plannedDelays(10_000)
let next = 0
let takenMillis: number[] = []

serveRaw(
  (reply) => {
    const readAt = performance.now()
    const delay = delaysMillis[next % delaysMillis.length] ?? 0
    next += 1
    setTimeout(() => {
      takenMillis.push(performance.now() - readAt)
      reply(ok)
    }, delay)
  },
  () => {
    const taken = takenMillis
    takenMillis = []
    return taken
  },
)

/** Delays in milliseconds, the same every time: seven in ten from 5 to 20, a quarter to 100, the rest to 400. */
function plannedDelays(count: number): number[] {
  let state = 20_260_101
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return Array.from({ length: count }, () => {
    const kind = random()
    const [least, most] = kind < 0.7 ? [5, 20] : kind < 0.95 ? [20, 100] : [100, 400]
    return least + random() * (most - least)
  })
}
