import { asyncForeach } from './async-foreach.ts'
import { blockingCall } from './blocking-call.ts'
import { clientPerModule } from './client-per-module.ts'
import { inMemoryState } from './in-memory-state.ts'
import { missingAwait } from './missing-await.ts'
import { missingGracefulShutdown } from './missing-graceful-shutdown.ts'
import { missingIdempotency } from './missing-idempotency.ts'
import { missingTimeout } from './missing-timeout.ts'
import { missingValidation } from './missing-validation.ts'
import { responseDoubleSend } from './response-double-send.ts'
import { responseHang } from './response-hang.ts'
import { swallowedError } from './swallowed-error.ts'
import { unboundedFanout } from './unbounded-fanout.ts'
import { unhandledAsync } from './unhandled-async.ts'
import { checkThenAct } from './check-then-act.ts'
import { countByLoading } from './count-by-loading.ts'
import { filterInMemory } from './filter-in-memory.ts'
import { ioInTransaction } from './io-in-transaction.ts'
import { limitOverJoin } from './limit-over-join.ts'
import { lostUpdate } from './lost-update.ts'
import { missingIndex } from './missing-index.ts'
import { multiWriteWithoutTransaction } from './multi-write-without-transaction.ts'
import { overfetch } from './overfetch.ts'
import { repeatedQuery } from './repeated-query.ts'
import { sequentialAwaits } from './sequential-awaits.ts'
import { uncappedPageSize } from './uncapped-page-size.ts'
import { unindexableSearch } from './unindexable-search.ts'
import { unstablePageOrder } from './unstable-page-order.ts'
import { unusedQueryResult } from './unused-query-result.ts'
import { writeInLoop } from './write-in-loop.ts'
import { writeOnGet } from './write-on-get.ts'
import { nPlusOne } from './n-plus-one.ts'
import { cache } from './cache.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { idempotencyKey } from './idempotency-key.ts'
import { missingRetry } from './missing-retry.ts'
import { rateLimit } from './rate-limit.ts'
import { structuredLogs } from './structured-logs.ts'
import type { Rule } from './rule.ts'
import { unboundedResultSet } from './unbounded-result-set.ts'

/** All rules, in the order in which they are listed. */
export const rules = [
  asyncForeach,
  blockingCall,
  clientPerModule,
  inMemoryState,
  missingAwait,
  missingGracefulShutdown,
  missingIdempotency,
  missingTimeout,
  missingValidation,
  responseDoubleSend,
  responseHang,
  swallowedError,
  unboundedFanout,
  unhandledAsync,
  checkThenAct,
  countByLoading,
  filterInMemory,
  ioInTransaction,
  limitOverJoin,
  lostUpdate,
  missingIndex,
  multiWriteWithoutTransaction,
  overfetch,
  repeatedQuery,
  sequentialAwaits,
  uncappedPageSize,
  unindexableSearch,
  unstablePageOrder,
  unusedQueryResult,
  writeInLoop,
  writeOnGet,
  nPlusOne,
  unboundedResultSet,
  missingRetry,
  cache,
  rateLimit,
  structuredLogs,
  circuitBreaker,
  idempotencyKey,
] as const satisfies readonly Rule[]
