import * as l10n from '@vscode/l10n'
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
  401: l10n.t('your auth check'),
  403: l10n.t('your auth check'),
  404: l10n.t('your "not found" answer'),
  429: l10n.t('your rate limiter'),
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
  if (step.requests === 0) return l10n.t('there was not one answer at {0}', loadText(step))
  return restart(step) ?? wrongAnswers(step) ?? exhaustion(step) ?? shortfall(step)
}

function restart(step: StepResult): string | null {
  if (step.serverRestarted !== true) return null
  return l10n.t(
    'the server restarted in the middle of the step at {0}: the port has another owner',
    loadText(step),
  )
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
    if (what !== undefined)
      return l10n.t('{0} were {1}, so this measures {2}', manyAnswers(share), status, what)
    if (isRedirect(status))
      return l10n.t('{0} were {1}, redirects that lead nowhere', manyAnswers(share), status)
  }
  return null
}

/** Where an answer of 401 is what is tested, it is none of the errors. */
function isExpected(status: string, { errors }: StepResult): boolean {
  return status.startsWith('4') && errors['status-4xx'] + errors['wrong-body'] === 0
}

function manyAnswers(share: number): string {
  return share >= 1 ? l10n.t('All answers') : l10n.t('{0} of answers', formatPercent(share))
}

function isRedirect(status: string): boolean {
  return status.startsWith('3') && status !== '304'
}

function exhaustion(step: StepResult): string | null {
  const exhausted = step.samples.find((sample) => /\b(EMFILE|ENFILE|EADDRNOTAVAIL)\b/.test(sample.message))
  if (exhausted === undefined) return null
  return l10n.t(
    'this machine ran out of connections or files at {0} ({1})',
    loadText(step),
    exhausted.message,
  )
}

function shortfall(step: StepResult): string | null {
  if (unsentShare(step) <= mostUnsent || !isGeneratorsFault(step)) return null
  const late = lateArrivals(step)
  const why =
    late === null
      ? l10n.t('its CPU hit its limit')
      : l10n.t('it noticed arrivals {0} late', formatMicros(late))
  return l10n.t(
    'only {0} could be sent by Headroom itself ({1}). The server may go higher',
    sentOfOffered(step),
    why,
  )
}

function lateness(step: StepResult): string | null {
  const late = lateArrivals(step)
  if (late === null || late < (step.latencyMicros.p95 ?? 0) * harmlessLagShare) return null
  return l10n.t(
    'Headroom noticed arrivals {0} late at {1}, which its latencies include',
    formatMicros(late),
    loadText(step),
  )
}

function saturation(step: StepResult): string | null {
  if (!isSaturated(step)) return null
  return l10n.t("Headroom's own CPU hit its limit at {0}. The server may go higher", loadText(step))
}
