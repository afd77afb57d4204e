import * as l10n from '@vscode/l10n'
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
    signs.push({ sign: 'many-queries', sentence: l10n.t('{0} queries a request', formatCount(queries)) })
  }
  if (preflight === null) return signs
  const { rows, bytes, latencyMicros } = preflight
  if (rows !== null && rows >= manyRows) {
    signs.push({ sign: 'many-rows', sentence: l10n.t('one answer holds {0} rows', formatCount(rows)) })
  }
  if (bytes >= largeBytes)
    signs.push({ sign: 'large-answer', sentence: l10n.t('one answer is {0}', formatBytes(bytes)) })
  if (latencyMicros >= slowMicros) {
    const alone = l10n.t('a single request took {0} before any load', formatMicros(latencyMicros))
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
  const [core, load] = [coreText(cpu), loadText(bad)]
  if (cpu >= busyCpu)
    signs.push({ sign: 'cpu-bound', sentence: l10n.t('the server used {0} at {1}', core, load) })
  if (cpu < idleCpu) {
    signs.push({
      sign: 'waiting',
      sentence: l10n.t(
        'the server used {0} at {1}: it waits for something else, or other programs keep the CPU busy',
        core,
        load,
      ),
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
  if (bad.rate !== undefined) {
    const asked = levelText(loadOf(bad))
    return from === to
      ? l10n.t('throughput stayed at {0} while {1} were asked for', to, asked)
      : l10n.t('throughput went from {0} to {1} while {2} were asked for', from, to, asked)
  }
  const [few, many] = [fewest.users, bad.users]
  return from === to
    ? l10n.t('throughput stayed at {0} while users went from {1} to {2}', to, few, many)
    : l10n.t('throughput went from {0} to {1} while users went from {2} to {3}', from, to, few, many)
}

function coreText(cpu: number): string {
  return cpu < 0.05 ? l10n.t('less than 0.1 of a core') : l10n.t('{0} of a core', cpu.toFixed(1))
}

function ceilingText(cpu: number | null): string {
  if (cpu === null) return l10n.t('the server is saturated')
  return cpu < idleCpu
    ? l10n.t("something other than the server's own code is saturated (CPU {0})", coreText(cpu))
    : l10n.t('the server is saturated (CPU {0})', coreText(cpu))
}

function errorSigns(bad: StepResult): Observation[] {
  const signs: Observation[] = []
  const [load, requests] = [loadText(bad), formatCount(bad.requests)]
  if (bad.errors.timeout > bad.requests * failingShare) {
    const sentence = l10n.t(
      '{0} of {1} requests timed out at {2}',
      formatCount(bad.errors.timeout),
      requests,
      load,
    )
    signs.push({ sign: 'timeouts', sentence })
  }
  const broken = bad.errors['status-5xx'] + bad.errors.reset
  if (broken > bad.requests * failingShare) {
    const sentence = l10n.t(
      '{0} of {1} requests were answered with 5xx or a reset at {2}',
      formatCount(broken),
      requests,
      load,
    )
    signs.push({ sign: 'server-errors', sentence })
  }
  return signs
}
