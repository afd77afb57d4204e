import * as l10n from '@vscode/l10n'
import { formatCount } from '../model/format.ts'
import {
  growthClasses,
  growthFunction,
  grownTo,
  type Growth,
  type GrowthClass,
  type GrowthMetric,
} from '../model/volume.ts'
import { studentCritical } from './statistics.ts'

/** One level of a volume sweep. `count` answers gave the latencies; null is "not measured". */
export interface GrowthPoint {
  readonly rows: number
  readonly p50Micros: number | null
  readonly p95Micros: number | null
  readonly count: number
  readonly queriesPerRequest?: number | null
}

/** A limit of the budget that the growth may reach beyond what was measured, in microseconds. */
export interface GrowthLimit {
  readonly metric: GrowthMetric
  readonly limit: number
  readonly text: string
}

const fewestPoints = 3
/** Rows that differ by less than this factor can't tell one class from another. */
const leastSpan = 8
/** By so much the same server's median differs from one step to the next, before anything is measured. */
const usualNoise = 0.1
/** So many measurements that expectation is worth. */
const priorDegrees = 4
/** Below this growth from the first level to the last it isn't called growth. */
const leastGrowth = 1.25
/** The difference of two models' criteria that calls the worse one 20 times less likely. */
const clearDifference = 2 * Math.log(20)
/** Points that lie further than this from the best fit follow none of the classes. */
const mostScatter = 0.3
/** A class stands for what is near it: over orders of magnitude `n · log n` and `n^1.1` lie further off, and are called linear. */
const near = { scatter: 0.45, r2: 0.98 }
/** A fit says nothing beyond so many times the rows that were measured. */
const reach = 10

/**
 * How p50, p95 and the queries of a request grow with the rows, each by itself; p95 takes p50's class where it fits it,
 * for a percentile of the tail tells the classes less well apart. `limits` are the budget's.
 */
export function growthOf(points: readonly GrowthPoint[], limits: readonly GrowthLimit[] = []): Growth[] {
  const p50 = classify('p50', samplesOf(points, 'p50Micros', 1), limits)
  const tail = classify('p95', samplesOf(points, 'p95Micros', 2), limits, p50.class)
  // Few answers give a median and no tail: what is known of more rows isn't foreseen from less.
  const isShort = (tail.points.at(-1)?.rows ?? 0) < (p50.points.at(-1)?.rows ?? 0)
  const p95 = isShort ? { ...tail, beyond: null, budget: null } : tail
  const queries = points.flatMap(({ rows, queriesPerRequest = null }) =>
    queriesPerRequest === null ? [] : [{ rows, value: queriesPerRequest, variance: countNoise ** 2 }],
  )
  return [p50, p95, ...(queries.length < fewestPoints ? [] : [classify('queries', queries, limits)])]
}

/** Counts of queries vary only where requests differ. */
const countNoise = 0.05

/** A value with the variance of its logarithm. */
interface Sample {
  readonly rows: number
  readonly value: number
  readonly variance: number
}

/**
 * A percentile's sampling error is that of a log-normal distribution with this p50 and p95; `factor` is how much more the
 * percentile varies than the median.
 */
function samplesOf(
  points: readonly GrowthPoint[],
  metric: 'p50Micros' | 'p95Micros',
  factor: number,
): Sample[] {
  return points.flatMap((point) => {
    const value = point[metric]
    if (value === null || !(value > 0) || !(point.rows > 0) || point.count < 1) return []
    const { p50Micros, p95Micros } = point
    const spread =
      p50Micros !== null && p95Micros !== null && p50Micros > 0
        ? Math.log(Math.max(1, p95Micros / p50Micros)) / 1.645
        : 0.5
    const sampling = (factor * 1.2533 * spread) / Math.sqrt(point.count)
    return [{ rows: point.rows, value, variance: usualNoise ** 2 + sampling ** 2 }]
  })
}

interface Fit {
  readonly class: GrowthClass
  readonly intercept: number
  readonly slope: number
  /** Weighted sum of the squares of what the fit doesn't explain. */
  readonly misfit: number
}

/**
 * The class of one number. Latencies vary by factors, so `a + b·f(rows)` is fitted to their logarithms, by least squares
 * weighted with each value's variance; a and b are not negative. That the intercept is fitted too keeps the fixed cost of
 * a request from hiding a growth that only shows at many rows.
 *
 * Growth is told from a constant by a t-test at 1 %, whose variance is moderated: few points by themselves say little of
 * how much a server varies, so an expected variation counts as four more (Smyth, "Linear models and empirical Bayes
 * methods", 2004). Among the classes that grow, which have equally many parameters, Akaike's criterion decides, and the
 * simplest one is taken that isn't 20 times less likely than the best (Burnham and Anderson, "Model Selection and
 * Multimodel Inference", 2002).
 */
function classify(
  metric: GrowthMetric,
  samples: readonly Sample[],
  limits: readonly GrowthLimit[],
  preferred: GrowthClass | null = null,
): Growth {
  const sorted = samples.toSorted((one, other) => one.rows - other.rows)
  const known = sorted.filter(({ value }) => value > 0)
  const points = known.map(({ rows, value }) => ({ rows, value }))
  const nothing = {
    metric,
    class: null,
    alsoPossible: [],
    intercept: 0,
    slope: 0,
    r2: null,
    points,
    beyond: null,
    budget: null,
  }
  const doubt = tooLittle(points)
  if (doubt !== null) return { ...nothing, unclear: doubt }
  const fits = growthClasses.map((name) => fitTo(name, known))
  const [constant, ...growing] = fits
  const [best] = growing.toSorted((one, other) => one.misfit - other.misfit)
  if (constant === undefined || best === undefined) return { ...nothing, unclear: null }
  const noise = moderatedVariance(best.misfit, known.length - 2)
  const possible = asPossible({ constant, growing, best }, noise, known)
  const chosen = possible.find((fit) => fit.class === preferred) ?? possible[0] ?? best
  const scatter = Math.sqrt(chosen.misfit / totalWeight(known))
  const r2 = constant.misfit === 0 ? 1 : Math.max(0, 1 - chosen.misfit / constant.misfit)
  const isNear = scatter <= mostScatter || (scatter <= near.scatter && r2 >= near.r2)
  if (!isNear) return { ...nothing, unclear: noClassFits(points, scatter) }
  const { class: name, intercept, slope } = chosen
  const faster = possible.slice(possible.indexOf(chosen) + 1).map((fit) => fit.class)
  const growth = { ...nothing, class: name, unclear: null, alsoPossible: faster, intercept, slope }
  return {
    ...growth,
    r2: name === 'constant' ? null : r2,
    beyond: beyondOf(growth),
    budget: budgetOf(growth, limits),
  }
}

function tooLittle(points: Growth['points']): string | null {
  if (points.length < fewestPoints) {
    return points.length === 1
      ? l10n.t('it was measured at 1 level, and it takes {0} at least', fewestPoints)
      : l10n.t('it was measured at {0} levels, and it takes {1} at least', points.length, fewestPoints)
  }
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined || last.rows < first.rows * leastSpan) {
    return l10n.t(
      'the levels are too close together: the last must have {0} times the rows of the first',
      leastSpan,
    )
  }
  return null
}

function noClassFits(points: Growth['points'], scatter: number): string {
  const [first, last] = [points[0], points.at(-1)]
  const by = `${Math.round((Math.exp(scatter) - 1) * 100)}%`
  if (first === undefined || last === undefined) return ''
  return l10n.t(
    'the measurements lie {0} off the best fit; from first to last it is {1} for {2} the rows',
    by,
    times(last.value / first.value),
    times(last.rows / first.rows),
  )
}

function times(factor: number): string {
  return `${factor < 10 ? Number(factor.toFixed(1)) : formatCount(factor)}×`
}

interface Candidates {
  readonly constant: Fit
  readonly growing: readonly Fit[]
  readonly best: Fit
}

/** The fits that explain the measurements, the simplest first. */
function asPossible(
  { constant, growing, best }: Candidates,
  noise: { readonly value: number; readonly degrees: number },
  samples: readonly Sample[],
): readonly Fit[] {
  const critical = studentCritical(noise.degrees, 0.01)
  const grows = (constant.misfit - best.misfit) / noise.value > critical ** 2
  if (!grows || growthOver(best, samples) < leastGrowth) return [constant]
  return growing.filter((fit) => (fit.misfit - best.misfit) / noise.value <= clearDifference)
}

/** What is known of the variance from so few points, together with what is expected of it; 1 is what is expected. */
function moderatedVariance(misfit: number, degrees: number): { value: number; degrees: number } {
  const all = priorDegrees + degrees
  return { value: (priorDegrees + misfit) / all, degrees: all }
}

function growthOver(fit: Fit, samples: readonly Sample[]): number {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined) return 1
  return (grownTo(fit, last.rows) ?? 1) / (grownTo(fit, first.rows) ?? 1)
}

function totalWeight(samples: readonly Sample[]): number {
  return samples.reduce((sum, { variance }) => sum + 1 / variance, 0)
}

/**
 * The least-squares fit to the logarithms: for a given ratio b ÷ a the best a is a mean, so only that ratio is searched
 * for, from a growth that doesn't show to one without an intercept.
 */
function fitTo(name: GrowthClass, samples: readonly Sample[]): Fit {
  if (name === 'constant') return fitWith(name, samples, 0)
  const values = samples.map(({ rows }) => growthFunction(name, rows))
  const positive = values.filter((value) => value > 0)
  let low = Math.log(1e-4 / Math.max(...positive))
  let high = Math.log(1e4 / Math.min(...positive))
  const at = (logarithm: number): Fit => fitWith(name, samples, Math.exp(logarithm))
  const grid = Array.from({ length: gridSteps + 1 }, (_, step) => low + ((high - low) * step) / gridSteps)
  const [nearest = low] = grid.toSorted((one, other) => at(one).misfit - at(other).misfit)
  const width = (high - low) / gridSteps
  low = nearest - width
  high = nearest + width
  for (let round = 0; round < searchRounds; round += 1) {
    const third = (high - low) / 3
    if (at(low + third).misfit <= at(high - third).misfit) high -= third
    else low += third
  }
  return at((low + high) / 2)
}

const gridSteps = 120
const searchRounds = 40

function fitWith(name: GrowthClass, samples: readonly Sample[], ratio: number): Fit {
  const logarithms = samples.map(({ rows, value, variance }) => ({
    residual: Math.log(value) - Math.log(1 + ratio * growthFunction(name, rows)),
    weight: 1 / variance,
  }))
  const weights = logarithms.reduce((sum, { weight }) => sum + weight, 0)
  const centre = logarithms.reduce((sum, { residual, weight }) => sum + residual * weight, 0) / weights
  const misfit = logarithms.reduce((sum, { residual, weight }) => sum + weight * (residual - centre) ** 2, 0)
  const intercept = Math.exp(centre)
  return { class: name, intercept, slope: intercept * ratio, misfit }
}

type Classified = Pick<Growth, 'metric' | 'class' | 'alsoPossible' | 'intercept' | 'slope' | 'points'>

/** From the last level on by as much as the fit grows, so that a last point off the fit isn't contradicted. */
function beyondOf(growth: Classified): Growth['beyond'] {
  const last = growth.points.at(-1)
  if (last === undefined || !isExtrapolated(growth)) return null
  const rows = last.rows * reach
  const value = grownTo(growth, rows)
  return value === null ? null : { rows, value: value * offFit(growth) }
}

/** By how much the last level lies off the fit, as a factor. */
function offFit(growth: Classified): number {
  const last = growth.points.at(-1)
  return last === undefined ? 1 : last.value / (grownTo(growth, last.rows) ?? last.value)
}

/** A logarithm grows too little to matter, and a class that isn't certain says nothing of what lies beyond. */
function isExtrapolated(growth: Classified): boolean {
  return (growth.class === 'linear' || growth.class === 'quadratic') && growth.alsoPossible.length === 0
}

/** Where the fit reaches the limit, if that is beyond the last level and within reach. */
function budgetOf(growth: Classified, limits: readonly GrowthLimit[]): Growth['budget'] {
  const last = growth.points.at(-1)
  const limit = limits.find(({ metric }) => metric === growth.metric)
  if (last === undefined || limit === undefined || growth.slope <= 0 || !isExtrapolated(growth)) return null
  const needed = (limit.limit / offFit(growth) - growth.intercept) / growth.slope
  const rows = growth.class === 'quadratic' ? Math.sqrt(needed) : needed
  if (!(rows > last.rows) || rows > last.rows * reach) return null
  return { threshold: limit.text, rows: twoDigits(rows) }
}

/** Rounded to what a fit is good for: two digits. */
function twoDigits(rows: number): number {
  const grain = 10 ** Math.max(0, Math.floor(Math.log10(rows)) - 1)
  return Math.round(rows / grain) * grain
}
