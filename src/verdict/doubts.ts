import { formatPercent } from '../model/format.ts'
import type { StepResult } from '../model/run.ts'
import { usersText } from './sentences.ts'

/** The generator's own event loop is the bottleneck above this share. */
const saturatedUtilization = 0.9
const most = 0.5

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
  if (step.requests === 0) return `there was not one answer at ${usersText(step.users)}`
  return wrongAnswers(step) ?? ownLimits(step)
}

function wrongAnswers(step: StepResult): string | null {
  for (const [status, count] of Object.entries(step.statuses)) {
    const share = count / step.requests
    if (share < most) continue
    const many = share === 1 ? 'All answers' : `${formatPercent(share)} of answers`
    const what = notTheEndpoint[status]
    if (what !== undefined) return `${many} were ${status}, so this measures ${what}`
    if (isRedirect(status)) return `${many} were ${status}, and redirects are not followed`
  }
  return null
}

function isRedirect(status: string): boolean {
  return status.startsWith('3') && status !== '304'
}

function ownLimits(step: StepResult): string | null {
  const exhausted = step.samples.find((sample) => /\b(EMFILE|ENFILE|EADDRNOTAVAIL)\b/.test(sample.message))
  if (exhausted !== undefined) {
    return `this machine ran out of connections or files at ${usersText(step.users)} (${exhausted.message})`
  }
  if (step.generatorUtilization > saturatedUtilization) {
    return `Headroom's own CPU hit its limit at ${usersText(step.users)}. The server may go higher`
  }
  return null
}
