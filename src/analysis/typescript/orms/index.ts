import { knex } from './knex.ts'
import type { Orm } from './orm.ts'

/** All data access libraries whose queries are recognised. */
export const orms = [knex] as const satisfies readonly Orm[]
