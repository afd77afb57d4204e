import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { noErrors, noServerCounters, type Run, type StepResult, type Tick } from '../../src/model/run.ts'
import { latenciesOf, recordedTogether } from '../../src/verdict/histogram.ts'
import { result, runOf } from './results.ts'

/** How the noise of a server under load behaves: what varies, and how long it lasts. */
export interface Noise {
  /** Spread of single latencies (of their logarithm). */
  readonly requests: number
  /** Spread of whole ticks, and by how much each resembles the one before. */
  readonly ticks: number
  readonly tied: number
  /** Share of ticks in which something else takes the CPU: half as slow again. */
  readonly bursts: number
  /** Spread from one start of the server to the next. */
  readonly starts: number
}

/** As on a developer's machine: ticks differ by 8 % and resemble each other, starts of the server by 2 %. */
export const usualNoise: Noise = { requests: 0.5, ticks: 0.06, tied: 0.5, bursts: 0.025, starts: 0.02 }

/** Numbers 0..1 that are the same in every run: mulberry32. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Standard normal numbers, by Box and Muller. */
export function normal(draw: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw())
}

export interface Synthetic {
  readonly seed: number
  /** Median latency at one user; a closed loop of more users takes longer in proportion. */
  readonly medianMicros: number
  readonly users: readonly number[]
  readonly ticksPerStep: number
  readonly noise: Noise
}

/** A closed run on a saturated server with log-normal latencies, whose ticks vary together. */
export function syntheticRun({ seed, medianMicros, users, ticksPerStep, noise }: Synthetic): Run {
  const draw = uniform(seed)
  const gauss = normal(draw)
  const start = noise.starts * gauss()
  let state = gauss()
  const ticks: Tick[] = []
  const steps = users.map((level, step): StepResult => {
    const own: Tick[] = []
    for (let index = 0; index < ticksPerStep; index += 1) {
      state = noise.tied * state + Math.sqrt(1 - noise.tied ** 2) * gauss()
      const burst = draw() < noise.bursts ? 1.5 : 1
      const median = medianMicros * (level / 10) * Math.exp(start + noise.ticks * state) * burst
      const latencies = Array.from({ length: Math.max(1, Math.round((level * 250_000) / median)) }, () =>
        Math.max(1, Math.round(median * Math.exp(noise.requests * gauss()))),
      )
      own.push(tickOf(step, level, latencies))
    }
    ticks.push(...own)
    const counts = recordedTogether(own)
    if (counts === null) throw new Error('The histograms can be read back.')
    return result(level, null, {
      requests: counts.total,
      achievedRate: counts.total / ((ticksPerStep * 250) / 1000),
      durationSeconds: (ticksPerStep * 250) / 1000,
      latencyMicros: latenciesOf(counts),
    })
  })
  return runOf(steps, { ticks })
}

/** A tick with these latencies, encoded as the engine does. */
export function tickOf(
  step: number,
  users: number,
  latencies: readonly number[],
  shape: Partial<Tick> = {},
): Tick {
  const histogram = histogramOf(latencies)
  const counts = recordedTogether([{ histogram }])
  return {
    atMillis: 0,
    intervalMillis: 250,
    step,
    users,
    requests: latencies.length,
    errors: noErrors(),
    bytes: 0,
    latencyMicros: latenciesOf(counts ?? { total: 0, buckets: [] }),
    histogram,
    inFlight: users,
    generatorUtilization: 0.1,
    server: noServerCounters,
    ...shape,
  }
}

/** Latencies in HdrHistogram's encoding. */
export function histogramOf(latencies: readonly number[]): string {
  const histogram = build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  })
  for (const latency of latencies) histogram.recordValue(latency)
  return encodeIntoCompressedBase64(histogram)
}
