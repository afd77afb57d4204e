/** A time in which nothing is served, in milliseconds from the first arrival. */
export interface Pause {
  readonly fromMillis: number
  readonly toMillis: number
}

/** Arrivals at a steady pace into a server that serves one at a time, first in, first out. */
export interface Queue {
  readonly ratePerSecond: number
  readonly seconds: number
  readonly serviceMillis: number
  /** In order. What is being served when a pause begins ends first. */
  readonly pauses: readonly Pause[]
}

/** The exact latency of every arrival, from its intended time to its answer, in milliseconds and ascending. */
export function fifoLatencies({ ratePerSecond, seconds, serviceMillis, pauses }: Queue): number[] {
  const latencies: number[] = []
  let freeAt = 0
  let pause = 0
  for (let number = 0; number < ratePerSecond * seconds; number++) {
    const arrivesAt = (number * 1000) / ratePerSecond
    let startsAt = Math.max(arrivesAt, freeAt)
    while (startsAt >= (pauses[pause]?.toMillis ?? Infinity)) pause += 1
    const current = pauses[pause]
    if (current !== undefined && startsAt >= current.fromMillis) startsAt = current.toMillis
    freeAt = startsAt + serviceMillis
    latencies.push(freeAt - arrivesAt)
  }
  return latencies.toSorted((a, b) => a - b)
}
