import * as l10n from '@vscode/l10n'
import type { Facts, Table } from '../facts.ts'
import type { SiteDetail } from '../sites.ts'
import type { Detection, Rule } from './rule.ts'

type Check = Extract<SiteDetail, { kind: 'check-then-write' }>

/** Rows that are looked for and then inserted, where the database admits two of them. Reported at the insert. */
export const checkThenAct: Rule = {
  id: 'check-then-act',
  severity: 'info',
  title: 'Uniqueness that only a query checks',
  docs: {
    what:
      'Finds inserts that only run if a query found no such row, where the declared table has no unique constraint on ' +
      'the columns that were compared.',
    why:
      'Two requests at once both find nothing and both insert. Under load that is a matter of time; double clicks and ' +
      'retries suffice.',
    fineWhen: [
      'A unique constraint decides in the end, so that the worst case is an error.',
      'The write is an upsert, or runs in a transaction.',
    ],
    fixSafety: 'There is no automatic fix: add the unique constraint, and handle its error or use an upsert.',
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

app.post('/users', async (req, res) => {
  const email = String(req.body.email)
  const existing = await prisma.user.findFirst({ where: { email } })
  if (existing) return res.status(409).json({ message: 'already registered' })
  const user = await prisma.user.create({ data: { email, name: String(req.body.name) } })
  res.status(201).json(user)
})
`,
      after: `import { PrismaClient } from '@prisma/client'
import express from 'express'

const prisma = new PrismaClient()
const app = express()

app.post('/users', async (req, res) => {
  const email = String(req.body.email)
  const user = await prisma.user.upsert({
    where: { email },
    update: {},
    create: { email, name: String(req.body.name) },
  })
  res.status(201).json(user)
})
`,
    },
  ],
  detect: (facts) =>
    facts.sites.flatMap((site): Detection[] => {
      const { detail } = site
      if (detail.kind !== 'check-then-write' || isUnique(detail, facts)) return []
      return [{ span: site.span, message: messageFor(detail), evidence: [site.id], fixes: [] }]
    }),
}

function messageFor({ table, columns, embedded }: Check): string {
  if (embedded)
    return l10n.t(
      'Potential race: only a look at `{0}` in memory keeps it free of duplicates; two requests at once both add.',
      table ?? '',
    )
  const named = columns.map((column) => `\`${column}\``).join(', ')
  return named === ''
    ? l10n.t(
        'Potential race: only a query before checks that "{0}" has no such row; two requests at once both insert.',
        table ?? '',
      )
    : l10n.t(
        'Potential race: only a query before checks that "{0}" has no row with the same {1}; two requests at once both insert.',
        table ?? '',
        named,
      )
}

/** Whether the database refuses the second row, or may do so for all that the code tells. */
function isUnique({ orm, table: name, columns, embedded }: Check, { tables }: Facts): boolean {
  if (embedded) return false
  const table = tables.find((each) => each.orm === orm && each.name === name)
  if (!table || isKey(columns, table)) return true
  return constraintsOf(table).some(
    (unique) => columns.length === 0 || unique.some((column) => columns.includes(column)),
  )
}

/** Whether the row is looked for by its primary key, which the insert then sets. */
function isKey(columns: readonly string[], { primaryKey }: Table): boolean {
  return primaryKey.length > 0 && primaryKey.every((column) => columns.includes(column))
}

/** The unique constraints besides the primary key, which an insert fills in by itself. */
function constraintsOf({ unique, primaryKey }: Table): (readonly string[])[] {
  const key = primaryKey.join()
  return unique.filter((columns) => primaryKey.length > 1 || columns.join() !== key)
}
