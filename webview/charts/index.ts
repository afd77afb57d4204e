import type { Chart } from './chart.ts'
import { eventLoopDelay } from './event-loop-delay.ts'
import { growth } from './growth.ts'
import { latencyOverTime } from './latency-over-time.ts'
import { latency } from './latency.ts'
import { percentiles } from './percentiles.ts'
import { queries } from './queries.ts'
import { rateOverTime } from './rate-over-time.ts'
import { serverCpu } from './server-cpu.ts'
import { serverMemory } from './server-memory.ts'
import { throughput } from './throughput.ts'

export const charts = [
  latency,
  growth,
  throughput,
  queries,
  serverCpu,
  serverMemory,
  eventLoopDelay,
  latencyOverTime,
  rateOverTime,
  percentiles,
] as const satisfies readonly Chart[]
