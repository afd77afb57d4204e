import * as l10n from '@vscode/l10n'
import type { Threshold } from '../model/budget.ts'
import type { Finding } from '../model/finding.ts'
import { formatCount, formatRate } from '../model/format.ts'
import { loadOf, loadText } from '../model/load-level.ts'
import { countedSteps, evaluate, measure } from '../model/measure.ts'
import { failedRequests, type Preflight, type StepResult } from '../model/run.ts'
import type { Cause, Verdict } from '../model/verdict.ts'
import { breachText, perStep } from './breach.ts'
import {
  breachReasons,
  breakAt,
  breakingPointOf,
  breakSentence,
  byLoad,
  findBreak,
  goodSteps,
  type Break,
} from './breaking-point.ts'
import { formatBudget } from './budget.ts'
import { causeLabel, explain, type Explanation } from './cause.ts'
import { doubtAbout, doubtAboutGood } from './doubts.ts'
import { driftReasons } from './drift.ts'
import { waitingSentence } from './generator.ts'
import { findRelapse, relapseBreak, relapseSentence, type Relapse } from './recovery.ts'
import { measuredText } from './sentences.ts'

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
  /** What else was found, in a sentence behind the verdict's first. */
  readonly remark?: string
}

/**
 * Judges a run. The breaking point is the least load at which a threshold was breached, also where the run went on beyond
 * it; a server that doesn't come back after too much load breaks too. What can't be trusted (wrong answers, a saturated
 * generator, a restart, too few samples) is `not-measured`, never a number that passes.
 */
export function judge(judged: Judged): Verdict {
  const { budget } = judged
  if (budget.length === 0) return notMeasured([l10n.t('there is no budget to measure against')])
  const counted = countedSteps(judged.steps)
  const complete = counted.filter((step) => step.complete)
  const found = findBreak(complete, budget)
  const verdict = judged.stopped
    ? stopped(judged, counted, found)
    : complete.length === 0
      ? withoutSteps(judged)
      : found === null
        ? (tooFewRequests(judged, complete) ?? unbroken(judged, complete))
        : broken(judged, complete, found)
  const relapse = judged.stopped ? null : findRelapse(judged.steps, budget)
  const whole = relapse === null ? verdict : relapsed(judged, complete, verdict, relapse)
  return { ...whole, reasons: [...whole.reasons, ...driftReasons(complete), ...usedUp(judged)] }
}

/** That the run ended because it may send no more: nothing but Stop and that leaves a step incomplete. */
function usedUp({ steps, stopped: byUser }: Judged): string[] {
  if (byUser || steps.at(-1)?.complete !== false) return []
  const sent = steps.reduce((sum, step) => sum + (step.sent ?? step.requests), 0)
  return [
    l10n.t('The run ended early: it had sent the {0} requests that it may send at most.', formatCount(sent)),
  ]
}

function broken(judged: Judged, complete: readonly StepResult[], found: Break): Verdict {
  const { bad, good, first } = found
  const doubt = doubtAbout(bad)
  if (doubt !== null) {
    const known = good === null ? [] : [l10n.t('Up to {0} the budget was met.', loadText(good))]
    return notMeasured([doubt], known)
  }
  const { causes, reasons } = explanationOf(judged, complete, bad)
  return {
    kind: first ? 'fails-before-load' : 'breaks',
    sentence: `${breakSentence(found)}${remarkOf(judged)}${causeText(causes)}`,
    breakingPoint: breakingPointOf(found),
    reasons: [...breachReasons(bad, found.found), ...reasons, ...[waitingSentence(bad) ?? []].flat()],
    causes,
  }
}

function explanationOf(judged: Judged, steps: readonly StepResult[], bad: StepResult): Explanation {
  const [fewest = null] = byLoad(steps).filter((step) => loadOf(step).value < loadOf(bad).value)
  return explain({ bad, fewest, preflight: judged.preflight }, judged.findings)
}

/** It doesn't come back: a break by itself where the load was borne, and one more thing to say where it wasn't. */
function relapsed(
  judged: Judged,
  complete: readonly StepResult[],
  verdict: Verdict,
  relapse: Relapse,
): Verdict {
  const sentence = relapseSentence(relapse)
  if (verdict.breakingPoint !== null) {
    return {
      ...verdict,
      sentence: `${verdict.sentence} ${sentence}`,
      reasons: [sentence, ...verdict.reasons],
    }
  }
  const { causes, reasons } = explanationOf(judged, complete, relapse.step)
  return {
    kind: 'breaks',
    sentence: `${sentence}${causeText(causes)}`,
    breakingPoint: breakingPointOf(relapseBreak(relapse, complete, judged.budget)),
    reasons: [...breachReasons(relapse.step, relapse.found), ...reasons, ...verdict.reasons],
    causes,
  }
}

/** The whole run stayed below a wanted throughput: it breaks where it served most, if as much was asked for. */
function tooFewRequests(judged: Judged, complete: readonly StepResult[]): Verdict | null {
  const best = complete.toSorted((a, b) => b.achievedRate - a.achievedRate)[0]
  if (best === undefined || best.requests === 0) return null
  const found = judged.budget
    .filter((threshold) => threshold.metric === 'rps' && evaluate(threshold, best) === 'breached')
    .map((threshold) => ({ threshold, measured: { value: best.achievedRate, atLeast: false } }))
  const [worst] = found
  if (worst === undefined) return null
  const asked = complete.map((step) => step.rate ?? Infinity)
  if (Math.max(...asked) <= worst.threshold.limit) {
    const most = formatRate(Math.max(...asked))
    return notMeasured([
      l10n.t("at most {0} were asked for, which can't show {1}", most, worst.threshold.text),
    ])
  }
  const at = breakAt(best, found, byLoad(complete), judged.budget)
  return broken(judged, complete, { ...at, first: false, heldBefore: 0 })
}

function remarkOf({ remark }: Judged): string {
  return remark === undefined ? '' : ` ${remark}`
}

function causeText(causes: readonly Cause[]): string {
  const [likeliest] = causes
  if (likeliest === undefined) return ''
  const [label, place] = [causeLabel(likeliest.rule), `${likeliest.file}:${likeliest.line}`]
  return likeliest.confidence === 'low'
    ? ` ${l10n.t('Possible cause: {0} at {1}.', label, place)}`
    : ` ${l10n.t('Likely cause: {0} at {1}.', label, place)}`
}

function unbroken(judged: Judged, complete: readonly StepResult[]): Verdict {
  const ordered = byLoad(complete)
  const good = goodSteps(ordered, judged.budget).at(-1)
  const most = good === undefined ? 0 : loadOf(good).value
  const beyond = ordered.filter((step) => loadOf(step).value > most)
  const doubts = beyond.flatMap((step) => doubtAboutGood(step) ?? unmeasured(step, judged.budget))
  if (good === undefined) return notMeasured(doubts)
  const [threshold] = judged.budget
  const measured = threshold === undefined ? null : measure(threshold, good)
  const [load, wanted] = [loadText(good), formatBudget(judged.budget)]
  const sentence =
    threshold === undefined || measured === null
      ? l10n.t('Holds to {0}, budget {1}.', load, wanted)
      : l10n.t('Holds to {0}: {1}, budget {2}.', load, measuredText(threshold, measured), wanted)
  return {
    kind: 'holds',
    sentence: `${sentence}${remarkOf(judged)}`,
    breakingPoint: null,
    reasons: doubts.map((doubt) => l10n.t('Not measured beyond: {0}.', doubt)),
    causes: [],
  }
}

function unmeasured(step: StepResult, budget: readonly Threshold[]): string[] {
  const answers = step.requests - failedRequests(step.errors)
  return perStep(budget)
    .filter((threshold) => evaluate(threshold, step) === 'not-measured')
    .map((threshold) =>
      l10n.t(
        '{0} good answers at {1} are too few for {2}',
        formatCount(answers),
        loadText(step),
        threshold.text,
      ),
    )
}

function withoutSteps({ preflight, routeKey }: Judged): Verdict {
  if (preflight !== null && preflight.status >= 500) {
    return {
      kind: 'fails-before-load',
      sentence: l10n.t(
        'Fails before load: {0} returned {1} to a single request.',
        routeKey,
        preflight.status,
      ),
      breakingPoint: null,
      reasons: [],
      causes: [],
    }
  }
  if (preflight !== null && preflight.status >= 400) {
    return notMeasured([l10n.t('{0} returned {1} to a single request', routeKey, preflight.status)])
  }
  return notMeasured([l10n.t('no load step was run to its end')])
}

function stopped(judged: Judged, counted: readonly StepResult[], found: Break | null): Verdict {
  const cut = counted.find((step) => !step.complete)
  const when = cut === undefined ? l10n.t('Stopped.') : l10n.t('Stopped at {0}.', loadText(cut))
  const complete = counted.filter((step) => step.complete)
  if (found !== null && doubtAbout(found.bad) === null) {
    const { causes, reasons } = explanationOf(judged, complete, found.bad)
    const known = l10n.t('It had broken at {0}: {1}.', loadText(found.bad), breachText(found.found))
    return {
      kind: 'stopped',
      sentence: `${when} ${known}${remarkOf(judged)}${causeText(causes)}`,
      breakingPoint: breakingPointOf(found),
      reasons,
      causes,
    }
  }
  const good = found === null ? goodSteps(byLoad(complete), judged.budget).at(-1) : found.good
  const known = good
    ? l10n.t('Up to {0} the budget was met.', loadText(good))
    : l10n.t('Nothing was measured to its end.')
  return {
    kind: 'stopped',
    sentence: `${when} ${known}${remarkOf(judged)}`,
    breakingPoint: null,
    reasons: [],
    causes: [],
  }
}

function notMeasured(doubts: readonly string[], known: readonly string[] = []): Verdict {
  const [first = l10n.t('nothing was measured')] = doubts
  return {
    kind: 'not-measured',
    sentence: [l10n.t('Not measured: {0}.', first), ...known].join(' '),
    breakingPoint: null,
    reasons: doubts.map((doubt) => `${capitalized(doubt)}.`),
    causes: [],
  }
}

function capitalized(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
}
