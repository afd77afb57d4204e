import * as l10n from '@vscode/l10n'
import type { Judgement } from '../model/comparison.ts'
import { errorKinds, failedRequests, type ErrorKind, type StepResult } from '../model/run.ts'
import { differsFromZero, mean, variance, type Estimate } from './statistics.ts'

/** The same load on the code before and after a change, one right after the other. */
export interface TurnPair {
  readonly before: StepResult
  readonly after: StepResult
}

/** One figure on both sides: the geometric mean over the turns, which is what the test is made on. */
export interface TurnFigures {
  readonly before: number
  readonly after: number
  readonly judgement: Judgement
}

export interface TurnsJudgement {
  /** Null where it can't be told. */
  readonly judgement: Judgement | null
  /** Why it can't be told, without full stop. */
  readonly untold?: string
  readonly p95Micros: TurnFigures | null
  readonly perSecond: TurnFigures | null
  /** Whether the figures differ by enough to matter, yet not beyond noise: more turns could tell. */
  readonly undecided: boolean
}

export interface ErrorsJudgement {
  /** Kinds of errors that only the code after the change makes. */
  readonly kinds: readonly ErrorKind[]
  /** Whether the share of failed requests is higher beyond noise. */
  readonly isMore: boolean
  /** Failed requests of all requests, 0 to 1. */
  readonly before: number
  readonly after: number
}

const fewestPairs = 3
/** As in {@link testForNoise}: a change below a tenth is never called one, nor is one of errors below a percentage point. */
const leastRatio = 1.1
const leastShare = 0.01

/**
 * Whether a change of code made an endpoint faster. The turns alternate (A B, B A, A B …), so that what drifts over the
 * minutes, such as other programs or the processor's heat, weighs on both sides alike; each turn is a new start of the
 * server, so that what differs from start to start is in the figures. Tested are the logarithms of after ÷ before of each
 * pair, for the p95 and for the good answers a second, by a paired t-test at 0.5 %, which four pairs can pass; signs turned
 * at random couldn't, since 2 of their 16 combinations are 12.5 %. The mean must differ by a tenth at least as well.
 */
export function judgeTurns(pairs: readonly TurnPair[]): TurnsJudgement {
  const p95 = ratiosOf(pairs, ({ latencyMicros }) => latencyMicros.p95)
  const rate = ratiosOf(pairs, goodPerSecond)
  const p95Micros = p95 === null ? null : judgeRatios(p95, 'low')
  const perSecond = rate === null ? null : judgeRatios(rate, 'high')
  const figures = [p95Micros, perSecond].filter((figure) => figure !== null)
  const shown = { p95Micros, perSecond }
  if (figures.length === 0) {
    return { ...shown, judgement: null, undecided: false, untold: l10n.t('too few good answers') }
  }
  const judgements = figures.map(({ judgement }) => judgement)
  const judgement = judgements.includes('worse')
    ? 'worse'
    : judgements.includes('better')
      ? 'better'
      : 'within-noise'
  if (pairs.length < fewestPairs) {
    return { ...shown, judgement: null, undecided: true, untold: l10n.t('too few turns') }
  }
  const undecided = judgement === 'within-noise' && figures.some(matters)
  return { ...shown, judgement, undecided }
}

/**
 * Whether the code after a change fails where the code before didn't. A kind of error is new where the code before never
 * made it, and the code after did in two turns or in one of a hundred requests: a single connection may break by chance.
 */
export function judgeErrors(pairs: readonly TurnPair[]): ErrorsJudgement {
  const [before, after] = [pairs.map((pair) => pair.before), pairs.map((pair) => pair.after)]
  const requests = requestsOf(after)
  const kinds = errorKinds.filter((kind) => {
    if (kind === 'cancelled' || before.some(({ errors }) => errors[kind] > 0)) return false
    const count = after.reduce((sum, { errors }) => sum + errors[kind], 0)
    const turns = after.filter(({ errors }) => errors[kind] > 0).length
    return turns > 1 || (count > 0 && count >= requests * leastShare)
  })
  const differences = pairs.map((pair) => failedShare([pair.after]) - failedShare([pair.before]))
  const difference = estimateOf(differences)
  return {
    kinds,
    isMore: isBroken(pairs) || (differsFromZero(difference) && difference.value >= leastShare),
    before: failedShare(before),
    after: failedShare(after),
  }
}

/** Whether the code after fails mostly and the code before doesn't: more turns would say nothing new. */
export function isBroken(pairs: readonly TurnPair[]): boolean {
  return (
    failedShare(pairs.map(({ after }) => after)) > 0.5 && failedShare(pairs.map(({ before }) => before)) < 0.5
  )
}

interface Ratio {
  readonly before: number
  readonly after: number
}

/** The figure in each pair; null where one has none. */
function ratiosOf(pairs: readonly TurnPair[], figureOf: (step: StepResult) => number | null): Ratio[] | null {
  const ratios = pairs.flatMap(({ before, after }): Ratio[] => {
    const [one, other] = [figureOf(before), figureOf(after)]
    return one === null || other === null || one <= 0 || other <= 0 ? [] : [{ before: one, after: other }]
  })
  return ratios.length < Math.max(1, pairs.length) ? null : ratios
}

function judgeRatios(ratios: readonly Ratio[], good: 'low' | 'high'): TurnFigures {
  const change = estimateOf(ratios.map(({ before, after }) => Math.log(after / before)))
  const figures = {
    before: geometricMean(ratios.map(({ before }) => before)),
    after: geometricMean(ratios.map(({ after }) => after)),
  }
  const differs = ratios.length >= fewestPairs && differsFromZero(change) && matters(figures)
  if (!differs) return { ...figures, judgement: 'within-noise' }
  return { ...figures, judgement: change.value > 0 === (good === 'high') ? 'better' : 'worse' }
}

function matters({ before, after }: Ratio): boolean {
  return Math.abs(Math.log(after / before)) >= Math.log(leastRatio)
}

function estimateOf(differences: readonly number[]): Estimate {
  const count = differences.length
  return { value: mean(differences), squaredError: variance(differences) / count, degrees: count - 1 }
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map((value) => Math.log(value))))
}

function goodPerSecond({ requests, errors, durationSeconds }: StepResult): number | null {
  return durationSeconds > 0 ? (requests - failedRequests(errors)) / durationSeconds : null
}

function requestsOf(steps: readonly StepResult[]): number {
  return steps.reduce((sum, { requests }) => sum + requests, 0)
}

function failedShare(steps: readonly StepResult[]): number {
  const requests = requestsOf(steps)
  return requests === 0 ? 0 : steps.reduce((sum, { errors }) => sum + failedRequests(errors), 0) / requests
}
