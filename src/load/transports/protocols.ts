import type { Transport } from '../../model/load-plan.ts'
import { openHttp1 } from './http1.ts'
import { openHttp2 } from './http2.ts'
import type { OpenConnection } from './transport.ts'

/** How requests travel, by the plan's name for it. */
export const transports = {
  http1: openHttp1,
  http2: openHttp2,
} as const satisfies Record<Transport['protocol'], OpenConnection>
