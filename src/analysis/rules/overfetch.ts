import type { Facts, Include, QueryCall } from '../facts.ts'
import { groupBy, type Detection, type Rule } from './rule.ts'

/** Related rows that are loaded and hardly used. Reported at the relation in the query, or in the entity where it is eager. */
export const overfetch: Rule = {
  id: 'overfetch',
  severity: 'info',
  title: 'Related rows loaded and hardly used',
  docs: {
    what:
      'Finds to-many relations that a query brings along only to count their rows or to test whether one is among them, ' +
      'and to-many relations that are loaded by every query of their entity (`eager: true`).',
    why:
      'An article with ten thousand likes loads ten thousand users to show one number. A count, or a condition on the ' +
      'relation, costs an index look-up.',
    fineWhen: [
      'The related rows are part of the answer.',
      'The relation is to one row, or the query limits it.',
    ],
    fixSafety: 'There is no automatic fix: count the relation, or read only the one row that is looked for.',
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
  ],
  detect: (facts) => [...includesHardlyUsed(facts), ...eagerRelations(facts)],
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
  const purposes = [
    ...(uses.some(({ kind }) => kind === 'count') ? ['count them'] : []),
    ...(uses.some(({ kind }) => kind === 'test') ? ['look for one of them'] : []),
  ]
  return `Potential overfetch: all \`${relation}\` of every row are loaded only to ${purposes.join(' and to ')}.`
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
        message: `Potential overfetch: every read of "${table.name}" loads all its \`${relation.name}\` too.`,
        evidence: readers.map(({ id }) => id),
        fixes: [],
      }))
  })
}
