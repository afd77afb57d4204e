import type { Threshold } from '../model/budget.ts'
import type { Finding } from '../model/finding.ts'
import { formatCount, formatPercent } from '../model/format.ts'
import { failedRequests, type Preflight, type StepResult } from '../model/run.ts'
import type { BreakingPoint, Cause, Verdict } from '../model/verdict.ts'
import { countedSteps, evaluate, measure, type Measured } from '../model/measure.ts'
import { formatBudget } from './budget.ts'
import { causeLabel, explain } from './cause.ts'
import { doubtAbout } from './doubts.ts'
import type { Measurements } from './observations.ts'
import { measuredText, usersText } from './sentences.ts'

/** What is judged: all steps in the order they ran, warm-up included. */
export interface Judged {
  readonly steps: readonly StepResult[]
  readonly budget: readonly Threshold[]
  /** Whether the user stopped the run. */
  readonly stopped: boolean
  readonly preflight: Preflight | null
  /** The findings of this route. */
  readonly findings: readonly Finding[]
  readonly routeKey: string
}

export interface Breach {
  readonly threshold: Threshold
  readonly measured: Measured
}

/** Holds whatever the budget says: percentiles of the few that got through would flatter an endpoint that mostly fails. */
const mostMustSucceed: Threshold = { metric: 'errors', comparison: '<', limit: 0.5, text: 'errors<50%' }

/**
 * The thresholds that a step breached, in the budget's order. A step in which at least half of all requests failed is
 * breached (`errors<50%`) even where the budget has no clause about errors. `rps` is no matter of one step: few users
 * can't ask for much, so {@link judge} holds it against the best step of the run.
 */
export function breaches(step: StepResult, budget: readonly Threshold[]): Breach[] {
  const withErrors = budget.some(({ metric }) => metric === 'errors') ? budget : [...budget, mostMustSucceed]
  return perStep(withErrors).flatMap((threshold) => {
    const measured = measure(threshold, step)
    return measured !== null && evaluate(threshold, step) === 'breached' ? [{ threshold, measured }] : []
  })
}

function perStep(budget: readonly Threshold[]): Threshold[] {
  return budget.filter(({ metric }) => metric !== 'rps')
}

/**
 * Judges a run. The breaking point is the fewest users at which a threshold was breached. What can't be trusted (wrong
 * answers, a saturated generator, too few samples) is `not-measured`, never a number that passes.
 */
export function judge(judged: Judged): Verdict {
  const steps = countedSteps(judged.steps).toSorted((a, b) => a.users - b.users)
  const complete = steps.filter((step) => step.complete)
  if (judged.budget.length === 0) return notMeasured(['there is no budget to measure against'])
  const bad = complete.find((step) => breaches(step, judged.budget).length > 0)
  const good = goodBelow(complete, judged.budget, bad)
  if (judged.stopped) return stopped(judged, steps, bad, good)
  if (complete.length === 0) return withoutSteps(judged)
  if (bad !== undefined) {
    return broken(judged, complete, {
      bad,
      good,
      found: breaches(bad, judged.budget),
      first: bad === complete[0],
    })
  }
  return tooFewRequests(judged, complete, good) ?? unbroken(judged, complete, good)
}

/** The step with most users, below the bad one, at which every threshold was met. */
function goodBelow(
  complete: readonly StepResult[],
  budget: readonly Threshold[],
  bad: StepResult | undefined,
): StepResult | null {
  const met = complete.filter(
    (step) =>
      (bad === undefined || step.users < bad.users) &&
      doubtAboutAnswers(step) === null &&
      perStep(budget).every((threshold) => evaluate(threshold, step) === 'met'),
  )
  return met.at(-1) ?? null
}

/** A busy generator only makes latencies longer, so a step that is good in spite of it is good. */
function doubtAboutAnswers(step: StepResult): string | null {
  return doubtAbout({ ...step, generatorUtilization: 0 })
}

interface Break {
  readonly bad: StepResult
  readonly good: StepResult | null
  /** What was breached at the bad step, the headline first. */
  readonly found: readonly Breach[]
  /** Whether no smaller load was measured. */
  readonly first: boolean
}

function broken(
  judged: Judged,
  complete: readonly StepResult[],
  { bad, good, found, first }: Break,
): Verdict {
  const doubt = doubtAbout(bad)
  if (doubt !== null) {
    const known = good === null ? [] : [`Up to ${usersText(good.users)} the budget was met.`]
    return notMeasured([doubt], known)
  }
  const { causes, reasons } = explain(measurementsOf(judged, complete, bad), judged.findings)
  const start = first
    ? `Fails before load: already at ${usersText(bad.users)} `
    : `Breaks at ${usersText(bad.users)}: `
  return {
    kind: first ? 'fails-before-load' : 'breaks',
    sentence: `${start}${breachText(found)}.${causeText(causes)}`,
    breakingPoint: breakingPoint(bad, good, found),
    reasons: [...breachReasons(bad, found), ...reasons],
    causes,
  }
}

function measurementsOf({ preflight }: Judged, steps: readonly StepResult[], bad: StepResult): Measurements {
  const [fewest] = steps.filter(({ users, phase }) => phase !== 'warm-up' && users < bad.users)
  return { bad, fewest: fewest ?? null, preflight }
}

/** The whole run stayed below a wanted throughput: it breaks where it served most. */
function tooFewRequests(
  judged: Judged,
  complete: readonly StepResult[],
  good: StepResult | null,
): Verdict | null {
  const best = complete.toSorted((a, b) => b.achievedRate - a.achievedRate)[0]
  if (best === undefined || best.requests === 0) return null
  const found = judged.budget
    .filter((threshold) => threshold.metric === 'rps' && evaluate(threshold, best) === 'breached')
    .map((threshold) => ({ threshold, measured: { value: best.achievedRate, atLeast: false } }))
  if (found.length === 0) return null
  const below = good !== null && good.users < best.users ? good : null
  return broken(judged, complete, { bad: best, good: below, found, first: false })
}

function breakingPoint(
  bad: StepResult,
  good: StepResult | null,
  [worst]: readonly Breach[],
): BreakingPoint | null {
  if (worst === undefined) return null
  return {
    lastGoodUsers: good?.users ?? null,
    users: bad.users,
    threshold: worst.threshold.text,
    measured: worst.measured.value,
  }
}

function breachText([worst]: readonly Breach[]): string {
  if (worst === undefined) return 'the budget was broken'
  return `${measuredText(worst.threshold, worst.measured)}, budget ${worst.threshold.text}`
}

function breachReasons(bad: StepResult, found: readonly Breach[]): string[] {
  const texts = found.map((breach) => `At ${usersText(bad.users)}: ${breachText([breach])}.`)
  const [sample] = bad.samples
  const failed = failedRequests(bad.errors)
  if (sample === undefined || failed === 0) return texts
  const share = formatPercent(failed / bad.requests)
  return [...texts, `${share} of requests failed at ${usersText(bad.users)}, for example: ${sample.message}.`]
}

function causeText(causes: readonly Cause[]): string {
  const [likeliest] = causes
  if (likeliest === undefined) return ''
  const how = likeliest.confidence === 'low' ? 'Possible' : 'Likely'
  return ` ${how} cause: ${causeLabel(likeliest.rule)} at ${likeliest.file}:${likeliest.line}.`
}

function unbroken(judged: Judged, complete: readonly StepResult[], good: StepResult | null): Verdict {
  const beyond = complete.filter((step) => step.users > (good?.users ?? 0))
  const doubts = beyond.flatMap((step) => doubtAboutAnswers(step) ?? unmeasured(step, judged.budget))
  if (good === null) return notMeasured(doubts)
  const [threshold] = judged.budget
  const measured = threshold === undefined ? null : measure(threshold, good)
  const value = threshold === undefined || measured === null ? '' : `: ${measuredText(threshold, measured)}, `
  return {
    kind: 'holds',
    sentence: `Holds to ${usersText(good.users)}${value}budget ${formatBudget(judged.budget)}.`,
    breakingPoint: null,
    reasons: doubts.map((doubt) => `Not measured beyond: ${doubt}.`),
    causes: [],
  }
}

function unmeasured(step: StepResult, budget: readonly Threshold[]): string[] {
  const answers = step.requests - failedRequests(step.errors)
  return perStep(budget)
    .filter((threshold) => evaluate(threshold, step) === 'not-measured')
    .map(
      (threshold) =>
        `${formatCount(answers)} good answers at ${usersText(step.users)} are too few for ${threshold.text}`,
    )
}

function withoutSteps({ preflight, routeKey }: Judged): Verdict {
  if (preflight !== null && preflight.status >= 500) {
    return {
      kind: 'fails-before-load',
      sentence: `Fails before load: ${routeKey} returned ${preflight.status} to a single request.`,
      breakingPoint: null,
      reasons: [],
      causes: [],
    }
  }
  if (preflight !== null && preflight.status >= 400) {
    return notMeasured([`${routeKey} returned ${preflight.status} to a single request`])
  }
  return notMeasured(['no load step was run to its end'])
}

function stopped(
  judged: Judged,
  steps: readonly StepResult[],
  bad: StepResult | undefined,
  good: StepResult | null,
): Verdict {
  const cut = steps.find((step) => !step.complete)
  const when = cut === undefined ? 'Stopped' : `Stopped at ${usersText(cut.users)}`
  const trusted = bad !== undefined && doubtAbout(bad) === null
  const found = bad === undefined ? [] : breaches(bad, judged.budget)
  const known = trusted
    ? `It had broken at ${usersText(bad.users)}: ${breachText(found)}.`
    : good === null
      ? 'Nothing was measured to its end.'
      : `Up to ${usersText(good.users)} the budget was met.`
  const explanation = trusted
    ? explain(measurementsOf(judged, steps, bad), judged.findings)
    : { causes: [], reasons: [] }
  return {
    kind: 'stopped',
    sentence: `${when}. ${known}${causeText(explanation.causes)}`,
    breakingPoint: trusted ? breakingPoint(bad, good, found) : null,
    reasons: explanation.reasons,
    causes: explanation.causes,
  }
}

function notMeasured(doubts: readonly string[], known: readonly string[] = []): Verdict {
  const [first = 'nothing was measured'] = doubts
  return {
    kind: 'not-measured',
    sentence: [`Not measured: ${first}.`, ...known].join(' '),
    breakingPoint: null,
    reasons: doubts.map((doubt) => `${capitalized(doubt)}.`),
    causes: [],
  }
}

function capitalized(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
}
