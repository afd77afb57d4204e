import { applications } from './applications.ts'
import { blockingCalls } from './blocking-calls.ts'
import { clients } from './clients.ts'
import { errors } from './errors.ts'
import { fanOuts } from './fan-outs.ts'
import { moduleState } from './module-state.ts'
import { outboundCalls } from './outbound-calls.ts'
import { pageSchemas } from './page-schemas.ts'
import { promises } from './promises.ts'
import { registrations } from './registrations.ts'
import { requestBodies } from './request-bodies.ts'
import { responses } from './responses.ts'
import { serverStarts } from './server-starts.ts'
import { unrepeatableEffects } from './unrepeatable-effects.ts'
import { idleReads } from './idle-reads.ts'
import { lostUpdates } from './lost-updates.ts'
import { races } from './races.ts'
import { separateWrites } from './separate-writes.ts'
import { sequentialReads } from './sequential-reads.ts'
import { transactionCalls } from './transaction-calls.ts'
import type { Observer } from './observer.ts'

/** All observers of what isn't a query. */
export const observers = [
  applications,
  blockingCalls,
  clients,
  errors,
  fanOuts,
  moduleState,
  outboundCalls,
  pageSchemas,
  promises,
  registrations,
  requestBodies,
  responses,
  serverStarts,
  unrepeatableEffects,
  idleReads,
  lostUpdates,
  races,
  separateWrites,
  sequentialReads,
  transactionCalls,
] as const satisfies readonly Observer[]
