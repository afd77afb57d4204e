import { betterSqlite3 } from './better-sqlite3.ts'
import { drizzle } from './drizzle.ts'
import { knex } from './knex.ts'
import { kysely } from './kysely.ts'
import { mongoose } from './mongoose.ts'
import { mysql2 } from './mysql2.ts'
import { nodeSqlite } from './node-sqlite.ts'
import { objection } from './objection.ts'
import type { Orm } from './orm.ts'
import { pg } from './pg.ts'
import { postgresJs } from './postgres-js.ts'
import { prisma } from './prisma.ts'
import { sqlite3 } from './sqlite3.ts'
import { typeorm } from './typeorm.ts'
import { sequelize } from './sequelize.ts'
import { mikroOrm } from './mikro-orm.ts'

/** All data access libraries whose queries are recognised. */
export const orms = [
  knex,
  pg,
  postgresJs,
  mysql2,
  kysely,
  mongoose,
  objection,
  betterSqlite3,
  nodeSqlite,
  sqlite3,
  prisma,
  drizzle,
  typeorm,
  sequelize,
  mikroOrm,
] as const satisfies readonly Orm[]
