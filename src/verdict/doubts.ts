import { formatMicros, formatPercent } from '../model/format.ts'
import { loadText } from '../model/load-level.ts'
import type { StepResult } from '../model/run.ts'
import { sentOfOffered } from './breach.ts'
import { isGeneratorsFault, isSaturated, lateArrivals, unsentShare } from './generator.ts'

const most = 0.5
/** More arrivals than these must have been sent for a load to count as offered. */
const mostUnsent = 0.01
/** Latency from the intended start includes how late an arrival was noticed; up to this share that changes nothing. */
const harmlessLagShare = 0.1

/** What a status measures when most answers have it. */
const notTheEndpoint: Readonly<Record<string, string>> = {
  401: 'your auth check',
  403: 'your auth check',
  404: 'your "not found" answer',
  429: 'your rate limiter',
}

/**
 * Why a step says nothing about the endpoint, as a sentence without full stop and without "Not measured"; null where
 * nothing speaks against it.
 */
export function doubtAbout(step: StepResult): string | null {
  return doubtAboutGood(step) ?? lateness(step) ?? saturation(step)
}

/**
 * Why a step that met the budget says nothing all the same. A busy or late generator only makes latencies longer, so a
 * step that is good in spite of it is good, if its load was sent.
 */
export function doubtAboutGood(step: StepResult): string | null {
  if (step.requests === 0) return `there was not one answer at ${loadText(step)}`
  return restart(step) ?? wrongAnswers(step) ?? exhaustion(step) ?? shortfall(step)
}

function restart(step: StepResult): string | null {
  if (step.serverRestarted !== true) return null
  return `the server restarted in the middle of the step at ${loadText(step)}: the port has another owner`
}

function wrongAnswers(step: StepResult): string | null {
  const redirected = step.errors.redirect / step.requests
  if (redirected >= most) {
    const sample = step.samples.find(({ kind }) => kind === 'redirect')
    const answers = manyAnswers(redirected)
    return sample === undefined
      ? l10n.t('{0} were redirects that could not be followed', answers)
      : l10n.t('{0} were redirects that could not be followed ({1})', answers, sample.message)
  }
  for (const [status, count] of Object.entries(step.statuses)) {
    const share = count / step.requests
    if (share < most || isExpected(status, step)) continue
    const what = notTheEndpoint[status]
    if (what !== undefined) return `${manyAnswers(share)} were ${status}, so this measures ${what}`
    if (isRedirect(status)) return `${manyAnswers(share)} were ${status}, redirects that lead nowhere`
  }
  return null
}

/** Where an answer of 401 is what is tested, it is none of the errors. */
function isExpected(status: string, { errors }: StepResult): boolean {
  return status.startsWith('4') && errors['status-4xx'] + errors['wrong-body'] === 0
}

function manyAnswers(share: number): string {
  return share >= 1 ? 'All answers' : `${formatPercent(share)} of answers`
}

function isRedirect(status: string): boolean {
  return status.startsWith('3') && status !== '304'
}

function exhaustion(step: StepResult): string | null {
  const exhausted = step.samples.find((sample) => /\b(EMFILE|ENFILE|EADDRNOTAVAIL)\b/.test(sample.message))
  if (exhausted === undefined) return null
  return `this machine ran out of connections or files at ${loadText(step)} (${exhausted.message})`
}

function shortfall(step: StepResult): string | null {
  if (unsentShare(step) <= mostUnsent || !isGeneratorsFault(step)) return null
  const late = lateArrivals(step)
  const why = late === null ? 'its CPU hit its limit' : `it noticed arrivals ${formatMicros(late)} late`
  return `only ${sentOfOffered(step)} could be sent by Headroom itself (${why}). The server may go higher`
}

function lateness(step: StepResult): string | null {
  const late = lateArrivals(step)
  if (late === null || late < (step.latencyMicros.p95 ?? 0) * harmlessLagShare) return null
  return `Headroom noticed arrivals ${formatMicros(late)} late at ${loadText(step)}, which its latencies include`
}

function saturation(step: StepResult): string | null {
  if (!isSaturated(step)) return null
  return `Headroom's own CPU hit its limit at ${loadText(step)}. The server may go higher`
}
