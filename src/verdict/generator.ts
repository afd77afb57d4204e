import * as l10n from '@vscode/l10n'
import { formatPercent } from '../model/format.ts'
import { loadText } from '../model/load-level.ts'
import type { StepResult } from '../model/run.ts'

/** The generator's own event loop is the bottleneck above this share. */
const saturatedUtilization = 0.9
/** One core is all that one generator process has for its code. */
const saturatedCpu = 0.95
/** Arrivals that are noticed this late (p99) are sent late, or not at all, through no fault of the server's. */
const latestArrivalMicros = 5_000

/** Whether the generator had no CPU left, so that what it measured may be its own slowness. */
export function isSaturated({ generatorUtilization, generatorCpu = 0 }: StepResult): boolean {
  return generatorUtilization > saturatedUtilization || generatorCpu > saturatedCpu
}

/** How late an open model's arrivals were noticed, p99 in microseconds; null where that isn't late. */
export function lateArrivals({ arrivals }: StepResult): number | null {
  const lag = arrivals?.lagMicros.p99 ?? arrivals?.lagMicros.p95 ?? 0
  return lag > latestArrivalMicros ? lag : null
}

/**
 * Whose fault it is that arrivals could not be sent: the generator's, where it was saturated (event loop over 90 %, CPU
 * over 95 % of a core) or noticed arrivals more than 5 ms late (p99). Otherwise the server's: every connection was busy
 * because it had not answered.
 */
export function isGeneratorsFault(step: StepResult): boolean {
  return isSaturated(step) || lateArrivals(step) !== null
}

/** Ready to run and kept waiting for longer than this share of a step, the generator notices answers late. */
const muchWaiting = 0.2

/** That a step's latencies hold the generator's own waiting for a core, as a sentence; null where it hardly waited. */
export function waitingSentence(step: StepResult): string | null {
  const { generatorWaited = 0 } = step
  if (generatorWaited <= muchWaiting) return null
  return l10n.t(
    'Other programs kept Headroom waiting for a core {0} of the time at {1}: latencies there are partly its own.',
    formatPercent(generatorWaited),
    loadText(step),
  )
}

/** Share of an open model's arrivals that were never sent; 0 in a closed model. */
export function unsentShare({ arrivals }: StepResult): number {
  return arrivals === undefined || arrivals.offered === 0 ? 0 : arrivals.unsent / arrivals.offered
}
