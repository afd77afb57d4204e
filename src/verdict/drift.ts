import * as l10n from '@vscode/l10n'
import { formatBytes, formatMicros } from '../model/format.ts'
import { loadOf, loadText } from '../model/load-level.ts'
import type { StepResult } from '../model/run.ts'
import { rises, trendOf } from './statistics.ts'

/** Memory that grows by less than this over a whole run is an allocator's, not a leak's. */
const leastGrowthBytes = 4_000_000
const leastGrowthShare = 0.02
/** Latency that grows by less than a fifth over a whole run is not worth a word. */
const leastSlowdown = 1.2
/** From so many steps on, what has stopped growing is told from what still grows. */
const stepsWithHalves = 8

/**
 * What changed from step to step though it should not, in sentences: memory that grew, and latency that grew while the
 * load stayed the same. `steps` are complete ones that count, in the order they ran.
 */
export function driftReasons(steps: readonly StepResult[]): string[] {
  return [memoryGrowth(steps), slowdown(longestAtOneLoad(steps))].filter((reason) => reason !== null)
}

/**
 * `Memory grew 1.9 MB a step, from 82 MB to 101 MB over 10 steps at 25 users.` The slope of a least-squares line through
 * the memory after each step, said only where it is more than noise: a one-sided t-test of the slope at 1 %, at least
 * 4 MB and 2 % over the run, and, from eight steps on, the second half must still grow at a quarter of that rate: a heap
 * that fills up once and then stays is no leak.
 */
function memoryGrowth(steps: readonly StepResult[]): string | null {
  const known = steps.flatMap((step) => {
    const { rssBytes } = step.server
    return rssBytes === null ? [] : [{ step, rssBytes }]
  })
  const bytes = known.map(({ rssBytes }) => rssBytes)
  const trend = trendOf(bytes)
  const [first, last] = [known[0], known.at(-1)]
  if (trend === null || first === undefined || last === undefined || !rises(trend)) return null
  const growth = trend.slope * (bytes.length - 1)
  if (growth < Math.max(leastGrowthBytes, first.rssBytes * leastGrowthShare)) return null
  if (bytes.length >= stepsWithHalves && !stillGrows(bytes, trend.slope)) return null
  const [each, from, to] = [formatBytes(trend.slope), formatBytes(first.rssBytes), formatBytes(last.rssBytes)]
  const [start, end] = [loadText(first.step), loadText(last.step)]
  if (start === end) {
    return l10n.t(
      'Memory grew {0} a step, from {1} to {2} over {3} steps at {4}.',
      each,
      from,
      to,
      bytes.length,
      end,
    )
  }
  return l10n.t(
    'Memory grew {0} a step, from {1} to {2} over {3} steps from {4} to {5}.',
    each,
    from,
    to,
    bytes.length,
    start,
    end,
  )
}

function stillGrows(bytes: readonly number[], slope: number): boolean {
  const later = trendOf(bytes.slice(Math.floor(bytes.length / 2)))
  return later !== null && later.slope > slope / 4
}

/** `p95 grew from 180 ms to 320 ms over 10 steps at 25 users.` The same test, of the logarithms, and a fifth in all. */
function slowdown(steps: readonly StepResult[]): string | null {
  const known = steps.flatMap(({ latencyMicros: { p95 } }) => p95 ?? [])
  const trend = trendOf(known.map((micros) => Math.log(Math.max(1, micros))))
  const [first, last] = [known[0], known.at(-1)]
  const [step] = steps
  if (trend === null || first === undefined || last === undefined || step === undefined) return null
  if (!rises(trend) || Math.exp(trend.slope * (known.length - 1)) < leastSlowdown) return null
  const [from, to] = [formatMicros(first), formatMicros(last)]
  return l10n.t('p95 grew from {0} to {1} over {2} steps at {3}.', from, to, known.length, loadText(step))
}

/** The load that most steps held. */
function longestAtOneLoad(steps: readonly StepResult[]): readonly StepResult[] {
  const groups = [...Map.groupBy(steps, (step) => loadOf(step).value).values()]
  return groups.toSorted((one, other) => other.length - one.length)[0] ?? []
}
