import type { Dialect } from './dialect.ts'
import { type Column, forColumns, parentOf } from './resource.ts'

const sqlKinds: Readonly<Record<Column['kind'], string>> = {
  string: 'text',
  number: 'integer',
  boolean: 'boolean',
  Date: 'timestamp',
}

/** Prisma's client; its schema is in prisma/schema.prisma. */
export const prisma: Dialect = {
  id: 'prisma',
  packages: ['@prisma/client'],
  connection: `import { PrismaClient } from '@prisma/client'

export const prisma = new PrismaClient({ log: ['warn', 'error'] })

export async function disconnect(): Promise<void> {
  await prisma.$disconnect()
}
`,
  model: (resource) => `import type { Prisma } from '@prisma/client'

export const ${resource.name}Select = {
  id: true,
  parentId: true,
  createdAt: true,
${forColumns(resource, ({ name }) => `  ${name}: true,`)}
} satisfies Prisma.${resource.type}Select

export type ${resource.type}Row = Prisma.${resource.type}GetPayload<{ select: typeof ${resource.name}Select }>

export const ${resource.name}Defaults = {
${forColumns(resource, ({ name, kind }) => `  ${name}: ${{ string: "''", number: '0', boolean: 'false', Date: 'new Date(0)' }[kind]},`)}
}
`,
  imports: () => `import { prisma } from '../../../db/prisma'`,
  all: ({ name }) => `prisma.${name}.findMany({ orderBy: { createdAt: 'desc' } })`,
  page: ({ name }) =>
    `prisma.${name}.findMany({ orderBy: { id: 'desc' }, skip: (page - 1) * pageSize, take: pageSize })`,
  one: ({ name }) => `prisma.${name}.findUnique({ where: { id } })`,
  many: ({ name }) => `prisma.${name}.findMany({ where: { id: { in: ids } } })`,
  ofParent: ({ name }) => `prisma.${name}.findMany({ where: { parentId } })`,
  create: ({ name }) => `prisma.${name}.create({ data: input })`,
  update: ({ name }) => `prisma.${name}.update({ where: { id }, data: input })`,
  remove: ({ name }) => `prisma.${name}.delete({ where: { id } })`,
  count: ({ name }) => `prisma.${name}.count()`,
}

/** Knex over PostgreSQL. */
export const knex: Dialect = {
  id: 'knex',
  packages: ['knex', 'pg'],
  connection: `import knex from 'knex'

export const db = knex({
  client: 'pg',
  connection: process.env.DATABASE_URL,
  pool: { min: 2, max: 10 },
})
`,
  model: (resource) => `export const ${resource.name}Table = '${resource.table}'

export interface ${resource.type}Row {
  id: number
  parent_id: number
  created_at: Date
${forColumns(resource, ({ column, kind }) => `  ${column}: ${kind}`)}
}

export const ${resource.name}Columns: readonly (keyof ${resource.type}Row)[] = [
  'id',
  'parent_id',
  'created_at',
${forColumns(resource, ({ column }) => `  '${column}',`)}
]
`,
  imports: () => `import { db } from '../../../db/knex'`,
  all: ({ table }) => `db('${table}').select('*').orderBy('created_at', 'desc')`,
  page: ({ table }) => `db('${table}').orderBy('id', 'desc').limit(pageSize).offset((page - 1) * pageSize)`,
  one: ({ table }) => `db('${table}').where({ id }).first()`,
  many: ({ table }) => `db('${table}').whereIn('id', ids)`,
  ofParent: ({ table }) => `db('${table}').where('parent_id', parentId)`,
  create: ({ table }) => `db('${table}').insert(input).returning('*')`,
  update: ({ table }) => `db('${table}').where({ id }).update(input).returning('*')`,
  remove: ({ table }) => `db('${table}').where({ id }).delete()`,
  count: ({ table }) => `db('${table}').count({ total: '*' }).first()`,
}

/** Drizzle over PostgreSQL. */
export const drizzle: Dialect = {
  id: 'drizzle',
  packages: ['drizzle-orm', 'pg'],
  connection: `import { drizzle } from 'drizzle-orm/node-postgres'
import { Pool } from 'pg'

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 })

export const database = drizzle(pool)
`,
  model: (
    resource,
  ) => `import { boolean, index, integer, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core'
import { relations } from 'drizzle-orm'
import { ${parentOf(resource).name}Reference } from '../../${parentOf(resource).area}/${parentOf(resource).noun}/${parentOf(resource).noun}.types'

export const ${resource.name}Table = pgTable(
  '${resource.table}',
  {
    id: serial('id').primaryKey(),
    parentId: integer('parent_id').notNull(),
    createdAt: timestamp('created_at').notNull().defaultNow(),
${forColumns(resource, ({ name, column, kind }) => `    ${name}: ${sqlKinds[kind]}('${column}').notNull(),`)}
  },
  (table) => [index('${resource.table}_parent').on(table.parentId)],
)

export const ${resource.name}Relations = relations(${resource.name}Table, () => ({}))
export type ${resource.type}Row = typeof ${resource.name}Table.$inferSelect
export type ${resource.type}Parent = typeof ${parentOf(resource).name}Reference
`,
  imports: ({ name, noun }) => `import { desc, eq, inArray, count as countRows } from 'drizzle-orm'
import { database } from '../../../db/drizzle'
import { ${name}Table } from './${noun}.model'`,
  all: ({ name }) => `database.select().from(${name}Table).orderBy(desc(${name}Table.createdAt))`,
  page: ({ name }) =>
    `database.select().from(${name}Table).orderBy(desc(${name}Table.id)).limit(pageSize).offset((page - 1) * pageSize)`,
  one: ({ name }) => `database.select().from(${name}Table).where(eq(${name}Table.id, id)).limit(1)`,
  many: ({ name }) => `database.select().from(${name}Table).where(inArray(${name}Table.id, ids))`,
  ofParent: ({ name }) => `database.select().from(${name}Table).where(eq(${name}Table.parentId, parentId))`,
  create: ({ name }) => `database.insert(${name}Table).values(input).returning()`,
  update: ({ name }) => `database.update(${name}Table).set(input).where(eq(${name}Table.id, id)).returning()`,
  remove: ({ name }) => `database.delete(${name}Table).where(eq(${name}Table.id, id))`,
  count: ({ name }) => `database.select({ total: countRows() }).from(${name}Table)`,
}
