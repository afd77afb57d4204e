import type { FileEdit } from '../../../model/source.ts'
import type { Intention } from '../../intentions.ts'
import { addRetry } from './add-retry.ts'
import { addTimeout } from './add-timeout.ts'
import { addAwait } from './add-await.ts'
import { forOf } from './for-of.ts'
import { forwardErrors } from './forward-errors.ts'
import { gracefulShutdown } from './graceful-shutdown.ts'
import { promiseForm } from './promise-form.ts'
import { returnAfterResponse } from './return-after-response.ts'
import { validateBody } from './validate-body.ts'
import { addIndex } from './add-index.ts'
import { atomicUpdate } from './atomic-update.ts'
import { batch } from './batch.ts'
import { bulkWrite } from './bulk-write.ts'
import { cache } from './cache.ts'
import { capLimit } from './cap-limit.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import type { Context } from './context.ts'
import { count } from './count.ts'
import { eagerLoad } from './eager-load.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { paginate } from './paginate.ts'
import { rateLimit } from './rate-limit.ts'
import { runTogether } from './run-together.ts'
import { selectColumns } from './select-columns.ts'
import { stableOrder } from './stable-order.ts'
import { structuredLogs } from './structured-logs.ts'

/** Carries out intentions of one kind. A method, so that one of some kind can stand in a registry of all kinds. */
type Rewrite<Kind> = {
  carryOut(intention: Kind, context: Context): FileEdit[] | null
}['carryOut']

/** How each kind of intention is carried out. */
const rewrites: {
  readonly [Kind in Intention['kind']]?: Rewrite<Extract<Intention, { readonly kind: Kind }>>
} = {
  paginate,
  batch,
  'eager-load': eagerLoad,
  'bulk-write': bulkWrite,
  count,
  'select-columns': selectColumns,
  'cap-limit': capLimit,
  'stable-order': stableOrder,
  'add-index': addIndex,
  'add-timeout': addTimeout,
  'add-retry': addRetry,
  cache,
  'rate-limit': rateLimit,
  'structured-logs': structuredLogs,
  'circuit-breaker': circuitBreaker,
  'idempotency-key': idempotencyKey,
  'add-await': addAwait,
  'for-of': forOf,
  'forward-errors': forwardErrors,
  'graceful-shutdown': gracefulShutdown,
  'promise-form': promiseForm,
  'return-after-response': returnAfterResponse,
  'validate-body': validateBody,
  'run-together': runTogether,
  'atomic-update': atomicUpdate,
}

/** The edits that carry out an intention, or null where the shape of the code isn't proven. */
export function carryOut(intention: Intention, context: Context): FileEdit[] | null {
  const byKind: Partial<Readonly<Record<Intention['kind'], Rewrite<Intention>>>> = rewrites
  return byKind[intention.kind]?.(intention, context) ?? null
}
