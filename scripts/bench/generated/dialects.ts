import { drizzle, knex, prisma } from './builder-dialects.ts'
import type { Dialect } from './dialect.ts'
import { mongoose, sequelize, typeorm } from './model-dialects.ts'
import { at, type Resource } from './resource.ts'

/** Every ORM of the generated application; resources take turns. */
export const dialects: readonly Dialect[] = [prisma, knex, drizzle, typeorm, sequelize, mongoose]

/** The ORM that a resource's rows are read with. */
export function dialectOf({ index }: Resource): Dialect {
  return at(dialects, index)
}
