import * as l10n from '@vscode/l10n'
import type { Threshold } from '../model/budget.ts'
import { formatCount, formatMicros } from '../model/format.ts'
import type { StepResult } from '../model/run.ts'
import { breaches } from './breach.ts'

/** From so many levels on, a broken budget ends a sweep: the growth is known. */
const enoughLevels = 4
/** A level between two is worth its time only where it has so many times the rows of the one before. */
const leastFactor = 1.5

/** What decides where a sweep goes. */
export interface SweepSoFar {
  /** The levels measured, in the order they ran; each has its `rows`. */
  readonly done: readonly StepResult[]
  readonly levels: readonly number[]
  readonly budget: readonly Threshold[]
  /** A median above it isn't worth waiting for. */
  readonly mostMicros: number
}

/** How many rows come next; `rows` is null where it ends, and `ended` says why if that is before the last level. */
export interface NextLevel {
  readonly rows: number | null
  readonly ended: string | null
}

/**
 * The next level of a volume sweep. It ends where the budget is broken and four levels are measured, for more rows only
 * take longer. Where the growth so far says that the next level would take too long, a level in between is measured first,
 * because three orders of magnitude may lie between "fine" and "never answers"; where even that would, it ends.
 */
export function nextLevel({ done, levels, budget, mostMicros }: SweepSoFar): NextLevel {
  const last = done.at(-1)
  const rows = last?.rows ?? 0
  const ahead = levels.find((level) => level > rows)
  if (ahead === undefined) return { rows: null, ended: null }
  if (last === undefined) return { rows: ahead, ended: null }
  const reached = formatCount(rows)
  const median = last.latencyMicros.p50
  if (median === null) return { rows: null, ended: l10n.t('There was no good answer at {0} rows.', reached) }
  const broken = breaches(last, budget).length > 0
  if (broken && done.length >= enoughLevels) {
    return {
      rows: null,
      ended: l10n.t('The budget was broken at {0} rows: with more rows it only takes longer.', reached),
    }
  }
  const reachable = rows * (mostMicros / median) ** (1 / exponentOf(done))
  if (ahead <= reachable) return { rows: ahead, ended: null }
  const between = rounded(Math.min(Math.sqrt(rows * ahead), reachable))
  if (between >= rows * leastFactor && between < ahead) return { rows: between, ended: null }
  const [next, took] = [formatCount(ahead), formatMicros(median)]
  return {
    rows: null,
    ended: l10n.t('It ended before {0} rows: a request took {1} at {2} rows.', next, took, reached),
  }
}

const slowest = 0.05
const fastest = 2
/** Between levels that are closer together noise looks like growth, or like none. */
const tellingFactor = 5

/** How the median grew up to the last level, as an exponent of the rows; 1 where no level is far enough below it. */
function exponentOf(done: readonly StepResult[]): number {
  const last = done.at(-1)
  const before = done.findLast((step) => (step.rows ?? 0) * tellingFactor <= (last?.rows ?? 0))
  const [from, to] = [before?.latencyMicros.p50, last?.latencyMicros.p50]
  if (before?.rows === undefined || last?.rows === undefined || !from || !to) return 1
  const exponent = Math.log(to / from) / Math.log(last.rows / before.rows)
  return Math.min(fastest, Math.max(slowest, exponent))
}

/** To one digit: people read 3,000 more easily than 3,162. */
function rounded(rows: number): number {
  const grain = 10 ** Math.floor(Math.log10(rows))
  return Math.max(1, Math.floor(rows / grain)) * grain
}
