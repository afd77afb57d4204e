import * as l10n from '@vscode/l10n'
import { formatMicros } from '../../model/format.ts'
import { errorKinds, failedRequests, type ErrorKind, type Run } from '../../model/run.ts'
import type { FixCheck } from '../../model/verification.ts'
import { verdictOfComparison } from '../../verdict/compare.ts'
import { compare } from '../compare.ts'
import type { LoadTestOrder } from '../prepare.ts'
import { testEndpoint } from '../test-endpoint.ts'
import { check } from './code.ts'
import { unmeasured } from './words.ts'

/**
 * Measures the code that the server runs now with the plan of an earlier run, and compares the two: less certain than in turn,
 * because whatever else has changed on the machine since then counts as well. Answers can't be compared, since the earlier
 * run keeps none. Throws as `testEndpoint` does.
 */
export async function compareWithEarlier(
  order: Omit<LoadTestOrder, 'target'> & { readonly before: Run },
  signal: AbortSignal,
): Promise<readonly FixCheck[]> {
  const { before } = order
  const { budget, profile } = before.plan
  const again = {
    repeat: before.plan,
    profile,
    budget: budget.map(({ text }) => text).join(','),
    start: false,
  }
  const after = await testEndpoint({ ...order, ...again }, () => undefined, signal)
  return [
    unmeasured('contract', l10n.t('the earlier run keeps no answers')),
    errorsSince(before, after),
    fasterSince(before, after),
  ]
}

function errorsSince(before: Run, after: Run): FixCheck {
  const [earlier, later] = [kindsOf(before), kindsOf(after)]
  const added = [...later].filter((kind) => !earlier.has(kind))
  return added.length === 0
    ? check('no-new-errors', 'passed', l10n.t('no kind of error that the earlier run had not'))
    : check('no-new-errors', 'failed', l10n.t('new errors: {0}', added.join(', ')))
}

/** Kinds that made one of a hundred requests fail in some step: a single connection may break by chance. */
function kindsOf({ steps }: Run): Set<ErrorKind> {
  const often = steps.filter(({ requests, errors }) => failedRequests(errors) >= requests / 100)
  return new Set(
    errorKinds.filter((kind) => kind !== 'cancelled' && often.some(({ errors }) => errors[kind] > 0)),
  )
}

function fasterSince(before: Run, after: Run): FixCheck {
  const comparison = compare(before, after)
  const [difference] = comparison.differences
  if (!comparison.comparable) {
    return unmeasured('faster', difference ?? l10n.t('the runs do not compare'))
  }
  const p95 = comparison.deltas.find(({ name }) => name.startsWith('p95'))
  const figures =
    p95 === undefined ? '' : `${p95.name}: ${formatMicros(p95.before)} → ${formatMicros(p95.after)}`
  const judgement = verdictOfComparison(comparison)
  if (judgement === null) return unmeasured('faster', l10n.t('too few samples to tell it from noise'))
  if (judgement === 'better') {
    return check(
      'faster',
      'passed',
      l10n.t('{0}: better beyond noise, against an earlier run, not in turn', figures),
    )
  }
  return check(
    'faster',
    'failed',
    judgement === 'worse'
      ? l10n.t('{0}: worse, against an earlier run, not in turn', figures)
      : l10n.t('{0}: no difference, against an earlier run, not in turn', figures),
  )
}
