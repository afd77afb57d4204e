import * as l10n from '@vscode/l10n'
import { formatCount, formatMicros, formatPercent, formatRateFigure } from '../../model/format.ts'
import type { Answer, ErrorKind } from '../../model/run.ts'
import type { FixCheck } from '../../model/verification.ts'
import { compareAnswers, isSameContract, type ContractDifference } from '../../verdict/answer-contract.ts'
import { judgeErrors, judgeTurns, type TurnFigures, type TurnPair } from '../../verdict/interleaved.ts'
import { check, oneLine } from './code.ts'

const mostPaths = 4

/** Whether clients get the same as before; `declared` says that the change of what they get is meant. */
export function contractCheck(
  before: readonly (readonly Answer[])[],
  after: readonly (readonly Answer[])[],
  declared: boolean,
): FixCheck {
  const asked = before[0]?.length ?? 0
  if (asked === 0 || after.length === 0) return unmeasured('contract', l10n.t('no answers to compare'))
  const difference = compareAnswers(before, after)
  if (isSameContract(difference)) {
    const message = l10n.t('the answers to {0} requests have the same status, keys, types and rows', asked)
    return check('contract', 'passed', message)
  }
  const fails = difference.statuses.some((change) => !/→ [23]/.test(change))
  // A fix may say that it leaves rows out; that requests fail now is never meant.
  if (declared && !fails) {
    return check('contract', 'declared', l10n.t('changed, as declared: {0}', differenceText(difference)))
  }
  return check('contract', 'failed', l10n.t('changed: {0}', differenceText(difference)))
}

function differenceText({ statuses, gone, added, retyped, rows }: ContractDifference): string {
  const parts = [
    ...(statuses.length === 0 ? [] : [l10n.t('status {0}', statuses.slice(0, mostPaths).join(', '))]),
    ...(rows === null ? [] : [rowsText(rows)]),
    ...(gone.length === 0 ? [] : [l10n.t('without {0}', pathsText(gone))]),
    ...(added.length === 0 ? [] : [l10n.t('with {0}', pathsText(added))]),
    ...(retyped.length === 0 ? [] : [l10n.t('another type at {0}', pathsText(retyped))]),
  ]
  return parts.join('; ')
}

function rowsText({ before, after }: { readonly before: number; readonly after: number }): string {
  const [earlier, later] = [formatCount(before), formatCount(after)]
  return after < before
    ? l10n.t('fewer rows, {0} → {1}', earlier, later)
    : l10n.t('more rows, {0} → {1}', earlier, later)
}

function pathsText(paths: readonly string[]): string {
  const shown = paths.slice(0, mostPaths).map(oneLine)
  const more = paths.length - shown.length
  return more > 0 ? l10n.t('{0} and {1} more', shown.join(', '), more) : shown.join(', ')
}

/** Whether the code after fails where the code before didn't. */
export function errorsCheck(pairs: readonly TurnPair[]): FixCheck {
  const { kinds, isMore, before, after } = judgeErrors(pairs)
  const shares = l10n.t(
    '{0} of requests failed before, {1} after',
    formatPercent(before),
    formatPercent(after),
  )
  if (kinds.length > 0) {
    const names = kinds.map((kind) => errorName(kind)).join(', ')
    return check('no-new-errors', 'failed', l10n.t('new errors: {0}; {1}', names, shares))
  }
  return check('no-new-errors', isMore ? 'failed' : 'passed', shares)
}

function errorName(kind: ErrorKind): string {
  return kind.replace('status-', 'HTTP ').replace('-', ' ')
}

/** Whether the same load is served better beyond noise, with the figures. */
export function fasterCheck(pairs: readonly TurnPair[], users: number): FixCheck {
  const { judgement, untold, undecided, p95Micros, perSecond } = judgeTurns(pairs)
  const load = users === 1 ? l10n.t('1 user') : l10n.t('{0} users', formatCount(users))
  const figures = [
    figuresText('p95', p95Micros, formatMicros),
    figuresText(l10n.t('requests/s'), perSecond, formatRateFigure),
    queriesText(pairs),
  ].filter((text) => text !== null)
  const measured = l10n.t('{0} at {1}, {2} turns each', figures.join(', '), load, pairs.length)
  if (judgement === null) return unmeasured('faster', untold ?? l10n.t('too few good answers'))
  if (judgement === 'better') return check('faster', 'passed', l10n.t('{0}: better beyond noise', measured))
  if (undecided) {
    const reason = l10n.t(
      '{0}: a difference, but none beyond noise. More rows (headroom seed), users or seconds can tell',
      measured,
    )
    return unmeasured('faster', reason)
  }
  return check(
    'faster',
    'failed',
    judgement === 'worse'
      ? l10n.t('{0}: worse', measured)
      : l10n.t('{0}: no difference beyond noise', measured),
  )
}

function figuresText(
  name: string,
  figures: TurnFigures | null,
  format: (value: number) => string,
): string | null {
  return figures === null ? null : `${name} ${format(figures.before)} → ${format(figures.after)}`
}

/** Null where queries can't be counted. */
function queriesText(pairs: readonly TurnPair[]): string | null {
  const [before, after] = [
    pairs.flatMap((pair) => pair.before.server.queriesPerRequest ?? []),
    pairs.flatMap((pair) => pair.after.server.queriesPerRequest ?? []),
  ].map((values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)])
  if (before === undefined || after === undefined) return null
  return l10n.t('queries a request {0} → {1}', formatRateFigure(before), formatRateFigure(after))
}

export function unmeasured(id: FixCheck['id'], reason: string): FixCheck {
  return check(id, 'not-measured', l10n.t('not measured: {0}', reason.replace(/\.$/, '')))
}
