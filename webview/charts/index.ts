import type { Chart } from './chart.ts'
import { eventLoopDelay } from './event-loop-delay.ts'
import { growth } from './growth.ts'
import { latency } from './latency.ts'
import { queries } from './queries.ts'
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
] as const satisfies readonly Chart[]
