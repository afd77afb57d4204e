import type { LatencyMetric } from '../../model/budget.ts'
import { formatBytes, formatCount, formatMicros, formatPercent, formatRate } from '../../model/format.ts'
import { loadOf, loadText } from '../../model/load-level.ts'
import type { LoadPlan } from '../../model/load-plan.ts'
import {
  type Conditions,
  errorKinds,
  type ErrorKind,
  failedRequests,
  type Preflight,
  type Run,
  type StepResult,
} from '../../model/run.ts'
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
  if (index > 0) return 'Also possible'
  return cause.confidence === 'low' ? 'Possible cause' : 'Likely cause'
}

/** A cause as one paragraph: how sure, what, where, and what speaks for it. */
export function causeSentence(cause: Cause, index: number): string {
  const evidence = cause.evidence.length === 0 ? '' : ` Evidence: ${cause.evidence.join('; ')}.`
  return `${causeTitle(cause, index)} (${cause.confidence} confidence): ${withoutFullStop(cause.message)} at ${causePlace(cause)}.${evidence}`
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
  const place = said ? '' : ` ${causeTitle(cause, 0)}: ${cause.rule} at ${causePlace(cause)}.`
  return `Before: ${verdict.sentence}${place}`
}

/** A sentence without the full stop at its end, to be carried on. */
function withoutFullStop(sentence: string): string {
  return sentence.endsWith('.') ? sentence.slice(0, -1) : sentence
}

function atStep(step: StepResult, metric: LatencyMetric, when = `At ${loadText(step)}`): string {
  const rate = formatRate(step.achievedRate)
  const answered = step.rate === undefined ? ` at ${rate}` : `, and ${rate} were answered`
  return `${when} ${metric} was ${formatMicros(step.latencyMicros[metric])}${answered}.`
}

function failures(steps: readonly StepResult[]): string {
  const requests = steps.reduce((sum, step) => sum + step.requests, 0)
  const failed = steps.reduce((sum, step) => sum + failedRequests(step.errors), 0)
  if (requests === 0) return 'No request was answered.'
  if (failed === 0) return `None of ${formatCount(requests)} requests failed.`
  return `${formatCount(failed)} of ${formatCount(requests)} requests failed (${formatPercent(failed / requests)}).`
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
  if (last !== first) parts.push(isHeld ? atStep(last, metric, 'At the end') : atStep(last, metric))
  parts.push(failures(counted))
  const cause = verdict?.causes[0]
  if (cause !== undefined) parts.push(causeSentence(cause, 0))
  return parts.join(' ')
}

const errorTitles: Readonly<Record<ErrorKind, string>> = {
  refused: 'Connection refused',
  reset: 'Connection reset',
  timeout: 'No answer in time',
  'status-4xx': 'Answered 4xx',
  'status-5xx': 'Answered 5xx',
  'wrong-body': 'Wrong body',
  'wrong-rows': 'Wrong rows',
  redirect: 'Redirected elsewhere',
  cancelled: 'Cancelled by Stop',
}

export interface ErrorGroup {
  readonly kind: ErrorKind
  readonly title: string
  readonly count: number
  /** The first such answer, as it was: `503 Service Unavailable`. Null where none was kept. */
  readonly sample: string | null
}

/** Failed requests of all steps grouped by kind, most first. */
export function errorGroups(steps: readonly StepResult[]): ErrorGroup[] {
  const groups = errorKinds.map((kind) => {
    const sample = steps.flatMap((step) => step.samples).find((candidate) => candidate.kind === kind)
    const status = sample?.status === null || sample === undefined ? '' : `${sample.status} `
    return {
      kind,
      title: errorTitles[kind],
      count: steps.reduce((sum, step) => sum + step.errors[kind], 0),
      sample: sample === undefined ? null : `${status}${sample.message}`.trim(),
    }
  })
  return groups.filter((group) => group.count > 0).toSorted((one, other) => other.count - one.count)
}

/** One request alone, before the load, in a sentence: `One request alone: 200 in 12 ms, 50 rows, 4.1 kB.` */
export function preflightSentence({ status, latencyMicros, rows, bytes }: Preflight): string {
  const counted = rows === null ? '' : `, ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`
  return `One request alone: ${status} in ${formatMicros(latencyMicros)}${counted}, ${formatBytes(bytes)}.`
}

/** How users went about it, where they did more than ask for the endpoint again and again on one connection. */
function mannerRows({ flows = [], thinkTime, transport }: LoadPlan): [term: string, text: string][] {
  const rows: [string, string][] = []
  if (flows.length > 1 || flows.some(({ requests }) => requests.length > 1)) {
    const texts = flows.map(({ name, weight, requests }) => {
      const share = flows.length > 1 ? ` (weight ${weight})` : ''
      return `${name}${share}: ${requests.map(({ method, path }) => `${method} ${path}`).join(', ')}`
    })
    rows.push(['Flows', texts.join('; ')])
  }
  if (thinkTime !== undefined) {
    const times = [...new Set([thinkTime.minMillis, thinkTime.maxMillis])]
    rows.push(['Think time', times.map((millis) => formatMicros(millis * 1000)).join(' to ')])
  }
  if (transport?.protocol === 'http2') rows.push(['Protocol', 'HTTP/2'])
  if (transport?.connection === 'new') rows.push(['Connections', 'a new one for each request'])
  return rows
}

/** What a reader must know to repeat or to doubt the run, as pairs of a term and its text. */
export function conditionRows(
  plan: LoadPlan,
  conditions: Conditions,
  preflight: Preflight | null,
): [term: string, text: string][] {
  const warmUp = plan.steps.find((step) => step.phase === 'warm-up')
  const ramp = plan.steps.filter((step) => step.phase === 'ramp')
  const levels = [...new Set(ramp.map((step) => formatCount(loadOf(step).value)))]
  const unit =
    plan.volume === undefined
      ? plan.model === 'open'
        ? 'requests/s'
        : 'users'
      : `rows of ${plan.volume.table}`
  const held = ramp.length > levels.length ? `, in ${ramp.length} parts` : ''
  const rows = Object.entries(conditions.rows).map(([table, count]) => `${table} ${formatCount(count)}`)
  return [
    ['Load model', conditions.loadModel],
    ['Target', `${plan.request.method} ${plan.request.path} on ${plan.baseUrl}`],
    ['Profile', `${plan.profile}: ${levels.join(', ')} ${unit}${held}`],
    ...mannerRows(plan),
    [
      'Warm-up',
      warmUp === undefined
        ? 'none'
        : `${warmUp.durationSeconds} s with ${loadText(warmUp)}, left out of the results`,
    ],
    ['Budget', plan.budget.map((threshold) => threshold.text).join(', ') || 'none'],
    [
      'Parameters',
      Object.entries(plan.request.parameters)
        .map(
          ([name, values]) => `:${name} from ${values.source} (${formatCount(values.values.length)} values)`,
        )
        .join('; ') || 'none',
    ],
    [
      plan.volume === undefined ? 'Rows in the database' : 'Rows before it grew',
      rows.length === 0 ? 'not measured' : rows.join(', '),
    ],
    ['Before the load', preflight === null ? 'not measured' : preflightSentence(preflight)],
    ...(conditions.verified ?? []).map((line): [string, string] => ['Rows in answers', line]),
    ['Latency', 'of good answers only; failures are counted apart'],
    [
      'Machine',
      `Node ${conditions.node.replace(/^v/, '')}, ${conditions.platform}, ${conditions.cores} cores, server and load on the same machine`,
    ],
    ['Started', conditions.startedAt],
  ]
}
