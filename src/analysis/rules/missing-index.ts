import * as l10n from '@vscode/l10n'
import type { Column, Facts, QueryCall, Table } from '../facts.ts'
import type { Detection, Rule } from './rule.ts'

/** Libraries that make the indexes, or the migrations that do, from the schema, so that it tells all of them. */
const fromSchema = new Set(['prisma', 'drizzle', 'mongoose'])

/** A foreign key that queries filter or join by and that has no index. Reported at the table, once for all its columns. */
export const missingIndex: Rule = {
  id: 'missing-index',
  severity: 'info',
  title: 'Foreign key without an index',
  docs: {
    what:
      'Finds foreign keys that have no index although queries of routes filter by them, or load the rows that belong to ' +
      'another one through them.',
    why:
      'Without an index the database reads the whole table to find the few rows of one parent. PostgreSQL, SQLite and ' +
      'SQL Server don’t index foreign keys by themselves; MySQL’s InnoDB does.',
    fineWhen: [
      'An index, a unique constraint or the primary key starts with the column.',
      'The database indexes foreign keys by itself, or no query filters by this one.',
    ],
    fixSafety:
      'Review: the schema gets the index; the database gets it with the next migration. Every index costs a little at ' +
      'each write.',
  },
  examples: [
    {
      title: 'Express and Prisma',
      file: 'prisma/schema.prisma',
      others: {
        'app.ts': `import { PrismaClient } from '@prisma/client'
import express from 'express'

const prisma = new PrismaClient()
const app = express()

app.get('/users/:id/articles', async (req, res) => {
  const authorId = Number(req.params.id)
  res.json(await prisma.article.findMany({ where: { authorId }, orderBy: { id: 'desc' }, take: 20 }))
})
`,
      },
      before: `datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id        Int       @id @default(autoincrement())
  name      String
  email     String
  articles  Article[]
  likes     Article[] @relation("Likes")
}

model Article {
  id       Int    @id @default(autoincrement())
  title    String
  authorId Int
  author   User   @relation(fields: [authorId], references: [id])
  likedBy  User[] @relation("Likes")
}
`,
      after: `datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id        Int       @id @default(autoincrement())
  name      String
  email     String
  articles  Article[]
  likes     Article[] @relation("Likes")
}

model Article {
  id       Int    @id @default(autoincrement())
  title    String
  authorId Int
  author   User   @relation(fields: [authorId], references: [id])
  likedBy  User[] @relation("Likes")

  @@index([authorId])
}
`,
    },
  ],
  detect: (facts) =>
    facts.tables
      .filter(
        (table) =>
          table.indexesForeignKeys === false && declaresIndexes(table) && isFirst(table, facts.tables),
      )
      .flatMap((table) =>
        detectionsFor(
          table.columns.filter((column) => column.foreignKey && !isIndexed(column, table)),
          table,
          facts,
        ),
      ),
}

/** Whether a table's indexes are declared where it is; elsewhere migrations may create them unseen. */
function declaresIndexes({ orm, indexes }: Table): boolean {
  return fromSchema.has(orm) || indexes.length > 0
}

/** Of tables that several schemas declare, for several databases, the first. */
function isFirst(table: Table, tables: readonly Table[]): boolean {
  return tables.find(({ name, orm }) => name === table.name && orm === table.orm) === table
}

function isIndexed({ name }: Column, table: Table): boolean {
  return [table.primaryKey, ...table.unique, ...table.indexes].some(([first]) => first === name)
}

function detectionsFor(columns: readonly Column[], table: Table, facts: Facts): Detection[] {
  const used = columns
    .map((column) => ({ column, readers: readersBy(column, table, facts) }))
    .filter(({ readers }) => readers.length > 0)
  const [first] = used
  if (!first) return []
  const { column } = first
  const names = used.map((each) => `\`${each.column.name}\``).join(', ')
  return [
    {
      span: table.span,
      message: l10n.t(
        'Potentially slow: queries look for "{0}" rows by {1} without an index.',
        table.name,
        names,
      ),
      evidence: [...new Set(used.flatMap(({ readers }) => readers.map(({ id }) => id)))],
      fixes: [
        {
          id: 'add-index',
          title: l10n.t('Add an index on {0} (takes effect with a migration)', column.name),
          safety: 'review',
          intention: { kind: 'add-index', orm: table.orm, table: table.name, columns: [column.name] },
        },
      ],
    },
  ]
}

function readersBy(column: Column, table: Table, facts: Facts): QueryCall[] {
  return facts.queries.filter(
    (query) =>
      query.orm === table.orm &&
      (filtersBy(query, column, table) || loadsThrough(query, column, table, facts)),
  )
}

/** A read, update or delete of this table by the column, and by nothing that is unique. */
function filtersBy(query: QueryCall, column: Column, table: Table): boolean {
  if (query.table !== table.name || query.bound === 'unique-key' || isServed(query, table)) return false
  const relation = table.relations.find(({ columns }) => columns.includes(column.name))
  return query.filters.some(
    ({ column: name, match }) => match !== 'other' && (name === column.name || name === relation?.name),
  )
}

/** Whether another column of the query, a key too, leads an index: the rows found there are few already. */
function isServed({ filters }: QueryCall, table: Table): boolean {
  const leading = [...[table.primaryKey, ...table.unique].map(([first]) => first), ...indexedKeys(table)]
  return filters.some(({ column, match }) => match !== 'other' && leading.includes(column))
}

function indexedKeys({ columns, indexes }: Table): string[] {
  const keys = columns.filter(({ foreignKey }) => foreignKey).map(({ name }) => name)
  return indexes.flatMap(([first]) => (first !== undefined && keys.includes(first) ? [first] : []))
}

/** A read that brings the rows of this table along for another one, whose key they hold. */
function loadsThrough(query: QueryCall, column: Column, table: Table, { tables }: Facts): boolean {
  const parent = tables.find(({ name, orm }) => name === query.table && orm === query.orm)
  if (!parent) return false
  const own = table.relations.find(({ columns }) => columns.includes(column.name))
  return query.includes.some(({ relation }) => {
    const used = parent.relations.find(({ name }) => name === relation)
    const isHeldHere = used?.many === true && used.columns.length === 0
    return isHeldHere && used.target === table.name && own?.target === parent.name
  })
}
