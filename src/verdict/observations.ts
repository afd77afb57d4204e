import { formatBytes, formatCount, formatMicros, formatRate } from '../model/format.ts'
import { levelText, loadOf, loadText } from '../model/load-level.ts'
import type { Preflight, StepResult } from '../model/run.ts'

/** Something measured that speaks for or against a cause. */
export type Sign =
  | 'many-rows'
  | 'large-answer'
  | 'slow-alone'
  | 'many-queries'
  | 'cpu-bound'
  | 'waiting'
  | 'flat-throughput'
  | 'timeouts'
  | 'server-errors'

export interface Observation {
  readonly sign: Sign
  readonly sentence: string
}

/** The step that broke, the one with the least load (null where that is the same), and the request before the load. */
export interface Measurements {
  readonly bad: StepResult
  readonly fewest: StepResult | null
  readonly preflight: Preflight | null
}

const manyRows = 50
const largeBytes = 100_000
const slowMicros = 100_000
const manyQueries = 10
const busyCpu = 0.8
const idleCpu = 0.5
/** Throughput counts as flat when it grows by less than a quarter of what the load grew by. */
const flatShare = 0.25
const failingShare = 0.01

/** What the measurements show, each with its numbers in a sentence without full stop. */
export function observe(measurements: Measurements): Observation[] {
  return [...answerSigns(measurements), ...saturationSigns(measurements), ...errorSigns(measurements.bad)]
}

function answerSigns({ bad, fewest, preflight }: Measurements): Observation[] {
  const signs: Observation[] = []
  // A step in which nothing was answered has no share; what the code asks for doesn't depend on the load.
  const queries = bad.server.queriesPerRequest ?? fewest?.server.queriesPerRequest ?? null
  if (queries !== null && queries >= manyQueries) {
    signs.push({ sign: 'many-queries', sentence: `${formatCount(queries)} queries a request` })
  }
  if (preflight === null) return signs
  const { rows, bytes, latencyMicros } = preflight
  if (rows !== null && rows >= manyRows) {
    signs.push({ sign: 'many-rows', sentence: `one answer holds ${formatCount(rows)} rows` })
  }
  if (bytes >= largeBytes)
    signs.push({ sign: 'large-answer', sentence: `one answer is ${formatBytes(bytes)}` })
  if (latencyMicros >= slowMicros) {
    const alone = `a single request took ${formatMicros(latencyMicros)} before any load`
    signs.push({ sign: 'slow-alone', sentence: alone })
  }
  return signs
}

function saturationSigns({ bad, fewest }: Measurements): Observation[] {
  const { cpu } = bad.server
  // More rows are no more load: throughput at one user only says again how long an answer takes.
  const flat = fewest !== null && bad.rows === undefined && isFlat(fewest, bad)
  const signs: Observation[] = []
  if (flat) {
    const sentence = `${flatText(fewest, bad)}: ${ceilingText(cpu)}`
    signs.push({ sign: 'flat-throughput', sentence })
  }
  if (cpu === null) return signs
  const share = `the server used ${coreText(cpu)} at ${loadText(bad)}`
  if (cpu >= busyCpu) signs.push({ sign: 'cpu-bound', sentence: share })
  if (cpu < idleCpu) {
    signs.push({
      sign: 'waiting',
      sentence: `${share}: it waits for something else, or other programs keep the CPU busy`,
    })
  }
  return signs
}

function isFlat(fewest: StepResult, bad: StepResult): boolean {
  const loadGrowth = loadOf(bad).value / loadOf(fewest).value - 1
  const rateGrowth = bad.achievedRate / Math.max(0.001, fewest.achievedRate) - 1
  return rateGrowth < loadGrowth * flatShare
}

function flatText(fewest: StepResult, bad: StepResult): string {
  const from = formatRate(fewest.achievedRate)
  const to = formatRate(bad.achievedRate)
  const rate = from === to ? `stayed at ${to}` : `went from ${from} to ${to}`
  const what =
    bad.rate === undefined
      ? `users went from ${fewest.users} to ${bad.users}`
      : `${levelText(loadOf(bad))} were asked for`
  return `throughput ${rate} while ${what}`
}

function coreText(cpu: number): string {
  return `${cpu < 0.05 ? 'less than 0.1' : cpu.toFixed(1)} of a core`
}

function ceilingText(cpu: number | null): string {
  if (cpu === null) return 'the server is saturated'
  const share = `CPU ${coreText(cpu)}`
  return cpu < idleCpu
    ? `something other than the server's own code is saturated (${share})`
    : `the server is saturated (${share})`
}

function errorSigns(bad: StepResult): Observation[] {
  const signs: Observation[] = []
  const at = `at ${loadText(bad)}`
  const counts = `of ${formatCount(bad.requests)} requests`
  if (bad.errors.timeout > bad.requests * failingShare) {
    const sentence = `${formatCount(bad.errors.timeout)} ${counts} timed out ${at}`
    signs.push({ sign: 'timeouts', sentence })
  }
  const broken = bad.errors['status-5xx'] + bad.errors.reset
  if (broken > bad.requests * failingShare) {
    const sentence = `${formatCount(broken)} ${counts} were answered with 5xx or a reset ${at}`
    signs.push({ sign: 'server-errors', sentence })
  }
  return signs
}
