import * as l10n from '@vscode/l10n'
import type { Column, Facts, Include, QueryCall, Table } from '../facts.ts'
import { groupBy, type Detection, type Rule } from './rule.ts'

/** Columns that are long as a rule, or that nobody should hold in memory without need. */
const heavy = /^(?:jsonb?|(?:medium|long)text|bytea|bytes|(?:long)?blob|binary|buffer|mixed)$/i
const heavyNames = /password|secret|hash|token|content|body|html|markdown|blob|payload|embedding|description/i

/**
 * Rows and related rows that are loaded and hardly used. Reported at the query, at the relation in it, or in the entity
 * where a relation is eager.
 */
export const overfetch: Rule = {
  id: 'overfetch',
  severity: 'info',
  title: 'Rows or columns loaded and hardly used',
  docs: {
    what:
      'Finds to-many relations that a query brings along only to count their rows or to test whether one is among them, ' +
      'to-many relations that are loaded by every query of their entity (`eager: true`), and reads of many rows with all ' +
      'their columns of which the code around them uses only a few.',
    why:
      'An article with ten thousand likes loads ten thousand users to show one number. A count, or a condition on the ' +
      'relation, costs an index look-up. Columns that nobody looks at are read from the disk, sent, parsed and thrown away.',
    fineWhen: [
      'The related rows are part of the answer.',
      'The relation is to one row, or the query limits it.',
      'The rows as a whole are sent or handed to other code, or most of their columns are used.',
    ],
    fixSafety:
      'Review: the query names the columns that are used. For relations there is no automatic fix: count them, or read ' +
      'only the one row that is looked for.',
  },
  examples: [
    {
      title: 'Express and Prisma',
      others: {
        'prisma/schema.prisma': `datasource db {
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
      before: `import { PrismaClient } from '@prisma/client'
import express from 'express'

const prisma = new PrismaClient()
const app = express()

app.get('/articles/:id', async (req, res) => {
  const article = await prisma.article.findUnique({
    where: { id: Number(req.params.id) },
    include: { likedBy: true },
  })
  if (!article) return res.sendStatus(404)
  res.json({ title: article.title, likes: article.likedBy.length })
})
`,
      after: `import { PrismaClient } from '@prisma/client'
import express from 'express'

const prisma = new PrismaClient()
const app = express()

app.get('/articles/:id', async (req, res) => {
  const article = await prisma.article.findUnique({
    where: { id: Number(req.params.id) },
    include: { _count: { select: { likedBy: true } } },
  })
  if (!article) return res.sendStatus(404)
  res.json({ title: article.title, likes: article._count.likedBy })
})
`,
    },
    {
      title: 'Express and Drizzle',
      before: `import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, serial, text } from 'drizzle-orm/pg-core'
import express from 'express'

const articles = pgTable('articles', {
  id: serial('id').primaryKey(),
  title: text('title').notNull(),
  summary: text('summary').notNull(),
  content: text('content').notNull(),
  authorId: integer('author_id').notNull(),
})
const db = drizzle('postgres://localhost/blog')
const app = express()

app.get('/titles', async (req, res) => {
  const latest = await db.select().from(articles).orderBy(articles.id).limit(50)
  res.json(latest.map((article) => article.title))
})
`,
      after: `import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, serial, text } from 'drizzle-orm/pg-core'
import express from 'express'

const articles = pgTable('articles', {
  id: serial('id').primaryKey(),
  title: text('title').notNull(),
  summary: text('summary').notNull(),
  content: text('content').notNull(),
  authorId: integer('author_id').notNull(),
})
const db = drizzle('postgres://localhost/blog')
const app = express()

app.get('/titles', async (req, res) => {
  const latest = await db.select({ title: articles.title }).from(articles).orderBy(articles.id).limit(50)
  res.json(latest.map((article) => article.title))
})
`,
    },
  ],
  detect: (facts) => [...includesHardlyUsed(facts), ...eagerRelations(facts), ...columnsHardlyUsed(facts)],
}

function includesHardlyUsed({ queries }: Facts): Detection[] {
  const found = queries.flatMap((query) => query.includes.map((include) => ({ query, include })))
  return groupBy(found, ({ include: { span } }) => `${span.file}:${span.line}:${span.column}`)
    .filter((each) => each.every(isHardlyUsed))
    .map(([first, ...others]) => ({
      span: first.include.span,
      message: messageFor(first.include),
      evidence: [first, ...others].map(({ query }) => query.id),
      fixes: [],
    }))
}

function isHardlyUsed({ include }: { readonly query: QueryCall; readonly include: Include }): boolean {
  const { many, bounded, filtered, uses = [] } = include
  return (
    many === true &&
    !bounded &&
    !filtered &&
    uses.length > 0 &&
    uses.every(({ kind }) => kind === 'count' || kind === 'test')
  )
}

function messageFor({ relation, uses = [] }: Include): string {
  if (uses.every(({ kind }) => kind === 'count'))
    return l10n.t('Potential overfetch: all `{0}` of every row are loaded only to count them.', relation)
  return uses.some(({ kind }) => kind === 'count')
    ? l10n.t(
        'Potential overfetch: all `{0}` of every row are loaded only to count them and to look for one of them.',
        relation,
      )
    : l10n.t('Potential overfetch: all `{0}` of every row are loaded only to look for one of them.', relation)
}

/** To-many relations that every read brings along, of entities that routes read. */
function eagerRelations({ tables, queries }: Facts): Detection[] {
  return tables.flatMap((table) => {
    const readers = queries.filter(({ orm, table: name }) => orm === table.orm && name === table.name)
    if (readers.length === 0) return []
    return table.relations
      .filter(({ eager, many }) => eager && many)
      .map((relation) => ({
        span: relation.span,
        message: l10n.t(
          'Potential overfetch: every read of "{0}" loads all its `{1}` too.',
          table.name,
          relation.name,
        ),
        evidence: readers.map(({ id }) => id),
        fixes: [],
      }))
  })
}

/** Reads of many whole rows of which few columns are used: half of them or fewer, and with that three or a long one saved. */
function columnsHardlyUsed({ queries, tables }: Facts): Detection[] {
  return groupBy(queries, ({ site }) => site).flatMap((calls): Detection[] => {
    const [query] = calls
    const table = tables.find(({ name, orm }) => name === query.table && orm === query.orm)
    const unused = table && calls.every(readsWholeRows) ? unusedColumns(query, table) : []
    if (!table || unused.length * 2 < table.columns.length) return []
    if (unused.length < 3 && !unused.some(isHeavy)) return []
    return [
      {
        span: query.span,
        message: columnsMessage(query.columnsRead ?? [], table),
        evidence: calls.map(({ id }) => id),
        fixes: [
          {
            id: 'select-columns',
            title: l10n.t('Read only the columns that are used'),
            safety: 'review',
            intention: { kind: 'select-columns', query: query.id },
          },
        ],
      },
    ]
  })
}

function columnsMessage(read: readonly string[], { name, columns }: Table): string {
  return read.length === 1
    ? l10n.t(
        'Potential overfetch: of {0} columns of "{1}" only {2} is used.',
        columns.length,
        name,
        listOf(read),
      )
    : l10n.t(
        'Potential overfetch: of {0} columns of "{1}" only {2} are used.',
        columns.length,
        name,
        listOf(read),
      )
}

function readsWholeRows({ operation, bound, columns, columnsRead = [], includes }: QueryCall): boolean {
  const isOfMany = operation === 'many' && bound !== 'unique-key' && bound !== 'stream'
  return isOfMany && columns === null && columnsRead.length > 0 && includes.length === 0
}

/** The columns of a table that aren't read of a query's rows; none where something is read that isn't a column. */
function unusedColumns({ columnsRead = [] }: QueryCall, { columns, primaryKey }: Table): readonly Column[] {
  const isKnown = columnsRead.every((read) => columns.some(({ name }) => name === read))
  return isKnown
    ? columns.filter(({ name }) => !columnsRead.includes(name) && !primaryKey.includes(name))
    : []
}

function isHeavy({ name, type }: Column): boolean {
  return heavyNames.test(name) || heavy.test(type ?? '')
}

function listOf(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``)
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : l10n.t('{0} and {1}', quoted.join(', '), last)
}
