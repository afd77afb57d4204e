import * as l10n from '@vscode/l10n'
import type { LatencyMetric } from '../../model/budget.ts'
import { formatBytes, formatCount, formatMicros, formatPercent, formatRate } from '../../model/format.ts'
import { levelText, loadOf, loadText } from '../../model/load-level.ts'
import type { LoadPlan } from '../../model/load-plan.ts'
import { failedRequests, type Preflight, type Run, type StepResult } from '../../model/run.ts'
import type { Cause, Verdict } from '../../model/verdict.ts'
import { countedSteps } from '../../model/measure.ts'

/** What a summary is made of; a run and a panel's snapshot both have it. */
export interface Summarised {
  readonly route: string
  readonly plan: LoadPlan | null
  readonly steps: readonly StepResult[]
  readonly verdict: Verdict | null
}

/** The latency percentile a plan's budget is about, `p95` where it names none. */
export function headlineMetric(plan: LoadPlan | null): LatencyMetric {
  for (const { metric } of plan?.budget ?? []) if (metric !== 'errors' && metric !== 'rps') return metric
  return 'p95'
}

/** `src/orders.ts:34`. */
export function causePlace(cause: Cause): string {
  return `${cause.file}:${cause.line}`
}

/** `Likely cause`, `Possible cause` where little speaks for it; those after the first are `Also possible`. */
export function causeTitle(cause: Cause, index: number): string {
  if (index > 0) return l10n.t('Also possible')
  return cause.confidence === 'low' ? l10n.t('Possible cause') : l10n.t('Likely cause')
}

/** How much speaks for a cause: `high confidence`. */
export function confidenceText({ confidence }: Cause): string {
  if (confidence === 'high') return l10n.t('high confidence')
  return confidence === 'medium' ? l10n.t('medium confidence') : l10n.t('low confidence')
}

/** A cause as one paragraph: how sure, what, where, and what speaks for it. */
export function causeSentence(cause: Cause, index: number): string {
  const evidence =
    cause.evidence.length === 0 ? '' : ` ${l10n.t('Evidence: {0}.', cause.evidence.join('; '))}`
  const title = `${causeTitle(cause, index)} (${confidenceText(cause)})`
  return `${l10n.t('{0}: {1} at {2}.', title, withoutFullStop(cause.message), causePlace(cause))}${evidence}`
}

/** A verdict's sentence in two: what was found, and, where the sentence names its likeliest cause, the words around the place. */
export interface VerdictParts {
  readonly finding: string
  readonly cause: { readonly before: string; readonly place: string; readonly after: string } | null
}

/** Splits a verdict's sentence where its cause begins; the parts put together are the sentence again. */
export function verdictParts({ sentence, causes: [cause] }: Verdict): VerdictParts {
  const place = cause === undefined ? '' : causePlace(cause)
  const at = place === '' ? -1 : sentence.indexOf(place)
  if (at < 0) return { finding: sentence, cause: null }
  const start = sentence.slice(0, at).lastIndexOf('. ') + 2
  const words = { before: sentence.slice(start, at), place, after: sentence.slice(at + place.length) }
  return start < 2 ? { finding: sentence, cause: null } : { finding: sentence.slice(0, start), cause: words }
}

/** The verdict's reasons that neither its sentence nor its likeliest cause's evidence already gives. */
export function otherReasons({ sentence, reasons, causes }: Verdict): string[] {
  const said = [sentence, ...(causes[0]?.evidence ?? [])].map(bareWords)
  return reasons.filter((reason) => !said.some((text) => text.includes(bareWords(withoutFullStop(reason)))))
}

/** A text without what may differ between two ways to say the same. */
function bareWords(text: string): string {
  return text.toLowerCase().replaceAll(':', '')
}

/** What the run before the change found, in a sentence: its verdict, and the place of its likely cause. */
export function beforeSentence(before: Pick<Run, 'verdict'>): string {
  const { verdict } = before
  const [cause] = verdict.causes
  const said = cause === undefined || verdictParts(verdict).cause !== null
  const place = said
    ? ''
    : ` ${l10n.t('{0}: {1} at {2}.', causeTitle(cause, 0), cause.rule, causePlace(cause))}`
  return `${l10n.t('Before: {0}', verdict.sentence)}${place}`
}

/** A sentence without the full stop at its end, to be carried on. */
function withoutFullStop(sentence: string): string {
  return sentence.endsWith('.') ? sentence.slice(0, -1) : sentence
}

function atStep(step: StepResult, metric: LatencyMetric, isEnd = false): string {
  const when = isEnd ? l10n.t('At the end') : l10n.t('At {0}', loadText(step))
  const [latency, rate] = [formatMicros(step.latencyMicros[metric]), formatRate(step.achievedRate)]
  return step.rate === undefined
    ? l10n.t('{0} {1} was {2} at {3}.', when, metric, latency, rate)
    : l10n.t('{0} {1} was {2}, and {3} were answered.', when, metric, latency, rate)
}

function failures(steps: readonly StepResult[]): string {
  const requests = steps.reduce((sum, step) => sum + step.requests, 0)
  const failed = steps.reduce((sum, step) => sum + failedRequests(step.errors), 0)
  if (requests === 0) return l10n.t('No request was answered.')
  if (failed === 0) return l10n.t('None of {0} requests failed.', formatCount(requests))
  const share = formatPercent(failed / requests)
  return l10n.t('{0} of {1} requests failed ({2}).', formatCount(failed), formatCount(requests), share)
}

/** The whole run in one paragraph of plain text, for people who don't see the charts. Empty before the first step. */
export function summarise({ route, plan, steps, verdict }: Summarised): string {
  const counted = countedSteps(steps).toSorted((one, other) => loadOf(one).value - loadOf(other).value)
  const first = counted[0]
  const last = counted.at(-1)
  if (first === undefined || last === undefined)
    return verdict === null ? '' : `${route}. ${verdict.sentence}`
  const metric = headlineMetric(plan)
  const parts = [`${route}.`]
  if (verdict !== null) parts.push(verdictParts(verdict).finding.trim())
  parts.push(atStep(first, metric))
  const isHeld = loadOf(first).value === loadOf(last).value
  if (last !== first) parts.push(atStep(last, metric, isHeld))
  parts.push(failures(counted))
  const cause = verdict?.causes[0]
  if (cause !== undefined) parts.push(causeSentence(cause, 0))
  return parts.join(' ')
}

/** One request alone, before the load, in a sentence: `One request alone: 200 in 12 ms, 50 rows, 4.1 kB.` */
export function preflightSentence({ status, latencyMicros, rows, bytes }: Preflight): string {
  const [time, size] = [formatMicros(latencyMicros), formatBytes(bytes)]
  if (rows === null) return l10n.t('One request alone: {0} in {1}, {2}.', status, time, size)
  const counted = levelText({ value: rows, unit: 'rows' })
  return l10n.t('One request alone: {0} in {1}, {2}, {3}.', status, time, counted, size)
}
