import { latencyMetrics, type LatencyMetric } from '../../../src/model/budget.ts'
import type { LatencyMicros, StepResult } from '../../../src/model/run.ts'
import { capture } from '../../lifetime.ts'
import { round } from '../figures.ts'
import { fifoLatencies } from './fifo.ts'
import { goodAnswers, openEngine, stepOf } from './headroom.ts'
import { findProgram } from './peers.ts'
import { disturbance, generatorOnCore, watchWaiting } from './pinned.ts'
import type { Goal, Section, SectionContext, SectionReport } from '../section.ts'
import { startServer, type ServerProcess } from './server-process.ts'
import type { Stall, StallOrder } from './servers/stalling.ts'
import { percentile } from '../statistics.ts'

const ratePerSecond = 2000
const seconds = 30
const users = 50
const order: StallOrder = { everyMillis: 5000, stallMillis: 500, serviceMillis: 0.1 }
const judged = ['p50', 'p90', 'p99', 'p999', 'max'] as const satisfies readonly LatencyMetric[]
const percents = { p50: 50, p90: 90, p95: 95, p99: 99, p999: 99.9, max: 100 } as const satisfies Readonly<
  Record<LatencyMetric, number>
>
const tolerance = 0.05
/** Where the truth is about a millisecond, timers of a millisecond and the network are all there is to see. */
const floorMillis = 2
/** A server that stalls earlier, later or longer than this doesn't give the distribution that is known. */
const stallSlackMillis = 5

type Millis = Readonly<Record<LatencyMetric, number | null>>

/**
 * Whether latencies are right when a server stalls: it stands still for 500 ms in every 5 s and serves one request in
 * 0.1 ms otherwise, one after the other. 2,000 requests a second are asked for during 30 s, six stalls.
 *
 * The truth is computed: a first-in-first-out simulation of arrivals at exactly that pace into that server, with the stalls
 * as the server noted them. A queue of a thousand that empties at 10,000 a second keeps p90 off the knee of the
 * distribution. The open model must be within 5 % of the truth at each percentile, or within 2 ms where that is more. The
 * closed model with as many users is printed beside it, raw and corrected, to show what it hides, and wrk2's figures where
 * it is installed. Server and generator have a core each.
 */
export const stall: Section = {
  id: 'stall',
  title: `Latency at ${ratePerSecond} requests/s while the server stalls 500 ms in every 5 s, in ms`,
  seconds: () => (seconds + 1) * (findProgram('wrk2') === null ? 2 : 3),
  run: measureStall,
}

async function measureStall(context: SectionContext): Promise<SectionReport> {
  await using server = await startServer<readonly Stall[]>('stalling.ts', order)
  context.progress.step('open model', seconds + 1)
  const waiting = watchWaiting(server.pid)
  const open = await runStep(server, ratePerSecond, context.signal)
  const serverWaited = waiting.share()
  const stalls = await server.ask('report')
  context.progress.step('closed model', seconds + 1)
  const closed = await runStep(server, undefined, context.signal)
  const truth = truthOf(stalls)
  const rows: [string, Millis][] = [
    ['the truth, computed', truth],
    ['Headroom, open model', millisOf(open.result.latencyMicros)],
    ...(await wrk2Row(server, context)),
    ['Headroom, closed model, raw', millisOf(closed.result.latencyMicros)],
  ]
  if (closed.result.correctedMicros !== undefined) {
    rows.push(['Headroom, closed model, corrected', millisOf(closed.result.correctedMicros)])
  }
  return {
    columns: ['', ...latencyMetrics],
    rows: rows.map(([name, millis]) => [name, ...latencyMetrics.map((metric) => shown(millis[metric]))]),
    goals: [
      stallGoal(stalls),
      rateGoal(open.result),
      ...judged.map((metric) => goalOf(metric, millisOf(open.result.latencyMicros)[metric], truth[metric])),
    ],
    notes: [disturbance({ server: serverWaited, generator: open.waited })],
  }
}

async function runStep(
  server: ServerProcess<readonly Stall[]>,
  rate: number | undefined,
  signal: AbortSignal,
): Promise<{ readonly result: StepResult; readonly waited: number }> {
  await using engine = await openEngine(server.url, signal)
  await engine.runStep(stepOf(users, 0.5))
  await server.ask('begin')
  const waiting = watchWaiting(engine.pid)
  const result = await engine.runStep(stepOf(users, seconds, rate))
  goodAnswers(result)
  return { result, waited: waiting.share() }
}

function truthOf(stalls: readonly Stall[]): Millis {
  const sorted = fifoLatencies({ ratePerSecond, seconds, serviceMillis: order.serviceMillis, pauses: stalls })
  const at = (metric: LatencyMetric): number => percentile(sorted, percents[metric])
  return { p50: at('p50'), p90: at('p90'), p95: at('p95'), p99: at('p99'), p999: at('p999'), max: at('max') }
}

function millisOf(micros: LatencyMicros): Millis {
  const millis = (metric: LatencyMetric): number | null => {
    const value = micros[metric]
    return value === null ? null : value / 1000
  }
  return {
    p50: millis('p50'),
    p90: millis('p90'),
    p95: millis('p95'),
    p99: millis('p99'),
    p999: millis('p999'),
    max: millis('max'),
  }
}

function shown(value: number | null): string {
  return value === null ? '–' : round(value)
}

/** The truth is only known where the server kept to its schedule. */
function stallGoal(stalls: readonly Stall[]): Goal {
  const within = stalls.filter(({ fromMillis }) => fromMillis < seconds * 1000)
  const off = within.map(({ fromMillis, toMillis }, number) => {
    const due = order.everyMillis * (number + 0.5)
    return Math.max(Math.abs(fromMillis - due), Math.abs(toMillis - due - order.stallMillis))
  })
  const wanted = (seconds * 1000) / order.everyMillis
  return {
    name: 'The server stalled when it should',
    measured: `${within.length} stalls, off by ${round(Math.max(...off))} ms at most`,
    goal: `${wanted} stalls, off by ≤ ${stallSlackMillis} ms`,
    met: within.length === wanted && Math.max(...off) <= stallSlackMillis,
    note: '',
  }
}

/** Every arrival of the schedule was sent and answered, so that none that waited is missing from the percentiles. */
function rateGoal({ requests, arrivals }: StepResult): Goal {
  const wanted = ratePerSecond * seconds
  const off = Math.abs(requests - wanted) / wanted
  return {
    name: 'Arrivals that were answered',
    measured: `${requests} of ${arrivals?.offered ?? wanted}`,
    goal: `${wanted} ± 0.1 %`,
    met: arrivals !== undefined && off <= 0.001,
    note: arrivals === undefined ? 'the open model is not there' : `${arrivals.unsent} unsent`,
  }
}

function goalOf(metric: LatencyMetric, found: number | null, truth: number | null): Goal {
  const off = found === null || truth === null ? Infinity : Math.abs(found - truth)
  const allowed = Math.max(floorMillis, (truth ?? 0) * tolerance)
  return {
    name: `Open model, ${metric}`,
    measured: `${shown(found)} ms`,
    goal: `${shown(truth)} ms ± ${round(allowed)} ms`,
    met: off <= allowed,
    note: `off by ${round(off)} ms`,
  }
}

/** wrk2's own account of the same, where it is installed. */
async function wrk2Row(
  server: ServerProcess<readonly Stall[]>,
  { signal, progress }: SectionContext,
): Promise<[string, Millis][]> {
  const program = findProgram('wrk2')
  if (program === null) return []
  progress.step('wrk2', seconds + 1)
  await server.ask('begin')
  const args = ['-t1', `-c${users}`, `-R${ratePerSecond}`, `-d${seconds}s`, '--latency', server.url]
  const { output } = await capture(...generatorOnCore(program, args), { signal })
  const at = (percent: string): number | null => {
    const [, value, unit = 'ms'] =
      new RegExp(`^\\s*${percent}%\\s+([\\d.]+)(us|ms|s)`, 'm').exec(output) ?? []
    return value === undefined
      ? null
      : Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit === 'us' || unit === 's' ? unit : 'ms']
  }
  return [
    [
      'wrk2',
      {
        p50: at('50.000'),
        p90: at('90.000'),
        p95: null,
        p99: at('99.000'),
        p999: at('99.900'),
        max: at('100.000'),
      },
    ],
  ]
}
