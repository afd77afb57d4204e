import { median, round } from '../figures.ts'
import { generators, type Generator, type GeneratorResult } from './generators.ts'
import { startNginx, type Nginx } from './nginx.ts'
import type { Goal, Section, SectionContext, SectionReport } from '../section.ts'
import { spread } from '../statistics.ts'

const connectionCounts = [10, 50, 200]
const rounds = 5
const seconds = 4
/** Starting a generator and letting it end. */
const aroundSeconds = 0.8

/** What one generator did at one number of connections, round by round. */
interface Series {
  readonly generator: Generator
  readonly results: GeneratorResult[]
}

/**
 * How many requests a second each generator gets answered, and what CPU time one costs it.
 *
 * nginx with one worker has core 0 and answers about 1 KB of JSON; one generator at a time has core 1, at the same priority
 * (nice 10) and with its latencies recorded. Each round runs all generators once, in an order that rotates, each in a fresh
 * process and without a warm-up. Ratios are taken within a round, because the machine's speed changes from round to round;
 * the median round counts, and the least and the most are shown. CPU is user and system time of the generator's process
 * (all threads) in the middle of the run, divided by its rate. nginx's own count of requests must agree with what Headroom
 * says it got.
 */
export const throughput: Section = {
  id: 'throughput',
  title: 'Requests a second against nginx, generator on one core',
  seconds: () => connectionCounts.length * rounds * generators.length * (seconds + aroundSeconds),
  run: measureThroughput,
}

async function measureThroughput(context: SectionContext): Promise<SectionReport> {
  await using cleanup = new AsyncDisposableStack()
  const nginx = await startNginx(cleanup)
  const counts: Counts[] = []
  const levels = connectionCounts.map((connections) => ({
    connections,
    series: generators.map((generator): Series => ({ generator, results: [] })),
  }))
  for (let index = 0; index < rounds; index++) {
    for (const { connections, series } of levels) {
      for (const each of rotated(series, index)) {
        const label = `round ${index + 1} of ${rounds}, ${connections} connections, ${each.generator.name}`
        context.progress.step(label, seconds + aroundSeconds)
        counts.push(await runOnce(each, { nginx, connections, signal: context.signal }))
      }
    }
  }
  return {
    columns: ['connections', 'generator', 'requests/s', '× autocannon', 'share of wrk', 'CPU µs a request'],
    rows: levels.flatMap(({ connections, series }) => rowsOf(connections, series)),
    goals: [...levels.map(({ connections, series }) => goalOf(connections, series)), countGoal(counts)],
  }
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

/** What a generator says it got, and what nginx says it answered meanwhile. */
interface Counts {
  readonly generator: string
  readonly connections: number
  readonly said: number
  readonly answered: number
}

async function runOnce(
  { generator, results }: Series,
  order: { readonly nginx: Nginx; readonly connections: number; readonly signal: AbortSignal },
): Promise<Counts> {
  const { nginx, connections, signal } = order
  const before = await nginx.answered()
  const result = await generator.run({ url: nginx.url, connections, seconds, signal })
  results.push(result)
  const answered = (await nginx.answered()) - before
  return { generator: generator.name, connections, said: result.requests, answered }
}

function seriesOf(series: readonly Series[], name: string): readonly GeneratorResult[] {
  return series.find(({ generator }) => generator.name === name)?.results ?? []
}

/** A generator's rate as a multiple of another's, round by round. */
function ratios(own: readonly GeneratorResult[], other: readonly GeneratorResult[]): number[] {
  return own.flatMap(({ requestsPerSecond }, index) => {
    const against = other[index]
    return against === undefined ? [] : [requestsPerSecond / against.requestsPerSecond]
  })
}

function rowsOf(connections: number, series: readonly Series[]): string[][] {
  return series.map(({ generator, results }) => [
    String(connections),
    generator.name,
    spread(
      results.map(({ requestsPerSecond }) => requestsPerSecond / 1000),
      (thousands) => `${round(thousands)} k`,
    ),
    spread(ratios(results, seriesOf(series, 'autocannon'))),
    spread(ratios(results, seriesOf(series, 'wrk'))),
    spread(results.map(({ cpuMicrosPerRequest }) => cpuMicrosPerRequest)),
  ])
}

function goalOf(connections: number, series: readonly Series[]): Goal {
  const against = ratios(seriesOf(series, 'Headroom'), seriesOf(series, 'autocannon'))
  return {
    name: `Requests/s at ${connections} connections`,
    measured: `${spread(against)} × autocannon`,
    goal: '≥ 1.0 × autocannon',
    met: (median(against) ?? 0) >= 1,
    note: `${spread(ratios(seriesOf(series, 'Headroom'), seriesOf(series, 'wrk')))} of wrk`,
  }
}

/** Every answer that nginx gave is one that Headroom counted, but for those that the end of a run may cut off. */
function countGoal(counts: readonly Counts[]): Goal {
  const own = counts.filter(({ generator }) => generator === 'Headroom')
  const off = own.map(({ said, answered, connections }) => Math.abs(answered - said) / connections)
  const worst = Math.max(...off)
  const sum = (pick: (count: Counts) => number): string =>
    String(own.reduce((total, each) => total + pick(each), 0))
  return {
    name: "Headroom's count of answers against nginx's",
    measured: `off by ${round(worst)} a connection at most`,
    goal: '≤ 1 a connection',
    met: worst <= 1,
    note: `${sum(({ said }) => said)} counted, ${sum(({ answered }) => answered)} answered`,
  }
}
