import * as l10n from '@vscode/l10n'
import { loadOf, loadText } from '../../model/load-level.ts'
import { countedSteps } from '../../model/measure.ts'
import { errorKinds, type ErrorKind, type StepResult } from '../../model/run.ts'

/** What a kind of failure is called. */
export function errorTitle(kind: ErrorKind): string {
  const titles: Readonly<Record<ErrorKind, () => string>> = {
    refused: () => l10n.t('Connection refused'),
    reset: () => l10n.t('Connection reset'),
    timeout: () => l10n.t('No answer in time'),
    'status-4xx': () => l10n.t('Answered 4xx'),
    'status-5xx': () => l10n.t('Answered 5xx'),
    'wrong-body': () => l10n.t('Wrong body'),
    'wrong-rows': () => l10n.t('Wrong rows'),
    redirect: () => l10n.t('Redirected elsewhere'),
    cancelled: () => l10n.t('Cancelled by Stop'),
  }
  return titles[kind]()
}

export interface ErrorGroup {
  readonly kind: ErrorKind
  readonly title: string
  readonly count: number
  /** Of all requests; 0..1. */
  readonly share: number
  /** The lowest load at which it happened; empty where it was in none of them. */
  readonly firstAt: string
  /** The first such answer, as it was: `503 Service Unavailable`. Null where none was kept. */
  readonly sample: string | null
}

function countOf(steps: readonly StepResult[], kind: ErrorKind): number {
  return steps.reduce((sum, step) => sum + step.errors[kind], 0)
}

function sampleOf(steps: readonly StepResult[], kind: ErrorKind): string | null {
  const sample = steps.flatMap((step) => step.samples).find((candidate) => candidate.kind === kind)
  if (sample === undefined) return null
  const { status, message } = sample
  return status === null || message.includes(String(status)) ? message : `${status} ${message}`.trim()
}

/** Failed requests grouped by kind, most first: those of the steps that count, or of the warm-up where there is no other step. */
export function errorGroups(measured: readonly StepResult[]): ErrorGroup[] {
  const counted = countedSteps(measured).toSorted((one, other) => loadOf(one).value - loadOf(other).value)
  const steps = counted.length === 0 ? measured : counted
  const requests = steps.reduce((sum, step) => sum + step.requests, 0)
  const groups = errorKinds.map((kind): ErrorGroup => {
    const count = countOf(steps, kind)
    const first = counted.find((step) => step.errors[kind] > 0)
    return {
      kind,
      title: errorTitle(kind),
      count,
      share: requests === 0 ? 0 : count / requests,
      firstAt: first === undefined ? '' : loadText(first),
      sample: sampleOf(steps, kind),
    }
  })
  return groups.filter((group) => group.count > 0).toSorted((one, other) => other.count - one.count)
}
