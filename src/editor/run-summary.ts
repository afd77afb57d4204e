import * as l10n from '@vscode/l10n'
import type { Finding } from '../model/finding.ts'
import { formatMicros } from '../model/format.ts'
import { representativeStep, shortLevel } from '../model/headline.ts'
import type { Run } from '../model/run.ts'
import type { Cause } from '../model/verdict.ts'

/** The numbers of a run in the fewest words: `p95 1.2 s @ 50 · breaks at 120`. */
export function summarizeRun(run: Run): string {
  const { kind, breakingPoint } = run.verdict
  if (kind === 'not-measured') return l10n.t('not measured')
  if (kind === 'fails-before-load') return l10n.t('fails before load')
  const step = representativeStep(run)
  const latency = step === null ? [] : [`p95 ${formatMicros(step.latencyMicros.p95)} @ ${shortLevel(step)}`]
  const end =
    kind === 'breaks' && breakingPoint !== null
      ? l10n.t('breaks at {0}', shortLevel(breakingPoint))
      : kind === 'holds'
        ? l10n.t('holds')
        : l10n.t('stopped')
  return [...latency, end].join(' · ')
}

/**
 * The cause by which a run confirms a finding: same rule, same place, and more than a guess. Null where the run doesn't
 * speak of it.
 */
export function confirmingCause(finding: Finding, run: Run): Cause | null {
  const { rule, file, line, routes } = finding
  const confirms = (cause: Cause): boolean =>
    cause.confidence !== 'low' && cause.rule === rule && cause.file === file && cause.line === line
  return routes.includes(run.route) ? (run.verdict.causes.find(confirms) ?? null) : null
}
